import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runnerText } from '../../src/host/runner.ts';
import { crashPoints } from '../../src/model/crash-point.ts';
import { type Rig, rig, statuses } from './rig.ts';

/** Every name that a crash can be asked for at, read from the shell text itself; those of pools are in test/host/pool-crash.test.ts. */
const hostPoints = [
	...new Set([...runnerText.matchAll(/^\s*(?:.*[;&|]\s*)?hs_crash ([a-z.]+)/gm)].map(match => match[1] ?? '')),
].filter(name => !/^(pool|txn|restore|guard)\./.test(name));
/** Passed only by who looks after a crash: test/host/crash.test.ts crashes twice to get there. */
const recoveryPoints = ['settle.void', 'sweep.kept'];
/** Passed only where a restart is owed or a receipt is replaced: test/host/crash.test.ts has such units. */
const rarePoints = ['end.synced'];
const firstPoints = hostPoints.filter(point => ![...recoveryPoints, ...rarePoints].includes(point));
/** Each stands for a different moment: before anything, between claim and start, after the work, before and after the receipt. */
const few = firstPoints.filter((_, index) => index % 8 === 0);
const points = [
	// Only a pool that waits for a confirmation passes there: test/cli/confirm.test.ts.
	...crashPoints.filter(point => point !== 'before-confirm').map(point => `controller-${point}`),
	...(process.env.HSCTL_LONG === undefined ? few : firstPoints),
];

/** `a` tells by a condition that it is still to be done; `b` asks; `c` needs `b`; `d` has nothing that could tell. */
const hotfixes = (r: Rig) =>
	`  a: { when: { file_exists: { path: ${r.marks} } } }\n  b: { if_interrupted: ask }\n  c: { needs: [hotfix.b] }\n  d: {}\n`;
const scripts = Object.fromEntries(['a', 'b', 'c', 'd'].map(name => [name, `echo ${name} >>$MARKS/ran\n`]));
const apply = ['apply', 'p.yaml', '--yes', '--json'];

describe.concurrent('a crash', () => {
	it('can be asked for at more than twenty points of the host runner', () => {
		expect(hostPoints.length).toBeGreaterThan(20);
		expect(hostPoints).toEqual(expect.arrayContaining([...recoveryPoints, ...rarePoints]));
	});

	it.for(points)(
		'B1: at %s: the next apply ends known or honestly unknown, and runs twice only what a condition asks for',
		{ timeout: 60_000 },
		async (point, { onTestFinished }) => {
			const r = rig(onTestFinished);
			await r.playbook(hotfixes(r), scripts);
			const times = (name: string) => r.lines('ran').filter(line => line === name).length;
			const first = await r.hsctl(apply, { HSCTL_CRASH: point });
			expect(hasDied(point, first.code, r), `${point} is never passed`).toBe(true);
			const next = await r.hsctl(apply);
			const now = statuses(next);
			expect(Object.values(now).every(status => ['ok', 'changed', 'unknown', 'blocked'].includes(status))).toBe(true);
			if (!Object.values(now).includes('unknown')) expect(next.code).toBe(0);
			// Nothing is left behind that would keep a third apply from doing the same.
			const third = await r.hsctl(apply);
			expect(statuses(third)['hotfix.a']).toBe('ok');
			expect(times('a')).toBeLessThanOrEqual(2);
			for (const name of ['b', 'c', 'd']) expect(times(name)).toBeLessThanOrEqual(1);
		},
	);
});

function hasDied(point: string, code: number | null, { state }: Rig): boolean {
	if (point.startsWith('controller-')) return code === null;
	const file = join(state, 'crashes');
	return existsSync(file) && readFileSync(file, 'utf8').includes(point);
}
