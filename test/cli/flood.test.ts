import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { finish, type Ran, type Rig, rig, statuses } from './rig.ts';

const apply = ['apply', 'p.yaml', '--yes', '--json'];
const isLong = process.env.HSCTL_LONG !== undefined;
/** Beyond the limit of 256 MiB; the long tier prints more than a gigabyte. The script then waits for its end. */
const beyond = isLong ? 1_100_000_000 : 300_000_000;

/** Runs it and says how much memory it had at its highest, in MB: the kernel keeps that mark. */
async function measured(r: Rig, words: readonly string[]): Promise<Ran & { readonly peak: number }> {
	const child = r.start(words);
	let peak = 0;
	const look = setInterval(() => {
		peak = Math.max(peak, highWater(child.pid) ?? 0);
	}, 10);
	const ran = await finish(child);
	clearInterval(look);
	return { ...ran, peak };
}

/** Nothing of a process that has ended, also where its parent has not noticed yet. */
function highWater(pid: number | undefined): number | undefined {
	try {
		const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
		return kilobytes === undefined ? undefined : Number(kilobytes) / 1000;
	} catch {
		return undefined;
	}
}

const spooled = ({ state }: Rig, name: 'out' | 'err'): number =>
	Math.max(...readdirSync(join(state, 'jobs')).map(job => statSync(join(state, 'jobs', job, name)).size));

describe('a script that prints without end', () => {
	it.for([
		['out', ''],
		['err', '>&2'],
	] as const)(
		'C1, C2: on std%s is ended, what comes after it runs, and the controller stays below 200 MB',
		{ timeout: 120_000 },
		async ([stream, to], { onTestFinished }) => {
			const r = rig(onTestFinished);
			const flood = `{ yes 0123456789012345678901234567890123456789 | head -c ${beyond}; sleep 300; } ${to}\n`;
			await r.playbook('  a: {}\n  b: {}\n', { a: flood, b: 'echo b >>$MARKS/ran\n' });
			const ran = await measured(r, apply);
			expect([ran.code, statuses(ran)]).toEqual([5, { 'hotfix.a': 'failed', 'hotfix.b': 'changed' }]);
			expect(ran.stdout).toContain('printed more than 256 MiB; its processes were ended');
			expect(spooled(r, stream)).toBeGreaterThanOrEqual(256 * 1024 * 1024);
			const logs = await measured(r, ['logs']);
			expect([logs.code, logs.stdout.match(/\[\d{9,} bytes are only in the log on the host\]/g)?.length]).toEqual([
				0, 1,
			]);
			for (const { peak } of [ran, logs]) {
				expect(peak).toBeGreaterThan(30);
				expect(peak).toBeLessThan(200);
			}
		},
	);

	it('C5: without a line end takes no more memory than any other', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: "head -c 100000000 /dev/zero | tr '\\0' x\n" });
		for (const words of [['apply', 'p.yaml', '--yes'], ['logs'], ['show', 'last']]) {
			const ran = await measured(r, words);
			expect([ran.code, ran.stderr]).toEqual([0, '']);
			expect(ran.peak).toBeLessThan(200);
		}
	});
});
