import { spawn } from 'node:child_process';
import {
	chmodSync,
	mkdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runnerText } from '../../src/host/runner.ts';
import { jobOf, keyOf, sha256, type TestUnit } from './bundle.ts';
import { has, isRoot, shells, TestHost, until } from './host.ts';
import { verdicts } from './view.ts';

const unit: TestUnit = { label: 'remembered', script: 'true' };
const job = jobOf(unit);
const nowhere = '4000000000 1';

describe.each(shells)('the memory of a host with %s', shell => {
	const test = it.skipIf(!has(shell));

	/** A job folder as some crash may have left it: the files of `run/`, or no such folder. */
	function leave(host: TestHost, files: Readonly<Record<string, string>> | undefined): void {
		mkdirSync(host.path('jobs', job, ...(files === undefined ? [] : ['run'])), { recursive: true });
		for (const [name, text] of Object.entries(files ?? {})) writeFileSync(host.path('jobs', job, 'run', name), text);
	}

	const [boot = ''] = has(shell) ? shellBoot(shell) : [];
	const dead = `${nowhere} ${boot} R0\n`;
	const alive = `${process.pid} ${startOf()} ${boot} R0\n`;

	test.for([
		['staged', undefined],
		['claimed', { super: dead, void: 'void\n' }],
		['claimed', {}],
		['void', { super: dead, gate: 'void\n' }],
		['running', { super: alive }],
		['running', { super: alive, gate: alive }],
		['orphan', { super: dead, gate: alive }],
		['lost', { super: dead, gate: dead }],
		['interrupted', { super: dead, gate: `${process.pid} ${startOf()} another-boot\n` }],
		['lost', { super: dead, gate: `${process.pid} 1 ${boot}\n` }],
		['abandoned', { super: dead, gate: dead, abandoned: 'R7\n' }],
		['refused', { super: dead, refused: 'digest\n' }],
		['damaged', { super: dead, gate: '' }],
		['damaged', { super: dead, gate: dead, rc: '' }],
		['damaged', { super: dead, gate: dead, rc: '{"format":"hsctl/receipt/v1","unit":"hot' }],
	] as const)('B6, B14: tells %s from its files: %j', ([state, files]) => {
		using host = new TestHost(shell);
		leave(host, files);
		const [line = ''] = host.memory([unit]);
		expect(line.split(' ').slice(0, 3)).toEqual(['job', job, state]);
	});

	test('D12: is there when there is nothing at all', () => {
		using host = new TestHost(shell);
		rmSync(host.state, { recursive: true });
		expect(host.memory([unit])).toEqual([]);
		expect(host.look('hs_memory_state none')).toEqual(['state absent', 'runner none', 'lock free']);
	});

	test('D10: has receipts whose last field is the sum of what stands before it', async () => {
		using host = new TestHost(shell);
		await host.run('R1', [unit]);
		const [, summed = '', sum] =
			/^(.*),"sum":"(\w+)"\}\n$/.exec(host.read('receipts', `hotfix.u0~main~${keyOf(unit)}.json`)) ?? [];
		expect(sum).toBe(sha256(summed));
	});

	test('knows its runner by its bytes, and the lock', () => {
		using host = new TestHost(shell);
		const digest = sha256(runnerText);
		expect(host.look(`hs_memory_state ${digest}`)).toEqual(['state present', `runner ${digest}`, 'lock free']);
		chmodSync(host.runner, 0o700);
		truncateSync(host.runner, 1000);
		expect(host.look(`hs_memory_state ${digest}`)[1]).toBe('runner none');
	});
});

describe('the memory of a host', () => {
	it('does not take the dead body of a process for its life', async () => {
		using host = new TestHost();
		// The shell that became `sleep` never collects its child: a zombie as long as it sleeps. The child waits for that.
		const child = `sh -c 'until grep -qx sleep /proc/$PPID/comm; do :; done'`;
		const keeper = spawn('sh', ['-c', `${child} & echo $!; exec sleep 60`], { stdio: ['ignore', 'pipe', 'ignore'] });
		const pid = await new Promise<string>(done => keeper.stdout.once('data', chunk => done(String(chunk).trim())));
		await until(() => readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z '), 'it is a zombie');
		const alive = `hs_identity; hs_process ${pid}; hs_alive ${pid} "$hs_start" "$hs_boot" && echo alive || echo dead`;
		expect(host.look(alive)).toEqual(['dead']);
		keeper.kill();
	});

	it.each([
		['empty', 0],
		['cut short', 200],
	])('D10: calls a receipt that is %s damaged, and the job still tells how it ended', async (_, size) => {
		using host = new TestHost();
		await host.run('R1', [unit]);
		const name = `hotfix.u0~main~${keyOf(unit)}.json`;
		// A damaged copy, as a disk leaves it: the receipt and the job's own record are one file, two names.
		renameSync(host.path('receipts', name), host.path('receipts', 'kept'));
		writeFileSync(host.path('receipts', name), host.read('receipts', 'kept').slice(0, size));
		expect(host.memory([unit])).toEqual([`damaged ${name}`, expect.stringMatching(/^job \w+\.1 finished \{.*\}$/)]);
	});

	it('has the receipt again that a crash kept from its place', async () => {
		using host = new TestHost();
		await host.run('R1', [unit], { HSCTL_CRASH: 'end.recorded' });
		expect(host.list('receipts')).toEqual([]);
		expect(host.memory([unit])).toEqual([expect.stringMatching(/^job \w+\.1 finished \{"format".*"status":"ok"/)]);
		await host.run('R2', [{ label: 'other', name: 'hotfix.other', script: 'true' }]);
		expect(host.memory([unit])).toEqual([
			expect.stringMatching(/^receipt hotfix\.u0~main~\w+\.json \{/),
			expect.stringMatching(/^job \w+\.1 finished told$/),
		]);
	});

	it.each([
		[
			'it is a symbolic link',
			(host: TestHost) => {
				renameSync(host.state, `${host.state}-real`);
				symlinkSync(`${host.state}-real`, host.state);
			},
		],
		['others may write to it', (host: TestHost) => chmodSync(host.state, 0o770)],
		['others may write to it', (host: TestHost) => chmodSync(host.state, 0o702)],
		[
			'it is not a folder',
			(host: TestHost) => {
				renameSync(host.state, `${host.state}-real`);
				writeFileSync(host.state, '');
			},
		],
	])('H10: is not trusted when %s', async (because, harm) => {
		using host = new TestHost();
		const runner = `${host.folder}/runner`;
		writeFileSync(runner, runnerText);
		harm(host);
		expect(host.look('hs_memory_state none')[0]).toBe(`state unsafe ${because}`);
		Object.assign(host, { runner });
		expect(await host.say(['begin', 'R1', 'n'])).toMatchObject({ code: 3, lines: [`X unsafe ${because}`] });
	});

	it.skipIf(!isRoot)('H10: is not trusted when it belongs to somebody else (needs root to make it so)', async () => {
		using host = new TestHost();
		const { chownSync } = await import('node:fs');
		chownSync(host.state, 12345, 12345);
		expect((await host.say(['status', 'R1'])).lines).toEqual(['X unsafe it belongs to somebody else']);
	});
});

describe('an earlier start of the same content', () => {
	/** The second attempt of a job whose first one was left by a killed runner. */
	async function secondStart(host: TestHost, crash: string, settle: 'void' | 'any') {
		await host.run('R1', [unit], { HSCTL_CRASH: crash });
		await until(() => !host.memory([unit]).some(line => line.includes(' running ')), 'the first runner is dead');
		return host.run('R2', [{ ...unit, attempt: 2, spec: { settle } }]);
	}

	it.each(['job.published', 'job.verified', 'job.started', 'child.gate'])(
		'that died at %s is proved void, and the next one runs',
		async crash => {
			using host = new TestHost();
			expect(verdicts(await secondStart(host, crash, 'void'))).toEqual(['changed exit']);
			expect(host.memory([unit]).some(line => / void /.test(line))).toBe(true);
		},
	);

	it('with unknown end stops the next one, unless the plan has decided to go on', async () => {
		using host = new TestHost();
		expect(verdicts(await secondStart(host, 'end.written', 'void'))).toEqual(['refused settle']);
		expect(host.memory([unit])[0]).toMatch(/^job \w+\.1 lost /);
		expect(verdicts(await host.run('R3', [{ ...unit, attempt: 2, spec: { settle: 'any' } }]))).toEqual([
			'changed exit',
		]);
		expect(host.memory([unit])).toContainEqual(expect.stringMatching(/^job \w+\.1 abandoned /));
	});
});

function shellBoot(shell: (typeof shells)[number]): readonly string[] {
	using host = new TestHost(shell);
	return host.look('hs_identity; echo "$hs_boot"');
}

function startOf(): string {
	const { readFileSync } = process.getBuiltinModule('node:fs');
	const stat = readFileSync('/proc/self/stat', 'latin1');
	return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
