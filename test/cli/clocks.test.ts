import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { has } from '../fakes/programs.ts';
import { finish, hsctlBin, type Ran, type Rig, rig, statuses } from './rig.ts';

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

describe.skipIf(!has('faketime')).concurrent('a controller whose clock is wrong (needs faketime)', () => {
	it.for([
		['stands in 1970', '@1970-01-02 00:00:00'],
		['is ten years ahead', '+3650d'],
	] as const)('E3: and %s does its work once, and again when it is right', async ([, time], { onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: mark });
		for (const [ran, status] of [
			[await at(r, time, apply), 'changed'],
			[await r.hsctl(apply), 'ok'],
			[await at(r, time, apply), 'ok'],
		] as const) {
			expect([ran.code, statuses(ran), ran.stderr]).toEqual([0, { 'hotfix.a': status }, '']);
			expect(durations(ran).every(ms => ms >= 0 && ms < 20_000)).toBe(true);
		}
		expect(r.lines('ran')).toEqual(['x']);
		expect(JSON.parse((await r.hsctl(['history', '--json'])).stdout).runs).toHaveLength(3);
		expect((await r.hsctl(['audit', 'verify'])).code).toBe(0);
	});
});

const durations = ({ stdout }: Ran): readonly number[] =>
	[...stdout.matchAll(/"duration_ms":(-?\d+)/g)].map(([, ms]) => Number(ms));
