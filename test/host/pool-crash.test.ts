import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { runnerText } from '../../src/host/runner.ts';
import { jobOf, type TestUnit } from './bundle.ts';
import { type Env, has, type Shell, shells } from './host.ts';
import { describeTree, noneIsLeft, PoolHost, poolUnit, type TestFile, undoUnit, verifyUnit } from './pool-rig.ts';

// Most of the time goes by in waiting for the disk.
vi.setConfig({ maxConcurrency: 8 });

/** Replaced, as it should be, created in new folders, and replaced in another folder. */
const files = (host: PoolHost): readonly TestFile[] => [
	{ dest: host.at('etc/a b.conf'), old: 'old a\n', wanted: 'new a\n', mode: '0640' },
	{ dest: host.at('etc/same'), old: 'same\n', wanted: 'same\n' },
	{ dest: host.at('new/deep/c.conf'), wanted: 'new c\n' },
	{ dest: host.at('d.conf'), old: 'old d\n', wanted: 'new d\n' },
];

/** Put into use by a line in a log: what is in use in the end must be what is there. */
const poolOf = (host: PoolHost, { confirmMs = 0, check = 'true' }: Partial<World>): TestUnit =>
	poolUnit({
		files: files(host),
		validate: [`grep -q new "$HSCTL_STAGED${host.at('etc/a b.conf')}"`],
		activate: [`cat '${host.at('etc/a b.conf')}' >>${host.folder}/used`],
		check: [check],
		confirmMs,
	});

/** What is done while the runner dies. */
interface World {
	/** What has happened before, without any crash. */
	readonly prepare?: (host: PoolHost, unit: TestUnit) => Promise<void>;
	readonly act: (host: PoolHost, unit: TestUnit, env: Env) => Promise<unknown>;
	readonly confirmMs?: number;
	readonly check?: string;
	/** There is no supervisor that could die with it. */
	readonly isAlone?: true;
	/** The tree before `act` is the new one, and the other is the old one. */
	readonly takesBack?: true;
	/** Of how many of its points the fast tier takes one. */
	readonly oneOf?: number;
}

const apply = (host: PoolHost, unit: TestUnit, env: Env) => host.work('R1', [unit], env);
const committed = async (host: PoolHost, unit: TestUnit) => {
	await host.work('R0', [unit]);
	expect(host.receipt(unit)).toBe('ok');
};
const interrupted = async (host: PoolHost, unit: TestUnit) => {
	await host.work('R0', [unit], { HSCTL_CRASH: 'pool.swapped=STOP' });
};

const worlds = {
	'a change': { act: apply },
	'a change that nobody confirms': { act: apply, confirmMs: 20 },
	'a change whose process is killed': { act: apply, check: 'kill -9 $PPID', oneOf: 4 },
	'its undo': {
		prepare: committed,
		act: (host, unit, env) => host.work('R1', [undoUnit(unit)], env),
		takesBack: true,
		oneOf: 4,
	},
	'its undo by a failed verification': {
		prepare: committed,
		act: (host, unit, env) => host.say(['unpool', jobOf(unit), 'R0', '0'], env),
		takesBack: true,
		isAlone: true,
		oneOf: 5,
	},
	'a run whose verification fails': {
		act: (host, unit, env) => host.work('R1', [unit, verifyUnit('exit 1', [0])], env),
	},
	'the recovery by the next run': {
		prepare: interrupted,
		act: (host, _, env) => host.work('R1', [], env),
		oneOf: 1,
	},
	'the recovery at the start of the host': {
		prepare: interrupted,
		act: (host, _, env) => host.say(['recover'], env),
		isAlone: true,
		oneOf: 4,
	},
} satisfies Readonly<Record<string, World>>;

interface Crash {
	readonly world: keyof typeof worlds;
	/** As `HSCTL_CRASH` says it. */
	readonly at: string;
}

/** Whatever died: another run comes, and then everything is old or everything is new, and what the host remembers is true. */
async function dieAndReturn(shell: Shell, { world: name, at }: Crash, again?: string): Promise<void> {
	const world: World = worlds[name];
	using host = new PoolHost(shell);
	host.prepare(files(host));
	const unit = poolOf(host, world);
	const untouched = await describeTree(host.targets);
	await world.prepare?.(host, unit);
	host.forgetCrashes();
	const changed = world.takesBack === true ? await describeTree(host.targets) : undefined;
	await world.act(host, unit, { HSCTL_CRASH: at });
	expect(host.crashes().length, `${at} is passed`).toBeGreaterThan(0);
	if (again !== undefined) {
		host.forgetCrashes();
		await host.work('N0', [], { HSCTL_CRASH: again });
	}
	expect((await host.work('N1', [])).at(-1)).toEqual({ e: 'end' });
	const tree = await describeTree(host.targets);
	const isOld = JSON.stringify(tree) === JSON.stringify(untouched);
	if (!isOld) {
		if (changed !== undefined) expect(tree).toEqual(changed);
		expectNew(host);
	}
	expectTrue(host, unit, isOld);
	left.add(host.state);
}

function expectNew(host: PoolHost): void {
	for (const { dest, wanted } of files(host)) expect(readFileSync(dest, 'utf8')).toBe(wanted);
	const names = readdirSync(host.targets, { recursive: true, encoding: 'utf8' });
	expect(names.filter(path => path.includes('.hsctl'))).toEqual([]);
}

function expectTrue(host: PoolHost, unit: TestUnit, isOld: boolean): void {
	expect(isOld ? ['failed', 'undone', undefined] : ['ok']).toContain(host.receipt(unit));
	expect(host.remembered(unit).map(line => line.replace(/^\S+ \S+ /, ''))).toEqual(
		isOld ? [] : files(host).map(({ dest }) => dest),
	);
	const used = existsSync(`${host.folder}/used`) ? readFileSync(`${host.folder}/used`, 'utf8') : '';
	if (used !== '') expect(used.split('\n').at(-2)).toBe(isOld ? 'old a' : 'new a');
	for (const job of host.list('txn')) expect([job, host.has('txn', job, 'end')]).toEqual([job, true]);
	expect(host.list('pools').filter(name => name.startsWith('.'))).toEqual([]);
	expect(existsSync(host.hooks) ? readdirSync(host.hooks) : []).toEqual([]);
	const fence = Math.max(...host.list('lock').map(name => Number.parseInt(name, 10)));
	expect(host.list('lock')).toContain(`${fence}.released`);
}

const left = new Set<string>();
afterAll(() => noneIsLeft(left), 40_000);

/** The points that are passed in a world, and how often by one process: each counts for itself. */
async function pointsIn(name: keyof typeof worlds): Promise<ReadonlyMap<string, number>> {
	const world: World = worlds[name];
	using host = new PoolHost();
	host.prepare(files(host));
	const unit = poolOf(host, world);
	await world.prepare?.(host, unit);
	host.forgetCrashes();
	await world.act(host, unit, { HSCTL_CRASH: '*=0' });
	const passes = host.crashes().map(([point, pid]) => `${point} ${pid}`);
	const times = (pass: string) => passes.filter(other => other === pass).length;
	const points = [...new Set(host.crashes().map(([point]) => point))];
	return new Map(
		points.map(point => [point, Math.max(...passes.filter(pass => pass.startsWith(`${point} `)).map(times))]),
	);
}

const names = Object.keys(worlds) as readonly (keyof typeof worlds)[];
const passed = new Map(await Promise.all(names.map(async name => [name, await pointsIn(name)] as const)));
const isOfPools = (point: string) => /^(pool|txn|restore|guard)\./.test(point);
const isAround = (point: string) => isOfPools(point) || /^(job|child|end)\./.test(point);
const pointsOf = (name: keyof typeof worlds) => [...(passed.get(name) ?? [])];

/** Killed together with its supervisor, so that the next run has to come; else its supervisor sees to it. */
const together = (world: keyof typeof worlds, at: string): Crash => ({
	world,
	at: (worlds[world] as World).isAlone === true ? at : `${at}=STOP`,
});

/** All of a change, and its second replacement; of the other worlds what only they pass, and a part of the rest. */
const fast: readonly Crash[] = [
	...pointsOf('a change').flatMap(([point]) => (isAround(point) ? [together('a change', point)] : [])),
	...['txn.mark:2', 'txn.mark:3', 'pool.backed:2', 'pool.swap:2', 'pool.moved:2'].map(at => together('a change', at)),
	...['pool.staged', 'pool.swap:2', 'pool.committed'].map(at => ({ world: 'a change', at }) as const),
	...names.slice(1).flatMap((name, index) => {
		const isKnown = (point: string) => names.slice(0, index + 1).some(other => passed.get(other)?.has(point));
		const { oneOf } = worlds[name] as World;
		return pointsOf(name)
			.filter(([point]) => isOfPools(point))
			.filter(([point], at) => !isKnown(point) || (oneOf !== undefined && at % oneOf === oneOf - 1))
			.map(([point]) => together(name, point));
	}),
];

describe('when the runner is killed while it changes the files of a pool', () => {
	it('passes every point that its own text names, in one world or another', () => {
		const all = [
			...new Set([...runnerText.matchAll(/\bhs_crash ([a-z]+(?:\.[a-z]+)*)/g)].map(([, name]) => name ?? '')),
		];
		const points = all.filter(isOfPools);
		expect(points.length).toBeGreaterThan(30);
		expect(points.filter(point => !fast.some(({ at }) => at.replace(/[:=].*/, '') === point))).toEqual([]);
	});

	it.concurrent.for(fast)('B1, D13: during $world at $at: all is old or all is new', async crash => {
		await dieAndReturn('dash', crash);
	});
});

describe.runIf(process.env.HSCTL_LONG)('the same in every shell, at each pass, and twice', () => {
	const cases = shells.flatMap(shell =>
		names.flatMap(world =>
			pointsOf(world)
				.filter(([point]) => isOfPools(point) || (world === 'a change' && isAround(point)))
				.flatMap(([point, times]) => Array.from({ length: times }, (_, index) => `${point}:${index + 1}`))
				.flatMap(at => [together(world, at), ...(shell === 'dash' ? [{ world, at }] : [])])
				.map(crash => ({ shell, ...crash })),
		),
	);
	it.concurrent.for(cases)('$shell, $world at $at', { timeout: 60_000 }, async ({ shell, ...crash }) => {
		if (has(shell)) await dieAndReturn(shell, crash);
	});

	const recovering = pointsOf('the recovery by the next run').map(([point]) => point);
	const starts = ['pool.staged', 'pool.swap:2', 'pool.swapped', 'pool.decided', 'pool.committed', 'txn.remember'];
	const twice = starts.flatMap(at => recovering.filter(isOfPools).map(again => ({ at: `${at}=STOP`, again })));
	it.concurrent.for(twice)('D13: at $at, and the next run at $again', { timeout: 60_000 }, async ({ at, again }) => {
		await dieAndReturn('dash', { world: 'a change', at }, `${again}=STOP`);
	});
});
