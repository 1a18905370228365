import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { recheckProgram } from '../../src/execution/probe-program.ts';
import { sh } from '../../src/model/command.ts';
import { jobOf, keyOf, type TestUnit } from './bundle.ts';
import { has, processesOf, shells, TestHost, until } from './host.ts';
import { finished, output, type RunEvent, verdicts } from './view.ts';

const receiptOf = (host: TestHost, unit: TestUnit, index = 0): Record<string, unknown> =>
	JSON.parse(host.read('receipts', `hotfix.u${index}~main~${keyOf(unit, index)}.json`));

describe.concurrent('one job', () => {
	it('B15: that many runs begin at once is started by one of them', async () => {
		using host = new TestHost();
		const log = `${host.folder}/log`;
		const unit = { label: 'same', script: `echo started >>${log}` };
		const views = await Promise.all(Array.from({ length: 20 }, (_, index) => host.run(`R${index}`, [unit])));
		expect(views.filter(view => verdicts(view).includes('changed exit'))).toHaveLength(1);
		for (const view of views) expect(view.end).toBe('end');
		const others = views.flatMap(view => (verdicts(view).includes('changed exit') ? [] : view.events.map(wordOf)));
		expect(new Set(others)).toEqual(
			new Set(['locked', 'end', ...others.filter(word => /accepted|claimed/.test(word))]),
		);
	});

	it('H1: whose bytes are not the planned ones is refused and leaves nothing that looks like a start', async () => {
		using host = new TestHost();
		const unit = { script: `touch ${host.folder}/ran`, spec: { digest: '0'.repeat(64) } };
		const view = await host.run('R1', [unit]);
		expect(verdicts(view)).toEqual(['refused digest']);
		expect(view.events.map(event => event.e)).not.toContain('started');
		expect(host.list('receipts')).toEqual([]);
		expect(host.memory([unit])).toEqual([expect.stringMatching(/^job \w+\.1 refused .*digest/)]);
		expect(existsSync(`${host.folder}/ran`)).toBe(false);
	});

	it.each(['/no/such/program', '/usr/bin/env no-such-program', 'no-such-program -x', '/etc'])(
		'whose interpreter is not here is refused: %s',
		async interpreter => {
			using host = new TestHost();
			expect(verdicts(await host.run('R1', [{ script: '', spec: { interpreter } }]))).toEqual(['refused interpreter']);
		},
	);

	it.each(['/bin/sh', "/usr/bin/env 'sh' -e", '/usr/bin/env -i sh', 'sh -u'])(
		'whose interpreter is here runs: %s',
		async interpreter => {
			using host = new TestHost();
			expect(verdicts(await host.run('R1', [{ script: 'true', spec: { interpreter } }]))).toEqual(['changed exit']);
		},
	);

	it('may bring its interpreter on its own PATH', async () => {
		using host = new TestHost();
		writeFileSync(`${host.folder}/my-sh`, '#!/bin/sh\nexec /bin/sh "$@"\n', { mode: 0o755 });
		const unit = { script: 'echo mine', env: { PATH: `${host.folder}:/usr/bin:/bin` }, spec: { interpreter: 'my-sh' } };
		expect(output(await host.run('R1', [unit]), 'out 0').toString()).toBe('mine\n');
	});

	it('B12: ends when its main process ends, though a daemon of it keeps stdout open', async () => {
		using host = new TestHost();
		const view = await host.run('R1', [{ script: 'sleep 300 &\necho $!\n' }]);
		// Throws when the daemon has not been left alone.
		process.kill(Number(output(view, 'out 0').toString()));
		expect(finished(view)).toMatchObject({ status: 'changed', why: 'exit' });
	});

	it('B9: that escapes into a session of its own before its time is over is reported as a survivor', async () => {
		using host = new TestHost();
		const script = 'setsid sleep 300 &\necho $!\nsleep 300\n';
		const view = await host.run('R1', [{ script, label: host.folder, spec: { timeout_ms: 300, grace_ms: 100 } }]);
		process.kill(Number(output(view, 'out 0').toString()));
		expect(finished(view)).toMatchObject({ status: 'failed', why: 'timeout', survivors: 1 });
	});

	it('does not wait for its dead that nobody collects', async () => {
		using host = new TestHost();
		// A child of the group whose parent has gone elsewhere and will never ask for it.
		const script = '(sleep 0 & exec setsid sleep 30) &\necho $!\nsleep 300\n';
		const view = await host.run('R1', [{ script, spec: { timeout_ms: 200, grace_ms: 60_000 } }]);
		process.kill(Number(output(view, 'out 0').toString()));
		expect(finished(view)).toMatchObject({ status: 'failed', why: 'timeout', survivors: 1 });
	});

	it('C1: that prints more than it may is ended', async () => {
		using host = new TestHost();
		const script = 'while :; do echo 0123456789012345678901234567890123456789; done\n';
		const view = await host.run('R1', [{ script, spec: { output_cap: 10_000 } }]);
		expect(finished(view)).toMatchObject({ status: 'failed', why: 'output_limit' });
	});

	it('gets its environment and input, and both are gone when it has ended', async () => {
		using host = new TestHost();
		const unit = { script: 'printf %s "$SECRET"; cat', env: { SECRET: 'in env' }, stdin: ' and in stdin' };
		const blocked = { ...unit, label: 'never', needs: [0] };
		const view = await host.run('R1', [{ script: 'false' }, unit, blocked]);
		expect(output(view, 'out 1').toString()).toBe('in env and in stdin');
		expect(host.list('jobs', jobOf(unit, 1))).toEqual(['err', 'out', 'run', 'script', 'spec']);
		expect(host.has('runs', 'R1', 'jobs')).toBe(false);
		expect(host.list('inbox')).toEqual([]);
	});

	it.each(['sequence.super', 'sequence.locked', 'child.exec', 'job.started', 'job.ended'])(
		'whose run dies at %s leaves no secret behind the next run',
		async crash => {
			using host = new TestHost();
			const unit = { script: 'true', env: { SECRET: 'hush' }, stdin: 'hush' };
			await host.run('R1', [unit, { ...unit, label: 'second' }], { HSCTL_CRASH: crash });
			await host.run('R2', [{ label: 'other', script: 'true' }]);
			expect(spawnSync('grep', ['-rl', 'hush', host.state]).stdout.toString()).toBe('');
		},
	);

	it('of a unit that failed may be tried again under the next number, and the receipt tells of the latest', async () => {
		using host = new TestHost();
		const unit = { label: 'one', script: `test -e ${host.folder}/ready` };
		expect(verdicts(await host.run('R1', [unit]))).toEqual(['failed exit']);
		expect(receiptOf(host, unit)).toMatchObject({ status: 'failed', attempt: 1, exit_code: 1 });
		writeFileSync(`${host.folder}/ready`, '');
		expect(verdicts(await host.run('R2', [{ ...unit, attempt: 2 }]))).toEqual(['changed exit']);
		expect(receiptOf(host, unit)).toMatchObject({ status: 'ok', attempt: 2, run: 'R2' });
		expect(verdicts(await host.run('R3', [{ ...unit, attempt: 2 }]))).toEqual(['refused claimed']);
		expect(host.memory([unit])[0]).toContain('"status":"ok"');
	});

	it('that is undone turns the receipt of what it undoes, whose numbers go on from there', async () => {
		using host = new TestHost();
		const unit = { label: 'do', script: 'true', attempt: 4 };
		const undo = { label: 'undo', script: 'true', spec: { purpose: 'undo', undoes: keyOf(unit) } };
		await host.run('R1', [unit]);
		expect(verdicts(await host.run('R2', [undo]))).toEqual(['changed exit']);
		expect(receiptOf(host, unit)).toMatchObject({ status: 'undone', purpose: 'undo', attempt: 4, run: 'R2' });
		expect(host.list('receipts')).toHaveLength(1);
		expect(host.memory([undo]).at(-1)).toMatch(/^job \w+\.1 finished .*"status":"undone"/);
	});

	it('that failed to undo leaves the receipt as it is and has one of its own', async () => {
		using host = new TestHost();
		const unit = { label: 'do', script: 'true' };
		const undo = { label: 'undo', script: 'false', spec: { purpose: 'undo', undoes: keyOf(unit) } };
		await host.run('R1', [unit]);
		await host.run('R2', [undo]);
		expect(receiptOf(host, unit)).toMatchObject({ status: 'ok' });
		expect(receiptOf(host, undo)).toMatchObject({ status: 'failed', purpose: 'undo' });
	});

	it('that is adopted runs nothing and becomes a receipt', async () => {
		using host = new TestHost();
		const unit = { script: `touch ${host.folder}/ran`, spec: { purpose: 'adopt', settle: 'any', restarts: 'cron' } };
		expect(verdicts(await host.run('R1', [unit]))).toEqual(['skipped adopted']);
		expect(receiptOf(host, unit)).toMatchObject({ status: 'ok', why: 'adopted', purpose: 'adopt' });
		expect(existsSync(`${host.folder}/ran`)).toBe(false);
		expect(host.list('pending')).toEqual([]);
	});
});

describe.concurrent('a word to a run', () => {
	/** Two units; the first waits for the word and the file that it tells of. */
	const waiting = (host: TestHost): readonly TestUnit[] => [
		{ script: `touch ${host.folder}/runs; while [ ! -e ${host.folder}/go ]; do sleep 0.02; done` },
		{ script: 'true' },
	];
	const isRunning = (host: TestHost) => until(() => existsSync(`${host.folder}/runs`), 'the first unit runs');

	it('`stop` lets the running job end and starts nothing new', async () => {
		using host = new TestHost();
		const view = host.run('R1', waiting(host));
		await isRunning(host);
		expect((await host.say(['stop', 'R1'])).lines).toEqual(['Z said']);
		writeFileSync(`${host.folder}/go`, '');
		expect(verdicts(await view)).toEqual(['changed exit', 'not_started stopped']);
		expect((await view).events.filter(event => event.e === 'stopped')).toHaveLength(1);
	});

	it('`cancel` ends the running job at once', async () => {
		using host = new TestHost();
		const view = host.run('R1', waiting(host));
		await isRunning(host);
		await host.say(['cancel', 'R1']);
		expect(host.read('jobs', jobOf(waiting(host)[0] ?? { script: '' }), 'run', 'ended')).toMatch(/^cancelled \d+\n/);
		expect(verdicts(await view)).toEqual(['failed cancelled', 'not_started stopped']);
	});

	it('`cancel` reaches a script that everybody else has left: it asks first, and kills when it is said again', async () => {
		using host = new TestHost();
		const unit = {
			script: `trap '' TERM; touch ${host.folder}/runs; while :; do sleep 0.02; done`,
			spec: { grace_ms: 50 },
		};
		const view = host.run('R1', [unit]);
		await isRunning(host);
		const gate = host.read('jobs', jobOf(unit), 'run', 'gate').split(' ')[0] ?? '';
		for (const pid of processesOf(host.runner)) if (pid !== gate) process.kill(Number(pid), 'SIGKILL');
		await view;
		expect(host.memory([unit])[0]).toContain(' orphan ');
		await until(() => {
			execFileSync('sh', [host.runner, 'cancel', 'R1'], { env: { HSCTL_STATE: host.state } });
			return host.memory([unit])[0]?.includes(' lost ') === true;
		}, 'the script is gone');
		execFileSync('sh', [host.runner, 'cancel', 'R1'], { env: { HSCTL_STATE: host.state } });
	});

	it('TERM to the whole run, as an init system sends it, is a cancel', async () => {
		using host = new TestHost();
		const view = host.run('R1', [
			{ script: "trap 'kill $!; exit 9' TERM\nsleep 300 &\ntouch $0.runs\nwait" },
			{ script: 'true' },
		]);
		const job = jobOf({ script: '' }, 0);
		await until(() => host.has('jobs', job, 'script.runs'), 'the job runs');
		const supervisor = host.read('runs', 'R1', 'super').split(' ')[0];
		process.kill(Number(supervisor), 'SIGTERM');
		process.kill(Number(host.read('jobs', job, 'run', 'gate').split(' ')[0]), 'SIGTERM');
		expect(verdicts(await view)).toEqual(['failed exit', 'not_started stopped']);
	});

	it.each(['stop', 'cancel', 'follow', 'status'])('`%s` to a run that is not here says so', async word => {
		using host = new TestHost();
		expect((await host.say([word, 'R9'])).lines.at(-1)).toBe('Z absent');
	});

	it('`status` tells where a run stands', async () => {
		using host = new TestHost();
		const view = host.run('R1', waiting(host));
		await isRunning(host);
		expect((await host.say(['status', 'R1'])).lines).toEqual([
			'hsctl/status/1 R1',
			expect.stringMatching(/^S 0 running supervisor \d+/),
			'S 1 staged none',
			'Z running',
		]);
		writeFileSync(`${host.folder}/go`, '');
		await view;
		expect((await host.say(['status', 'R1'])).lines.at(-1)).toBe('Z end');
	});

	it.each([[['begin', '../x', 'n']], [['begin', 'R1', 'a b']], [['follow', '-x']], [['dance', 'R1']], [['follow']]])(
		'that is none is turned away: %j',
		async words => {
			using host = new TestHost();
			expect(await host.say(words)).toMatchObject({ code: 2, lines: [expect.stringMatching(/^X usage /)] });
		},
	);
});

describe.concurrent('a unit with a probe', () => {
	const flag = (host: TestHost) => `${host.folder}/flag`;
	const probe = (host: TestHost) => `test -e ${flag(host)} && echo new || echo old`;

	it('runs when the probe prints what it printed for the plan, line ends aside', async () => {
		using host = new TestHost();
		expect(verdicts(await host.run('R1', [{ script: 'true', probe: [probe(host), 'old\n\n'] }]))).toEqual([
			'changed exit',
		]);
	});

	it.each(shells)('of looks that need no process is looked at by the runner itself, undisturbed: %s', async shell => {
		if (!has(shell)) return;
		using host = new TestHost(shell);
		const here = { recheck: 'here' };
		const real = recheckProgram([sh`hs_look_here hs_look_place ${flag(host)}`]);
		const rude = 'echo same; hs_run=x hs_i=7 hs_job=x PATH=; set -- a; cd /tmp; umask 0; trap "" TERM; exit 3';
		const view = await host.run('R1', [
			{ script: 'umask', probe: [rude, 'same'], spec: here },
			{ script: `touch ${flag(host)}`, probe: [real, 'look look:0 6\nabsent\n'], spec: here },
			{ script: 'true', probe: [real, 'look look:0 6\nabsent\n'], spec: { ...here, on_drift: 'refuse' } },
		]);
		expect(verdicts(view)).toEqual(['changed exit', 'changed exit', 'refused drift']);
		expect(output(view, 'out 0').toString()).toMatch(/^0?077\n$/);
		expect(view.errors + host.read('runs', 'R1', 'log')).toBe('');
	});

	it.each(['here', 'apart'])('that hangs is ended when the run is cancelled: %s', async recheck => {
		using host = new TestHost();
		const view = host.run('R1', [{ script: 'true', probe: ['while :; do :; done', ''], spec: { recheck } }]);
		await until(() => host.has('runs', 'R1', 'probe.gate'), 'it looks');
		await host.say(['cancel', 'R1']);
		expect(verdicts(await view)).toEqual(['not_started stopped']);
		await until(() => processesOf(host.state).length === 0, 'nothing runs any more');
	});

	it.each(['run', 'check'] as const)(
		'is refused when something else than this run has changed the host: %s',
		async kind => {
			using host = new TestHost();
			const view = await host.run('R1', [{ script: 'true', kind, probe: [probe(host), 'new'] }]);
			expect(finished(view)).toMatchObject({ status: 'refused', why: 'drift', drift: true });
		},
	);

	it('is refused without a question when the plan says so', async () => {
		using host = new TestHost();
		const change = { script: `touch ${flag(host)}` };
		const view = await host.run('R1', [
			change,
			{ script: 'true', probe: [probe(host), 'old'], spec: { on_drift: 'refuse' } },
		]);
		expect(verdicts(view)).toEqual(['changed exit', 'refused drift']);
	});

	it.each([
		['run', 'changed exit'],
		['skip', 'skipped answer'],
		['refuse', 'refused no_answer'],
	])('is held when this run may have changed the host, and %s makes it %s', async (word, verdict) => {
		using host = new TestHost();
		const view = host.run('R1', [
			{ script: `touch ${flag(host)}` },
			{ script: 'true', kind: 'check', probe: [probe(host), 'old'] },
		]);
		await until(
			() => host.has('runs', 'R1', 'events') && host.read('runs', 'R1', 'events').includes('"held"'),
			'it is held',
		);
		await host.say(['answer', 'R1', '1', word]);
		expect((await view).seen.get(1)).toBe('new\n');
		expect(verdicts(await view)).toEqual(['changed exit', verdict]);
		expect((await view).events.find(event => event.e === 'resumed')).toMatchObject({ i: 1, word });
	});

	it('is refused when nobody answers in time, and not started when the run is stopped meanwhile', async () => {
		using host = new TestHost();
		const units: readonly TestUnit[] = [
			{ script: `touch ${flag(host)}` },
			{ script: 'true', probe: [probe(host), 'old'] },
		];
		expect(verdicts(await host.run('R1', units, { HSCTL_HOLD_MS: '50' }))).toEqual([
			'changed exit',
			'refused no_answer',
		]);
		rmSync(flag(host));
		const view = host.run(
			'R2',
			units.map(unit => ({ ...unit, attempt: 2 })),
		);
		await until(
			() => host.has('runs', 'R2', 'events') && host.read('runs', 'R2', 'events').includes('"held"'),
			'it is held',
		);
		await host.say(['stop', 'R2']);
		expect(verdicts(await view)).toEqual(['changed exit', 'not_started stopped']);
	});

	it('keeps no more of its print than it may', async () => {
		using host = new TestHost();
		const loud: TestUnit = { script: 'true', probe: ['yes', 'y'] };
		const view = await host.run('R1', [{ script: 'true' }, loud], { HSCTL_HOLD_MS: '50' });
		expect(verdicts(view)).toEqual(['changed exit', 'refused no_answer']);
		expect(view.seen.get(1)).toHaveLength(4 * 1024 * 1024);
	});

	it('leaves no process of the probe behind', async () => {
		using host = new TestHost();
		await host.run('R1', [{ script: 'true', probe: [`sleep 300 & echo $! >${host.folder}/pid`, ''] }]);
		const sleeper = Number(readFileSync(`${host.folder}/pid`, 'utf8'));
		await until(() => !existsSync(`/proc/${sleeper}/exe`), 'the probe is gone');
	});
});

describe.concurrent('a restart', () => {
	const restart = (after: readonly number[]): TestUnit => ({
		name: 'restart.cron',
		kind: 'restart',
		script: 'true',
		after,
		spec: { service: 'cron' },
	});
	const asks = { spec: { restarts: 'cron sshd' } };

	it('is done when a unit that asks for it has changed something, and is owed until then', async () => {
		using host = new TestHost();
		const view = await host.run('R1', [{ script: 'true', ...asks }, restart([0])]);
		expect(verdicts(view)).toEqual(['changed exit', 'changed exit']);
		expect(host.memory([])).toEqual(['pending sshd R1']);
		expect(host.list('receipts')).toHaveLength(1);
	});

	it('is skipped when nothing has changed', async () => {
		using host = new TestHost();
		const view = await host.run('R1', [{ script: 'false', ...asks }, restart([0])]);
		expect(verdicts(view)).toEqual(['failed exit', 'skipped unchanged']);
		expect(host.list('pending')).toEqual([]);
	});

	it('that failed stays owed', async () => {
		using host = new TestHost();
		await host.run('R1', [
			{ script: 'true', ...asks },
			{ ...restart([0]), script: 'false' },
		]);
		expect(host.memory([])).toEqual(['pending cron R1', 'pending sshd R1']);
	});

	it.each(['end.synced', 'end.durable', 'unit.finished'])(
		'that a crash at %s kept from being done is done by the next run',
		async crash => {
			using host = new TestHost();
			const view = await host.run('R1', [{ script: 'true', ...asks }, restart([0])], { HSCTL_CRASH: crash });
			expect(view.end).toBe('dead');
			expect(host.memory([])).toContain('pending cron R1');
			expect(verdicts(await host.run('R2', [{ ...restart([]), label: 'again' }]))).toEqual(['changed exit']);
			expect(host.memory([])).toEqual(['pending sshd R1']);
		},
	);
});

const wordOf = ({ e, why }: RunEvent): string => (why === undefined ? e : `${e} ${why}`);
