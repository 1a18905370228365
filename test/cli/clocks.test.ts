import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clockWarning } from '../../src/cli/clock-warning.ts';
import { newRunId } from '../../src/cli/run-id.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { systemClock, systemRandom } from '../../src/storage/clock.ts';
import { has } from '../fakes/programs.ts';
import { here } from './in-process.ts';
import { finish, hsctlBin, type Ran, type Rig, rig, statuses, warnings } from './rig.ts';

const mark = 'echo x >>$MARKS/ran\n';
const apply = ['apply', 'p.yaml', '--yes', '--json'];

/** hsctl with another idea of what time it is. */
const at = ({ root }: Rig, time: string, words: readonly string[]): Promise<Ran> =>
	finish(
		spawn('faketime', ['-f', time, hsctlBin, ...words], {
			cwd: join(root, 'repo'),
			env: { PATH: process.env.PATH, HOME: join(root, 'home'), XDG_STATE_HOME: join(root, 'controller'), CI: 'true' },
			stdio: ['ignore', 'pipe', 'pipe'],
		}),
	);

/** A clock that stands still. */
const standing = (time: string): Clock => ({ ...systemClock, now: () => new Date(time) });

describe('the id of a run', () => {
	it('E3: is one of its own also where the clock stands before 1970', () => {
		const ids = Array.from({ length: 5 }, () => newRunId(standing('1969-07-20T20:17:00Z'), systemRandom));
		expect(new Set(ids).size).toBe(5);
		for (const id of ids) expect(id).toMatch(/^0{10}[0-9A-HJKMNP-TV-Z]{16}$/);
	});
});

describe('the warning about this machine’s clock', () => {
	const now = new Date('2026-08-01T12:00:00Z');

	it.each<[string, string | undefined, boolean]>([
		['there was no run yet', undefined, false],
		['the last run was before', '2026-07-01T12:00:00Z', false],
		['the last run was a day later', '2026-08-02T12:00:00Z', false],
		['the last run was later than that', '2026-08-02T12:00:01Z', true],
	])('E3: where %s: %s → %s', (_, startedAt, isSaid) => {
		expect(clockWarning(now, startedAt === undefined ? undefined : { startedAt }) !== undefined).toBe(isSaid);
	});
});

/** What a plan in this process says of its host, where the controller's clock is off by so much. */
describe('a host whose clock is not ours', () => {
	it.for([
		['30 seconds', 30_000, undefined],
		['5 minutes', 5 * 60_000, '5 minutes behind'],
		['three hours, the other way', -3 * 60 * 60_000, '3 hours ahead of'],
		['ten years', 3650 * 24 * 60 * 60_000, '3650 days behind'],
	] as const)(
		'E1: is told in the plan and by the run, but not for little: %s',
		async ([, offsetMs, said], { onTestFinished }) => {
			const r = rig(onTestFinished);
			await r.playbook('  a: {}\n', { a: mark });
			const clock: Clock = { ...systemClock, now: () => new Date(Date.now() + offsetMs) };
			const planned = await here(r, ['plan', 'p.yaml'], { parts: { clock } });
			const applied = await here(r, apply, { parts: { clock } });
			const sentence = said === undefined ? undefined : `its clock is ${said} this machine's`;
			expect(/warning {2}(its clock is .*)/.exec(planned.stdout)?.[1]).toBe(sentence);
			expect(warnings(applied)).toEqual(
				sentence === undefined ? [] : [{ code: 'clock_skew', host: 'box', message: sentence }],
			);
			expect(statuses(applied)).toEqual({ 'hotfix.a': 'changed' });
		},
	);
});

describe.skipIf(!has('faketime')).concurrent('a controller whose clock is wrong (needs faketime)', () => {
	it.for([
		['stands in 1970', '@1970-01-02 00:00:00', true],
		['is ten years ahead', '+3650d', false],
	] as const)(
		'E3: and %s does its work once, and again when it is right',
		async ([, time, isBehind], { onTestFinished }) => {
			const r = rig(onTestFinished);
			await r.playbook('  a: {}\n', { a: mark });
			const warning = /^hsctl: this machine's clock says \d{4}-.* UTC, but the last run began on \d{4}-.* UTC: .*\n$/;
			const wrong = () => at(r, time, apply);
			for (const [run, status, said] of [
				[wrong, 'changed', /^$/],
				[() => r.hsctl(apply), 'ok', isBehind ? /^$/ : warning],
				[wrong, 'ok', isBehind ? warning : /^$/],
			] as const) {
				const ran = await run();
				expect([ran.code, statuses(ran)]).toEqual([0, { 'hotfix.a': status }]);
				expect(ran.stderr).toMatch(said);
				expect(durations(ran).every(ms => ms >= 0 && ms < 20_000)).toBe(true);
				expect(runOf(await here(r, ['show', 'last', '--json']))).toBe(runOf(ran));
			}
			expect(r.lines('ran')).toEqual(['x']);
			expect(JSON.parse((await r.hsctl(['history', '--json'])).stdout).runs).toHaveLength(3);
			expect((await r.hsctl(['audit', 'verify'])).code).toBe(0);
		},
	);
});

const runOf = ({ stdout }: Ran): string | undefined => /"run":"(\w+)"/.exec(stdout)?.[1];

const durations = ({ stdout }: Ran): readonly number[] =>
	[...stdout.matchAll(/"duration_ms":(-?\d+)/g)].map(([, ms]) => Number(ms));
