import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Interrupts } from '../../src/execution/interrupts.ts';
import type { NumberedEvent } from '../../src/model/event.ts';
import type { Hotfix } from '../../src/model/unit.ts';
import { findDrift } from '../../src/planning/drift.ts';
import { fileExists, hotfix, need, script } from '../fakes/builders.ts';
import { has } from '../fakes/programs.ts';
import { type Engine, engine } from './engine.ts';

type Rest = Partial<Omit<Hotfix, 'address' | 'script'>>;
const fix = (id: string, text: string, rest: Rest = {}): Hotfix =>
	hotfix({ address: `hotfix.${id}`, script: script(`${text}\n`), ...rest });
const mark = (id: string, rest: Rest = {}, more = '') =>
	fix(id, `echo ${id} >>"$HSCTL_VAR_BOX/lines"${more === '' ? '' : `\n${more}`}`, rest);
const kinds = (made: Awaited<ReturnType<Engine['plan']>>) =>
	Object.fromEntries(made.plan.hosts.flatMap(host => host.units.map(unit => [unit.address, unit.decision.kind])));

const onBox = async (
	use: (box: Engine) => Promise<void>,
	env?: Readonly<Record<string, string>>,
	shell?: readonly string[],
) => {
	const box = engine(env, shell);
	try {
		await use(box);
	} finally {
		box.close();
	}
};
const until = async (isSo: () => boolean) => {
	const deadline = Date.now() + 10_000;
	while (!isSo()) {
		if (Date.now() > deadline) throw new Error('it did not come to that');
		await new Promise(tick => setTimeout(tick, 10));
	}
};

describe.concurrent('what is applied', () => {
	it('goes on after a failure, blocks what needs it down to grandchildren, and ends with 5', () =>
		onBox(async box => {
			const units = [
				mark('bad', {}, 'echo why >&2\nexit 4'),
				mark('child', { needs: [need('hotfix.bad')] }),
				mark('grandchild', { needs: [need('hotfix.child')] }),
				mark('free'),
			];
			const applied = await box.apply(units);
			expect(applied.ends).toEqual([
				'hotfix.bad failed exit 4',
				'hotfix.child blocked needs hotfix.bad, which did not succeed',
				'hotfix.grandchild blocked needs hotfix.child, which did not succeed',
				'hotfix.free changed always',
			]);
			expect([applied.code, box.lines('lines'), applied.printed('hotfix.bad', 'err')]).toEqual([
				5,
				['bad', 'free'],
				'why\n',
			]);
			const again = await box.apply(units);
			expect(again.statuses).toEqual({
				'hotfix.bad': 'failed',
				'hotfix.child': 'blocked',
				'hotfix.grandchild': 'blocked',
				'hotfix.free': 'ok',
			});
			expect(box.lines('lines')).toEqual(['bad', 'free', 'bad']);
		}));

	it('is done once, every time, or when it changes, as the playbook says', () =>
		onBox(async box => {
			const units = (text: string) => [
				fix('once', `echo once${text} >>"$HSCTL_VAR_BOX/lines"`),
				fix('every', `echo every${text} >>"$HSCTL_VAR_BOX/lines"`, { run: 'every' }),
				fix('on_change', `echo on_change${text} >>"$HSCTL_VAR_BOX/lines"`, { run: 'on_change' }),
			];
			await box.apply(units('1'));
			const second = await box.apply(units('1'));
			expect(second.statuses).toEqual({ 'hotfix.once': 'ok', 'hotfix.every': 'changed', 'hotfix.on_change': 'ok' });
			const third = await box.apply(units('2'));
			expect(third.statuses).toEqual({
				'hotfix.once': 'skipped',
				'hotfix.every': 'changed',
				'hotfix.on_change': 'changed',
			});
			expect(third.ends[0]).toMatch(
				/changed since it ran on \d{4}-\d\d-\d\d \d\d:\d\d; run: once keeps it from running again/,
			);
			expect(box.lines('lines')).toEqual(['once1', 'every1', 'on_change1', 'every1', 'every2', 'on_change2']);
		}));

	it('gets its environment, variables and input byte by byte, and nothing of ours', () =>
		onBox(async box => {
			const awkward = 'it\'s $(exit 3) `x` "q" \\ -n\nä🦊';
			const unit = fix(
				'env',
				'printf "%s|" "$AWKWARD" "$HSCTL_VAR_LEVEL" "${HSCTL_STATE-none}" "$HSCTL_UNIT" "$PWD"; cat',
				{
					env: new Map([['AWKWARD', awkward]]),
					stdin: `${awkward}\n\n`,
				},
			);
			const applied = await box.apply([unit], { rest: { vars: new Map([['level', "7'"]]) } });
			expect(applied.printed('hotfix.env')).toBe(`${awkward}|7'|none|hotfix.env|/|${awkward}\n\n`);
			const leftovers = readdirSync(join(box.state, 'jobs'), { recursive: true }).map(String);
			expect(leftovers.filter(name => /\/(env|stdin)$/.test(name))).toEqual([]);
		}));

	it('is ended with all its children when its time is over, and the next unit goes on', () =>
		onBox(async box => {
			const units = [
				fix('slow', 'sleep 60 & echo $! >>"$HSCTL_VAR_BOX/pids"; sleep 60; echo late >>"$HSCTL_VAR_BOX/lines"', {
					timeoutMs: 1000,
				}),
				mark('next'),
			];
			const applied = await box.apply(units);
			expect(applied.ends[0]).toBe('hotfix.slow failed did not end within 1s; its processes were ended');
			expect(box.lines('lines')).toEqual(['next']);
			expect(box.lines('pids').map(pid => isAlive(Number(pid)))).toEqual([false]);
		}));

	it('restarts each service once at the end, and owes it until it has worked', () =>
		onBox(async box => {
			const units = [
				mark('a', { restarts: ['hsctl-test-none.service'] }),
				mark('b', { restarts: ['hsctl-test-none.service'] }),
			];
			const applied = await box.apply(units);
			const restarts = applied.ends.filter(end => end.startsWith('restart.'));
			expect(restarts).toEqual([expect.stringMatching(/^restart.hsctl-test-none.service failed exit \d+$/)]);
			expect(applied.printed('restart.hsctl-test-none.service', 'err')).toContain('hsctl-test-none');
			expect(applied.ends.at(-1)).toBe(restarts[0]);
			const next = await box.plan(units);
			expect(next.plan.hosts[0]?.units.at(-1)?.decision).toMatchObject({
				kind: 'run',
				because: `still owed by run ${applied.run}`,
			});
		}));

	it('does not restart what nothing has changed for', () =>
		onBox(async box => {
			const applied = await box.apply([mark('a', { restarts: ['x.service'] }, 'exit 1')]);
			expect(applied.statuses['restart.x.service']).toBe('skipped');
		}));

	it('can be undone, done again and undone again', () =>
		onBox(async box => {
			const unit = mark('a', { undo: script('echo undone >>"$HSCTL_VAR_BOX/lines"\n') });
			const both = async () => [
				(await box.apply([unit])).statuses['hotfix.a'],
				(await box.apply([unit], { purpose: 'undo' })).statuses['hotfix.a'],
			];
			expect(await both()).toEqual(['changed', 'changed']);
			expect((await box.apply([unit], { purpose: 'undo' })).ends[0]).toMatch(/^hotfix.a ok undone on/);
			expect(await both()).toEqual(['changed', 'changed']);
			expect(box.lines('lines')).toEqual(['a', 'undone', 'a', 'undone']);
		}));

	it('can be undone and done again after several failed starts', () =>
		onBox(async box => {
			const unit = mark('a', { undo: script('true\n') }, 'n=$(wc -l <"$HSCTL_VAR_BOX/lines"); [ "$n" -ge 3 ]');
			for (const status of ['failed', 'failed', 'changed'])
				expect((await box.apply([unit])).statuses['hotfix.a']).toBe(status);
			expect((await box.apply([unit], { purpose: 'undo' })).statuses['hotfix.a']).toBe('changed');
			expect((await box.apply([unit])).ends).toEqual([expect.stringMatching(/^hotfix.a changed/)]);
		}));

	it('keeps a unit that is no shell script as it is', () =>
		onBox(async box => {
			const applied = await box.apply([hotfix({ script: script('print', { interpreter: ['/no/such/interpreter'] }) })]);
			expect(applied.ends).toEqual(['hotfix.a refused its interpreter is not on this host; nothing was started']);
			expect(applied.code).toBe(7);
		}));

	it('C3: prints all that it prints, in order, also without a line end and in any bytes', () =>
		onBox(async box => {
			const applied = await box.apply([
				fix('loud', "i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done; printf '\\377 end'"),
			]);
			expect(applied.printed('hotfix.loud')).toBe(
				`${Array.from({ length: 2000 }, (_, index) => `line ${index}\n`).join('')}\ufffd end`,
			);
		}));
});

describe.concurrent('a condition that a unit before it changes', () => {
	const when = (file: string) => ({ kind: 'not' as const, of: fileExists(file) });

	it('lets a planned unit be skipped after all', () =>
		onBox(async box => {
			const units = [
				fix('first', `: >"$HSCTL_VAR_BOX/made"`),
				mark('second', { needs: [need('hotfix.first')], when: when(join(box.folder, 'made')) }),
				mark('third', { needs: [need('hotfix.second')] }),
			];
			const made = await box.plan(units);
			expect(kinds(made)).toEqual({ 'hotfix.first': 'run', 'hotfix.second': 'run', 'hotfix.third': 'run' });
			const applied = await box.applyPlan(made);
			expect(applied.statuses).toEqual({
				'hotfix.first': 'changed',
				'hotfix.second': 'skipped',
				'hotfix.third': 'changed',
			});
			expect(applied.ends[1]).toContain(`${box.folder}/made`);
			expect([applied.code, box.lines('lines')]).toEqual([0, ['third']]);
			expect(applied.events.some(event => event.type === 'host_state' && event.state === 'held')).toBe(true);
		}));

	it('lets a skipped unit run after all', () =>
		onBox(async box => {
			const units = [
				fix('first', `: >"$HSCTL_VAR_BOX/made"`),
				mark('second', { needs: [need('hotfix.first')], when: fileExists(join(box.folder, 'made')) }),
			];
			const made = await box.plan(units);
			expect(kinds(made)['hotfix.second']).toBe('skip');
			expect((await box.applyPlan(made)).statuses['hotfix.second']).toBe('changed');
			expect(box.lines('lines')).toEqual(['second']);
		}));

	it('leaves a skipped unit skipped when nothing has changed for it', () =>
		onBox(async box => {
			const units = [
				fix('first', 'true'),
				mark('second', { needs: [need('hotfix.first')], when: fileExists('/no/such') }),
			];
			expect((await box.apply(units)).statuses['hotfix.second']).toBe('skipped');
		}));

	it('refuses when it was not this run that changed it', () =>
		onBox(async box => {
			const file = join(box.folder, 'flag');
			const made = await box.plan([mark('a', { when: when(file) })]);
			writeFileSync(file, '');
			const applied = await box.applyPlan(made);
			expect(applied.ends).toEqual([
				'hotfix.a refused what it was decided from has changed, and not by this run; nothing was started',
			]);
			expect([applied.code, box.lines('lines')]).toEqual([7, []]);
		}));
});

describe.concurrent('what goes wrong in the middle', () => {
	const supervisor = (box: Engine) =>
		readFileSync(join(box.state, 'runs', readdirSync(join(box.state, 'runs'))[0] ?? '', 'super'), 'utf8').split(' ')[0];
	const eventsOf = (box: Engine) =>
		readFileSync(join(box.state, 'runs', readdirSync(join(box.state, 'runs'))[0] ?? '', 'events'), 'utf8');
	const childOf = (box: Engine) => {
		const [job = ''] = readdirSync(join(box.state, 'jobs'));
		return Number(readFileSync(join(box.state, 'jobs', job, 'run/child'), 'utf8').split(' ')[0]);
	};

	/** Applies a unit that hangs, kills its supervisor, and then the script itself. */
	const loseRunner = async (box: Engine, units: readonly Hotfix[]) => {
		const applying = box.apply(units);
		await until(() => box.lines('lines').length > 0);
		process.kill(Number(supervisor(box)), 'SIGKILL');
		const applied = await applying;
		return { applied, child: childOf(box) };
	};
	const hang = (rest: Rest = {}) => mark('a', rest, '[ -e "$HSCTL_VAR_BOX/go" ] || sleep 30');

	it('B6: a killed runner leaves an unknown end, never a success and never a silent second start', () =>
		onBox(async box => {
			const units = [hang({ ifInterrupted: 'ask' }), mark('b')];
			const { applied, child } = await loseRunner(box, units);
			expect(applied.statuses).toEqual({ 'hotfix.a': 'unknown', 'hotfix.b': 'not_started' });
			expect(applied.code).toBe(9);
			expect(kinds(await box.plan(units))).toEqual({ 'hotfix.a': 'refused', 'hotfix.b': 'run' });
			process.kill(child, 'SIGKILL');
			await until(() => !isAlive(child));
			const asked = await box.plan(units);
			expect(kinds(asked)).toEqual({ 'hotfix.a': 'ask', 'hotfix.b': 'run' });
			const next = await box.applyPlan(asked);
			expect(next.statuses).toEqual({ 'hotfix.a': 'unknown', 'hotfix.b': 'changed' });
			expect([next.code, box.lines('lines')]).toEqual([6, ['a', 'b']]);
			writeFileSync(join(box.folder, 'go'), '');
			const answered = await box.apply(units, { answers: { 'hotfix.a': 'retry' } });
			expect(answered.statuses).toEqual({ 'hotfix.a': 'changed', 'hotfix.b': 'ok' });
			expect(box.lines('lines')).toEqual(['a', 'b', 'a']);
		}));

	it('an interrupted unit is recorded as done on a person’s word, and then it is', () =>
		onBox(async box => {
			const { child } = await loseRunner(box, [hang({ ifInterrupted: 'ask' })]);
			process.kill(child, 'SIGKILL');
			await until(() => !isAlive(child));
			const units = [hang({ ifInterrupted: 'ask' })];
			expect((await box.apply(units, { answers: { 'hotfix.a': 'done' } })).statuses).toEqual({ 'hotfix.a': 'ok' });
			expect((await box.apply(units)).ends[0]).toMatch(/^hotfix.a ok done on/);
			expect(box.lines('lines')).toEqual(['a']);
		}));

	it('an interrupted unit whose condition still holds runs again by itself', () =>
		onBox(async box => {
			const { child } = await loseRunner(box, [hang({ when: fileExists(box.folder) })]);
			process.kill(child, 'SIGKILL');
			await until(() => !isAlive(child));
			writeFileSync(join(box.folder, 'go'), '');
			expect((await box.apply([hang({ when: fileExists(box.folder) })])).ends[0]).toMatch(
				/^hotfix.a changed start 1 ended without a trace.*so it runs again$/,
			);
			expect(box.lines('lines')).toEqual(['a', 'a']);
		}));

	it('who leaves while a unit runs says no word on its end, and the run stays open', () =>
		onBox(async box => {
			const leaving = new Interrupts();
			const applying = box.apply([hang()], {}, { interrupts: leaving });
			await until(() => box.lines('lines').length > 0);
			leaving.leave();
			const applied = await applying;
			expect([applied.code, applied.statuses]).toEqual([130, {}]);
			expect(applied.events.some(event => event.type === 'run_finished')).toBe(false);
			expect(applied.events.filter(event => event.type === 'host_state').at(-1)).toMatchObject({ state: 'detached' });
			process.kill(-Number(supervisor(box)), 'SIGTERM');
			await until(() => eventsOf(box).includes('"end"'));
		}));

	it('a stop between two units starts nothing new, and says so', () =>
		onBox(async box => {
			const interrupts = new Interrupts();
			const units = [
				mark('a', {}, 'until [ -e "$HSCTL_VAR_BOX/go" ]; do sleep 0.02; done'),
				mark('b'),
				mark('c', { needs: [need('hotfix.b')] }),
			];
			const applying = box.apply(units, {}, { interrupts });
			await until(() => box.lines('lines').length > 0);
			interrupts.raise();
			const runFolder = join(box.state, 'runs', readdirSync(join(box.state, 'runs'))[0] ?? '');
			await until(() => readdirSync(runFolder).includes('stop'));
			writeFileSync(join(box.folder, 'go'), '');
			const applied = await applying;
			expect(applied.statuses).toEqual({ 'hotfix.a': 'changed', 'hotfix.b': 'not_started', 'hotfix.c': 'not_started' });
			expect([applied.code, box.lines('lines')]).toEqual([130, ['a']]);
		}));

	it('a stop that comes while the bundle is on its way starts nothing at all', () =>
		onBox(async box => {
			const interrupts = new Interrupts();
			const onEvent = (event: NumberedEvent) => {
				if (event.type === 'host_state' && event.state === 'connecting') interrupts.raise();
			};
			const units = Array.from({ length: 30 }, (_, index) => mark(`u${index}`));
			const applied = await box.apply(units, {}, { interrupts, onEvent });
			expect(applied.code).toBe(130);
			expect(Object.values(applied.statuses).filter(status => status === 'not_started').length).toBeGreaterThan(20);
			expect(box.lines('lines').length).toBe(
				Object.values(applied.statuses).filter(status => status === 'changed').length,
			);
		}));

	it('a cancel ends what runs', () =>
		onBox(async box => {
			const interrupts = new Interrupts();
			const applying = box.apply([mark('a', {}, 'sleep 60')], {}, { interrupts });
			await until(() => box.lines('lines').length > 0);
			interrupts.raise();
			interrupts.raise();
			const applied = await applying;
			expect(applied.ends).toEqual(['hotfix.a failed cancelled; its processes were ended']);
		}));

	it('a second run waits for nobody: it is refused by name, and changes nothing', () =>
		onBox(async box => {
			const first = box.apply([mark('a', {}, 'until [ -e "$HSCTL_VAR_BOX/go" ]; do sleep 0.02; done')]);
			await until(() => box.lines('lines').length > 0);
			const second = await box.apply([mark('b')]);
			expect(second.ends).toEqual([
				expect.stringMatching(/^hotfix.b refused another run works there: run 01TEST\w+ of alice on test \(pid \d+\)$/),
			]);
			expect([second.code, second.events.filter(event => event.type === 'host_state').at(-1)]).toMatchObject([
				7,
				{ state: 'locked' },
			]);
			writeFileSync(join(box.folder, 'go'), '');
			expect((await first).code).toBe(0);
			expect(box.lines('lines')).toEqual(['a']);
		}));

	it('a journal that cannot be written ends the run, and the host starts nothing new', () =>
		onBox(async box => {
			const full = {
				name: 'the journal',
				kind: 'durable' as const,
				close() {},
				take(event: NumberedEvent) {
					if (event.type === 'unit_started') throw new Error('disk full');
				},
			};
			const units = [mark('a', {}, 'sleep 1'), mark('b'), mark('c')];
			await expect(box.apply(units, {}, { sinks: [full] })).rejects.toThrow('the journal cannot be written');
			await until(() => eventsOf(box).includes('"end"'));
			expect(box.lines('lines')).toEqual(['a']);
		}));

	it('a saved plan is drift when a fact or a script has changed, and names it', () =>
		onBox(async box => {
			const file = join(box.folder, 'flag');
			const saved = JSON.parse(JSON.stringify((await box.plan([mark('a', { when: fileExists(file) })])).plan));
			expect(findDrift(saved, (await box.plan([mark('a', { when: fileExists(file) })])).plan)).toEqual([]);
			expect(
				findDrift(saved, (await box.plan([mark('a', { when: fileExists(file) }, '# changed')])).plan)[0]?.what,
			).toMatch(/hotfixes\/a.sh has changed/);
			writeFileSync(file, '');
			expect(findDrift(saved, (await box.plan([mark('a', { when: fileExists(file) })])).plan)[0]?.what).toMatch(
				/file_exists .*flag was/,
			);
		}));
});

describe('a controller that is killed', () => {
	it.skipIf(!has('setsid'))('does not take the work with it, and the next one sees it running and then done', () =>
		onBox(async box => {
			// The same words that a controller sends, from a process that is then killed with its whole group.
			const units = [mark('a', {}, 'until [ -e "$HSCTL_VAR_BOX/go" ]; do sleep 0.02; done')];
			const made = await box.plan(units);
			const { applyProgram } = await import('../../src/execution/apply-program.ts');
			const { makeBundle } = await import('../../src/execution/bundle.ts');
			const { asRunId, hostPath } = await import('../../src/model/brand.ts');
			const [host] = made.plan.hosts;
			const bundle = makeBundle({
				run: asRunId('01KILLED'),
				stage: 0,
				playbook: 'web',
				units: host?.units ?? [],
				scriptBytes: () => units[0]?.script.bytes,
				fileBytes: () => undefined,
				looksOf: () => [],
				lockWaitMs: 0,
				hostPlan: 'cGxhbg==',
				secretOf: () => '',
			});
			if (bundle === undefined) throw new Error('no bundle');
			const program = applyProgram({
				bundle,
				nonce: 'abc',
				state: hostPath(box.state),
				hasRunner: false,
				controller: 'c',
				user: 'u',
			});
			const controller = spawn('/bin/sh', ['-s'], {
				detached: true,
				stdio: ['pipe', 'ignore', 'ignore'],
				env: { HOME: box.folder, USER: 'tester' },
			});
			controller.stdin.end(program);
			await until(() => box.lines('lines').length > 0);
			process.kill(-(controller.pid ?? 0), 'SIGKILL');
			expect((await box.plan(units)).plan.hosts[0]?.units[0]?.decision).toMatchObject({
				kind: 'refused',
				because: 'start 1 is running now',
			});
			writeFileSync(join(box.folder, 'go'), '');
			await until(() => readdirSync(join(box.state, 'receipts')).length > 0);
			await expect.poll(async () => kinds(await box.plan(units))['hotfix.a'], { timeout: 5000 }).toBe('done');
			expect(box.lines('lines')).toEqual(['a']);
		}),
	);
});

describe.concurrent.each([
	['busybox sh', ['busybox', 'sh']],
	['bash --posix', ['bash', '--posix']],
] as const)('a host whose shell is %s', (name, shell) => {
	it.skipIf(!has(shell[0]))(`takes a plan, a bundle and its looks (needs ${name})`, () =>
		onBox(
			async box => {
				const units = [
					fix('first', `: >"$HSCTL_VAR_BOX/made"; echo 'ä🦊'`, { env: new Map([['X', "it's\nä"]]) }),
					mark('second', { needs: [need('hotfix.first')], when: fileExists(join(box.folder, 'made')) }),
				];
				const applied = await box.apply(units);
				expect(applied.statuses).toEqual({ 'hotfix.first': 'changed', 'hotfix.second': 'changed' });
				expect(applied.printed('hotfix.first')).toBe('ä🦊\n');
				expect((await box.apply(units)).statuses).toEqual({ 'hotfix.first': 'ok', 'hotfix.second': 'ok' });
			},
			{},
			[...shell],
		),
	);
});

function isAlive(pid: number): boolean {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		return !/\) [ZX] /.test(stat);
	} catch {
		return false;
	}
}

it('no process of these tests is left: the timer of a killed supervisor notices within two seconds', async () => {
	const mine = `sequence 01TEST${String(process.pid).padStart(8, '0')}`;
	const left = () =>
		execFileSync('ps', ['-eo', 'args'])
			.toString()
			.split('\n')
			.filter(line => line.includes(mine));
	await expect.poll(left, { timeout: 6000, interval: 100 }).toEqual([]);
});
