import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Condition } from '../../src/model/condition.ts';
import type { Hotfix } from '../../src/model/unit.ts';
import { fileExists, hotfix, script } from '../fakes/builders.ts';
import { has } from '../host/host.ts';
import { engine } from './engine.ts';

/** What a host did for an exchange. A sleep is a matter of how long things take: neither it nor its fork is counted. */
interface Cost {
	readonly forks: number;
	readonly programs: number;
	/** Files and folders forced to disk. */
	readonly fsyncs: number;
	/** Times that the disk was waited for. */
	readonly syncs: number;
}

const { at } = hotfix();
const policies = { if_missing: 'run', if_unreadable: 'fail' } as const;
const kinds: readonly (readonly [
	kind: string,
	when: (index: number) => Condition,
	limit: Pick<Cost, 'forks' | 'programs'>,
])[] = [
	['file_exists', index => fileExists(`/nowhere/${index}`), { forks: 0, programs: 0 }],
	['file_sha256', index => fileSha256(`/etc${'/.'.repeat(index)}/passwd`), { forks: 3, programs: 2 }],
	['binary_version', index => binaryVersion(`--version=${index}`), { forks: 12, programs: 5 }],
	['binary_version, asked before', () => binaryVersion('--version'), { forks: 0, programs: 0 }],
	[
		'command without a print to compare',
		index => ({
			kind: 'command',
			options: { run: ['test', `${index}`], exit_codes: [0], timeout_ms: 9000, ...policies },
			at,
		}),
		{ forks: 7, programs: 3 },
	],
];

const fileSha256 = (path: string): Condition => ({
	kind: 'file_sha256',
	options: { path, digests: ['0'.repeat(64)], ...policies },
	at,
});

const binaryVersion = (version_flag: string): Condition => ({
	kind: 'binary_version',
	options: { binary: '/bin/uname', version_flag, below: '0.1', compare: 'loose', ...policies },
	at,
});

/** Which of two processes is first decides now and then whether one more is started, in any of the two counts. */
const chance = 2 / 3;

describe.skipIf(!has('strace'))('what hsctl costs a host (needs strace)', () => {
	it.each(kinds)('one more condition costs no more than it has to: %s', async (_, when, limit) => {
		const box = watched();
		const units = (count: number) =>
			Array.from({ length: count }, (_, index) => hotfix({ ...numbered(index), when: when(index) }));
		const [few, many] = [await box.cost(() => box.plan(units(1))), await box.cost(() => box.plan(units(4)))];
		const each = { forks: (many.forks - few.forks) / 3, programs: (many.programs - few.programs) / 3 };
		expect(each.forks).toBeLessThanOrEqual(limit.forks + chance);
		expect(each.programs).toBeLessThanOrEqual(limit.programs + chance);
	});

	it('one more unit that runs costs 13 processes, 10 programs and waits twice for the disk at most', async () => {
		const box = watched();
		const cost = (made: Awaited<ReturnType<typeof box.plan>>) => box.cost(() => box.applyPlan(made));
		// The first run of all makes the folders and brings the runner.
		await box.apply([hotfix(numbered(9))]);
		const few = await cost(await box.plan([0, 1].map(unitThatRuns)));
		const many = await cost(await box.plan([2, 3, 4, 5, 6].map(unitThatRuns)));
		const each = (what: keyof Cost) => (many[what] - few[what]) / 3;
		expect(each('forks')).toBeLessThanOrEqual(13);
		expect(each('programs')).toBeLessThanOrEqual(10);
		expect(each('syncs')).toBeLessThanOrEqual(2);
		expect(each('fsyncs')).toBeLessThanOrEqual(7);
	});
});

const numbered = (index: number): Partial<Hotfix> => ({
	address: hotfix({ address: `hotfix.u${index}` }).address,
	script: script(`: ${index}\n`),
});

/** It has a condition, so that it is looked at again, and an environment. */
const unitThatRuns = (index: number): Hotfix =>
	hotfix({ ...numbered(index), when: fileExists('/etc/passwd'), env: new Map([['NAME', 'value']]) });

/** This machine as a host whose shells are watched, with all that they start. */
function watched() {
	const folder = mkdtempSync(join(tmpdir(), 'hsctl-cost-'));
	const [shell, traces] = [join(folder, 'shell'), join(folder, 'traces')];
	mkdirSync(traces);
	writeFileSync(shell, watchingShell(traces), { mode: 0o755 });
	const box = engine({}, [shell]);
	onTestFinished(() => {
		box.close();
		rmSync(folder, { recursive: true });
	});
	return {
		...box,
		async cost(exchange: () => Promise<unknown>): Promise<Cost> {
			for (const name of readdirSync(traces)) rmSync(join(traces, name));
			await exchange();
			return costOf(readdirSync(traces).map(name => readFileSync(join(traces, name), 'latin1')));
		},
	};
}

/** The shell that reads a program is watched; the one before it, which only starts that, is not. A file for each process. */
const watchingShell = (traces: string): string => `#!/bin/sh
case $1 in
-s) exec strace -ff -qq -o '${traces}/'"$$" -e trace=clone,clone3,fork,vfork,execve,fsync,fdatasync,sync /bin/sh "$@" ;;
*) exec /bin/sh "$@" ;;
esac
`;

function costOf(traces: readonly string[]): Cost {
	const calls = traces.flatMap(trace => trace.split('\n'));
	const count = (call: RegExp) => calls.filter(line => call.test(line)).length;
	const sleeps = count(/^execve\("[^"]*\/sleep".* = 0$/);
	return {
		forks: count(/^(clone|clone3|fork|vfork)\(.* = \d+$/) - sleeps,
		programs: count(/^execve\(.* = 0$/) - sleeps,
		fsyncs: count(/^(fsync|fdatasync|sync)\(/),
		syncs: count(/^execve\("[^"]*\/sync".* = 0$/),
	};
}
