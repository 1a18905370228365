import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import doctorText from '../../src/host/doctor.sh';
import wholeMemoryText from '../../src/host/whole-memory.sh';
import { jobOf, keyOf, type TestUnit } from './bundle.ts';
import { has, isRoot, shells, TestHost, until } from './host.ts';

const unit: TestUnit = { label: 'doctored', script: 'true' };

it.skipIf(!has('shellcheck'))('has nothing that shellcheck objects to (skipped without shellcheck)', () => {
	const input = ['identity', 'memory', 'doctor', 'whole-memory']
		.map(name => readFileSync(new URL(`../../src/host/${name}.sh`, import.meta.url), 'utf8'))
		.join('\n');
	const { stdout } = spawnSync('shellcheck', ['-s', 'sh', '-'], { input });
	expect(stdout.toString()).toBe('');
});

describe.each(shells)('a doctor on a host with %s', shell => {
	const test = it.skipIf(!has(shell));
	const said = (host: TestHost, command: string): readonly string[] =>
		host
			.look(`${doctorText}\n{ hs_print=$(${command}); } 2>/dev/null; printf '%s\\n' "$hs_print"`)
			.filter(line => line !== '');

	test('tries all that a run does in the state folder, and leaves nothing there', () => {
		using host = new TestHost(shell);
		const before = readdirSync(host.state);
		expect(said(host, 'hs_doctor_write .doctor-1')).toEqual(['done']);
		expect(readdirSync(host.state)).toEqual(before);
	});

	it.skipIf(!has(shell) || !isRoot)(
		'says what cannot be done there, and leaves nothing there (skipped without root)',
		() => {
			using host = new TestHost(shell, { mount: 'size=128k,nr_inodes=6' });
			for (let at = 0; at < 4; at += 1) spawnSync('mkdir', [host.path(`filler-${at}`)], { stdio: 'ignore' });
			const before = readdirSync(host.state);
			const [what] = said(host, 'hs_doctor_write .doctor-1');
			expect(what).toMatch(/^(make a folder|write a file)$/);
			expect(readdirSync(host.state)).toEqual(before);
		},
	);

	test('leaves nothing there when it cannot go on in the middle', () => {
		using host = new TestHost(shell);
		expect(said(host, 'ln() { return 1; }; hs_doctor_write .doctor-1')).toEqual(['link a file']);
		expect(readdirSync(host.state)).toEqual(['lib']);
	});

	test('tries nothing where there is no folder, and makes none', () => {
		using host = new TestHost(shell);
		rmSync(host.state, { recursive: true });
		expect(said(host, 'hs_doctor_write .doctor-1')).toEqual([]);
		expect(host.has('.')).toBe(false);
	});

	test('tells the shell, the clock, the tools and the room', () => {
		using host = new TestHost(shell);
		expect(said(host, 'hs_doctor_shell')[0]).toMatch(new RegExp(`^program /.*${shell.split(' ')[0]}$`));
		expect(said(host, 'hs_doctor_time')[0]).toMatch(/^\d{10}(\.\d{9})?$|^\d{10}\./);
		expect(said(host, 'hs_doctor_tools sha256sum hsctl-is-no-tool')).toEqual([
			expect.stringMatching(/^tool sha256sum (\/.*|sha256sum)$/),
			'tool hsctl-is-no-tool ',
		]);
		expect(said(host, 'hs_doctor_disk').map(line => line.split(' ')[0])).toEqual(['kib', 'inodes', 'mount']);
		expect(said(host, 'hs_doctor_detach')[0]).toMatch(/^(systemd|setsid)$/);
	});

	test('knows who has a lock, by its inode', async () => {
		using host = new TestHost(shell);
		const file = host.path('lib/some.lock');
		writeFileSync(file, '');
		expect(said(host, `hs_doctor_locked ${file}`)).toEqual([]);
		const holder = spawn('flock', [file, 'sh', '-c', 'echo held; exec sleep 60'], {
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		try {
			await new Promise(resolve => holder.stdout.once('data', resolve));
			expect(said(host, `hs_doctor_locked ${file}`)[0]).toMatch(new RegExp(`^held ${file} (\\d+ \\w+| ?)`));
		} finally {
			holder.kill();
		}
	});

	test('tells a free lock, and a run that is at work with its holder', async () => {
		using host = new TestHost(shell);
		expect(said(host, 'hs_doctor_lock; hs_doctor_runs')).toEqual(['free']);
		const go = host.path('go');
		const running = host.run('R1', [{ label: 'waits', script: `while [ ! -e ${go} ]; do sleep 0.02; done` }]);
		await until(() => host.has('lock', '1'), 'the run has the lock');
		const [lock, ...runs] = said(host, 'hs_doctor_lock; hs_doctor_runs');
		expect(lock).toMatch(/^alive \d{10} \{"pid":\d+,.*"run":"R1"/);
		expect(runs).toEqual(['run R1 running']);
		writeFileSync(go, '');
		await running;
		expect(said(host, 'hs_doctor_lock; hs_doctor_runs')).toEqual(['free']);
	});

	test('tells a lock and a run that a dead supervisor has left', () => {
		using host = new TestHost(shell);
		for (const folder of ['lock', 'runs/R1']) mkdirSync(host.path(folder), { recursive: true });
		writeFileSync(host.path('lock/3'), '{"pid":1,"start":1,"boot":"gone","run":"R1","controller":"c","user":"u"}\n');
		writeFileSync(host.path('runs/R1/events'), '{"e":"accepted"}\n');
		const [lock, ...runs] = said(host, 'hs_doctor_lock; hs_doctor_runs');
		expect(lock).toMatch(/^left \d{10} \{"pid":1,/);
		expect(runs).toEqual(['run R1 dead']);
	});

	test('finds an end that only the job tells of', async () => {
		using host = new TestHost(shell);
		await host.run('R1', [unit]);
		rmSync(host.path('receipts'), { recursive: true });
		expect(host.look(`${wholeMemoryText}\nhs_memory_all`)).toEqual([
			expect.stringMatching(/^job [0-9a-f]{64}\.1 finished \{"format":"hsctl\/receipt\/v1"/),
		]);
	});

	test('finds all that the host remembers without being told of what', async () => {
		using host = new TestHost(shell);
		await host.run('R1', [unit]);
		mkdirSync(host.path('jobs', `${keyOf({ label: 'left', script: 'x' })}.1`));
		writeFileSync(host.path('receipts/hotfix.torn~p~x.json'), '{"format":');
		const all = host.look(`${wholeMemoryText}\nhs_memory_all`);
		expect(
			all.map(line =>
				line
					.split(' ')
					.slice(0, line.startsWith('job') ? 3 : 1)
					.join(' '),
			),
		).toEqual(['damaged', 'receipt', `job ${keyOf({ label: 'left', script: 'x' })}.1 staged`]);
		expect(all[1]).toContain(jobOf(unit).split('.')[0]);
	});
});

it('is told of a folder that takes no writes by its condition', () => {
	using host = new TestHost();
	chmodSync(host.state, 0o777);
	expect(host.look(`${doctorText}\nhs_doctor_write .doctor-1`)).toEqual([]);
	expect(execFileSync('ls', ['-A', host.state], { encoding: 'utf8' })).toBe('lib\n');
});
