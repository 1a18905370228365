import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { has, TestHost, until } from './host.ts';
import { finished, verdicts } from './view.ts';

/** The supervisor, and all that it starts, sees another time. */
const since = (time: string) => ({ HSCTL_SHELL: `faketime -f ${time} dash` });
const receiptOf = (
	host: TestHost,
): { readonly started_at: string; readonly finished_at: string; readonly duration_ms: number } =>
	JSON.parse(host.read('receipts', host.list('receipts')[0] ?? ''));

describe.skipIf(!has('faketime')).concurrent('a host whose clock is wrong (needs faketime)', () => {
	it.for([
		['is ten years ahead', '+3650d', new RegExp(`^${new Date().getUTCFullYear() + 10}-`)],
		['stands in the seventies', '-18500d', /^197\d-/],
	] as const)(
		'E1: that %s ends jobs in time, and its receipts say what it took for the time',
		async ([, time, said]) => {
			using host = new TestHost();
			const view = await host.run(
				'R1',
				[{ script: 'sleep 0.3' }, { script: 'sleep 300', spec: { timeout_ms: 300, grace_ms: 100 } }],
				since(time),
			);
			expect(view.errors).toBe('');
			expect(verdicts(view)).toEqual(['changed exit', 'failed timeout']);
			expect(finished(view).ms).toBeGreaterThanOrEqual(290);
			expect(finished(view, 1).ms).toBeLessThan(5000);
			expect(receiptOf(host).started_at).toMatch(said);
		},
	);

	it('E2: that steps back in the middle has no negative durations, and no timeout that waits for it', async () => {
		using host = new TestHost();
		const clock = `${host.folder}/clock`;
		writeFileSync(clock, '+0');
		const library = execFileSync('faketime', ['-f', '+0', 'sh', '-c', 'echo $LD_PRELOAD'], { encoding: 'utf8' }).trim();
		const stepping = `env LD_PRELOAD=${library} FAKETIME_TIMESTAMP_FILE=${clock} FAKETIME_NO_CACHE=1 dash`;
		const script = `date +%s >${host.folder}/before; touch ${host.folder}/runs; until [ -e ${host.folder}/go ]; do sleep 0.02; done; date +%s >${host.folder}/after`;
		const view = host.run('R1', [{ script }, { script: 'sleep 300', spec: { timeout_ms: 300, grace_ms: 100 } }], {
			HSCTL_SHELL: stepping,
		});
		await until(() => existsSync(`${host.folder}/runs`), 'it runs');
		writeFileSync(clock, '-100d');
		writeFileSync(`${host.folder}/go`, '');
		expect(verdicts(await view)).toEqual(['changed exit', 'failed timeout']);
		const [before, after] = ['before', 'after'].map(name => Number(readFileSync(`${host.folder}/${name}`, 'utf8')));
		expect(after).toBeLessThan(before ?? 0);
		for (const index of [0, 1]) {
			expect(finished(await view, index).ms).toBeGreaterThanOrEqual(0);
			expect(finished(await view, index).ms).toBeLessThan(5000);
		}
		const { started_at, finished_at } = receiptOf(host);
		expect(Date.parse(finished_at)).toBeGreaterThanOrEqual(Date.parse(started_at));
	});
});
