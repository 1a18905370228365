import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { runnerText } from '../../src/host/runner.ts';
import { keyOf, type TestUnit } from './bundle.ts';
import { type Env, has, processesOf, type Shell, shells, TestHost, until } from './host.ts';
import { finished, type View, verdicts } from './view.ts';

// Most of the time goes by in waiting for the disk.
vi.setConfig({ maxConcurrency: 8 });

/** Every place where the runner can be told to die, as its own text names them; those of pools are in pool-crash.test.ts. */
const points = [
	...new Set([...runnerText.matchAll(/\bhs_crash ([a-z]+(?:\.[a-z]+)*)/g)].map(([, name]) => name ?? '')),
].filter(name => !/^(pool|txn|restore|guard)\./.test(name));
/** Passed once for each unit: the last unit is another story than the first. */
const perUnit = points.filter(name => /^(unit|job|child|end)\b/.test(name));
/** Only passed when an earlier run has left something behind. */
const inRecovery = points.filter(name => /^(settle|sweep)\./.test(name));
const inFirstRun = points.filter(name => !inRecovery.includes(name));
const firstCrashes = [...inFirstRun, ...perUnit.map(name => `${name}:3`)];

describe('when the runner is killed', () => {
	it('there are crash points in every part of it', () => {
		const parts = new Set(points.map(name => name.split('.')[0]));
		expect([...parts].sort()).toEqual(['begin', 'child', 'end', 'job', 'lock', 'sequence', 'settle', 'sweep', 'unit']);
		expect(inRecovery).toEqual(['settle.void', 'sweep.kept']);
	});

	it.concurrent.for(firstCrashes)(
		'B1: at %s, nothing starts twice and every unit ends done or honestly unknown',
		async crash => {
			await crashAndReturn('dash', [crash]);
		},
	);

	it.concurrent.for(inRecovery)('B1, D13: and again at %s while that is cleaned up, the same holds', async crash => {
		await crashAndReturn('dash', [crash === 'settle.void' ? 'child.gate' : 'end.recorded', crash]);
	});
});

describe.runIf(process.env.HSCTL_LONG)('when the runner is killed, in every shell and every combination', () => {
	const cases = shells.flatMap(shell =>
		[...firstCrashes, ...perUnit.map(name => `${name}:2`)].map(crash => [shell, crash] as const),
	);
	it.concurrent.for(cases)('%s at %s', { timeout: 60_000 }, async ([shell, crash]) => {
		if (has(shell)) await crashAndReturn(shell, [crash]);
	});

	const twice = inFirstRun.flatMap(first => points.map(second => [first, second] as const));
	it.concurrent.for(twice)('at %s, and the next run at %s', { timeout: 60_000 }, async crashes => {
		await crashAndReturn('dash', crashes);
	});
});

/** Runs three units, dying as told; then comes back as a controller would, until a run gets through. */
async function crashAndReturn(shell: Shell, crashes: readonly string[]): Promise<void> {
	using host = new TestHost(shell);
	const log = `${host.folder}/log`;
	writeFileSync(log, '');
	const units = ['a', 'b', 'c'].map((name, index): TestUnit => {
		return {
			label: name,
			script: `echo ${name} >>${log}\n`,
			...owing(crashes),
			...(index === 2 ? { needs: [0] } : {}),
		};
	});
	const known = new Map<string, string>();
	for (const [round, crash] of [...crashes, ''].entries()) {
		await isQuiet(host, units);
		const again = whatIsLeft(host, units, known);
		const view = await host.run(`R${round}`, again, {
			HSCTL_CRASH: crash,
			...(crash === '' ? {} : patience),
		});
		const watched = view.end === undefined ? await host.say(['follow', `R${round}`], patience) : view;
		if (crash === '') expectEnded(watched, again);
		else if (round === 0) expect(hasCrashed(view), `${crash} is never passed`).toBe(true);
	}
	expect(linesOf(log)).toEqual([...new Set(linesOf(log))]);
	whatIsLeft(host, units, known);
	expect([...known.keys()].sort()).toEqual(['a', 'b', 'c']);
	for (const [name, end] of known) {
		if (end === 'ok') expect(linesOf(log)).toContain(name);
	}
	// Nothing but the time between the script's end and the durable record of it leaves an unknown end.
	if (crashes.length === 1)
		expect([...known.values()].filter(end => end === 'unknown')).toHaveLength(leavesUnknown(crashes[0]) ? 1 : 0);
	expect(host.look('hs_memory_state none').at(-1)).toBe('lock free');
	left.add(host.state);
}

/** What is owed is on disk before the receipt has a name: a place that only such units pass. */
const owing = (crashes: readonly string[]): Partial<TestUnit> =>
	crashes.some(crash => crash.startsWith('end.synced')) ? { spec: { restarts: 'cron' } } : {};

// The timer of a killed run looks about once a second whether it is still needed.
const left = new Set<string>();
afterAll(
	() => until(() => [...left].every(state => processesOf(state).length === 0), 'no process of any run is left', 40_000),
	45_000,
);

const leavesUnknown = (crash = ''): boolean => /^(job\.ended|end\.written|end\.synced)\b/.test(crash);

/** Either somebody died and the view tells so, or the supervisor lived to say that a script was killed. */
const hasCrashed = (view: View): boolean =>
	view.end !== 'end' || verdicts(view).some(verdict => verdict !== 'changed exit');

/** How long a view waits for a supervisor that may never come: long enough for a machine under load. */
const patience: Env = { HSCTL_START_MS: '1500' };

const linesOf = (path: string): readonly string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1).sort();

function expectEnded(view: View, units: readonly TestUnit[]): void {
	expect(view.end, view.errors).toBe('end');
	for (const index of units.keys()) expect(finished(view, index)).toMatchObject({ status: 'changed' });
}

/** A controller waits for what still runs before it decides anything. */
const isQuiet = (host: TestHost, units: readonly TestUnit[]): Promise<void> =>
	until(() => {
		const state = host.look('hs_memory_state none').at(-1) ?? '';
		return state === 'lock free' && !host.memory(units).some(line => /^job \S+ (running|orphan) /.test(line));
	}, 'nothing runs on the host');

/** The units to send again, from nothing but the host's memory: done ones and unknown ones are left out, and noted. */
function whatIsLeft(host: TestHost, units: readonly TestUnit[], known: Map<string, string>): readonly TestUnit[] {
	const memory = host.memory(units);
	return units.flatMap((unit, index) => {
		const lines = memory.filter(line => line.includes(keyOf(unit, index)));
		const isDone = lines.some(line => line.includes('"status":"ok"'));
		if (isDone) known.set(unit.label ?? '', 'ok');
		else if (lines.some(line => / (lost|interrupted|damaged) /.test(line))) known.set(unit.label ?? '', 'unknown');
		if (known.has(unit.label ?? '')) return [];
		const attempts = lines.map(line => Number(/^job \w+\.(\d+) |"attempt":(\d+)/.exec(line)?.slice(1).join('') ?? 0));
		return [{ ...unit, name: `hotfix.u${index}`, needs: [], attempt: 1 + Math.max(0, ...attempts) }];
	});
}
