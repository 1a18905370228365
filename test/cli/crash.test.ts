import { describe, expect, it } from 'vitest';
import { runnerText } from '../../src/host/runner.ts';
import { rig, statuses } from './rig.ts';

/** Every name that a crash can be asked for at, read from the shell text itself; and those of the controller. */
const hostPoints = [
	...new Set([...runnerText.matchAll(/^\s*(?:.*[;&|]\s*)?hs_crash ([a-z.]+)/gm)].map(match => match[1] ?? '')),
];
const controllerPoints = [
	'controller-before-journal',
	'controller-after-journal',
	'controller-before-begin',
	'controller-after-finish',
];
/** Each stands for a different moment: before anything, between claim and start, after the work, before and after the receipt. */
const few = hostPoints.filter((_, index) => index % 8 === 0);
const points = [...controllerPoints, ...(process.env.HSCTL_LONG === undefined ? few : hostPoints)];

describe.concurrent('a crash', () => {
	it('can be asked for at more than twenty points of the host runner', () => {
		expect(hostPoints.length).toBeGreaterThan(20);
	});

	it.for(points)(
		'at %s: the next apply ends known or honestly unknown, and no script has run twice',
		{ timeout: 60_000 },
		async (point, { onTestFinished }) => {
			const r = rig(onTestFinished);
			await r.playbook('  a: {}\n  b: { if_interrupted: ask }\n  c: { needs: [hotfix.b] }\n', {
				a: 'echo a >>$MARKS/ran\n',
				b: 'echo b >>$MARKS/ran\n',
				c: 'echo c >>$MARKS/ran\n',
			});
			// `a` may be tried again when its end is unknown, because its condition still says run; `b` must not.
			await r.hsctl(['apply', 'p.yaml', '--yes', '--json'], { HSCTL_CRASH: point });
			const next = await r.hsctl(['apply', 'p.yaml', '--yes', '--json']);
			const now = statuses(next);
			expect(Object.values(now).every(status => ['ok', 'changed', 'unknown', 'blocked'].includes(status))).toBe(true);
			const ran = r.lines('ran');
			expect(ran.filter(line => line === 'b').length).toBeLessThanOrEqual(1);
			expect(ran.filter(line => line === 'c').length).toBeLessThanOrEqual(1);
			if (now['hotfix.b'] !== 'unknown') expect(next.code).toBe(0);
			// Nothing is left behind that would keep a third apply from doing the same.
			const third = await r.hsctl(['apply', 'p.yaml', '--yes', '--json']);
			expect(statuses(third)['hotfix.a']).toBe('ok');
			expect(r.lines('ran').filter(line => line === 'b').length).toBeLessThanOrEqual(1);
		},
	);
});
