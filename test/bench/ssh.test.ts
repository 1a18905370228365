import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { judge, shownVerdict } from '../../bench/ssh/aims.ts';
import { type Figure, summarise } from '../../bench/ssh/figures.ts';
import { readOptions } from '../../bench/ssh/options.ts';
import { hasSshd, needsSshd } from '../lab/lab.ts';

const figure = (over: Partial<Figure>): Figure => ({
	hosts: 50,
	rtt_ms: 50,
	work: 'W1',
	tool: 'hsctl',
	label: 'hsctl plan',
	round: 0,
	wall_ms: 1000,
	cpu_ms: 500,
	peak_mib: 90,
	code: 0,
	connections: 50,
	sessions: 50,
	hosts_cpu_ms: 0,
	proxy_cpu_ms: 0,
	...over,
});
const floor = (over: Partial<Figure>): Figure => figure({ tool: 'floor', label: 'floor', ...over });

describe('the words of the benchmark over ssh', () => {
	it('mean everything when there are none', () => {
		expect(readOptions([], 'bin/hsctl')).toMatchObject({
			hosts: [1, 10, 50],
			rtts: [0, 50],
			works: ['W1', 'W2', 'W3', 'W4'],
			tools: ['hsctl', 'floor', 'ansible', 'mitogen', 'clush', 'pssh'],
			rounds: 3,
			hsctl: 'bin/hsctl',
		});
	});

	it.each([
		[['--hosts', '1,x'], '--hosts: “x” is no number from 1 to 1000'],
		[['--hosts', '5000'], '--hosts: “5000” is no number from 1 to 1000'],
		[['--rtt', ''], '--rtt: “” is no number from 0 to 2000'],
		[['--work', 'W1,W9'], '--work: “W9” is none of W1, W2, W3, W4'],
		[['--peers', 'salt'], '--peers: “salt” is none of hsctl, floor, ansible, mitogen, clush, pssh'],
		[['--round', '3'], "Unknown option '--round'"],
	])('%j is refused with what is wrong', (words, problem) => {
		expect(readOptions(words, 'bin/hsctl')).toContain(problem);
	});
});

describe('figures', () => {
	it('are ratios within a round, so that a slow hour of the machine divides out', () => {
		const figures = [
			figure({ round: 0, wall_ms: 1500 }),
			floor({ round: 0, wall_ms: 1000 }),
			figure({ round: 1, wall_ms: 6000 }),
			floor({ round: 1, wall_ms: 4000 }),
		];
		expect(summarise(figures)[0]).toMatchObject({
			label: 'hsctl plan',
			rounds: 2,
			wall_ms: { median: 3750, min: 1500, max: 6000 },
			times_floor: 1.5,
		});
	});

	it('leave out what did not end well', () => {
		expect(summarise([figure({ code: 5 }), floor({ code: 'timeout' })])).toEqual([]);
	});
});

describe('the aims', () => {
	const verdictOn = (start: string, figures: readonly Figure[]) =>
		judge(figures)
			.filter(({ aim }) => aim.startsWith(start))
			.map(shownVerdict);

	it.each([
		['W1, 50 hosts, 50 ms: ≤', 1500, 'held  W1, 50 hosts, 50 ms: ≤ 1.5 × floor (hsctl plan): 1.50 ×'],
		['W1, 50 hosts, 50 ms: ≤', 1800, 'MISSED  W1, 50 hosts, 50 ms: ≤ 1.5 × floor (hsctl plan): 1.80 ×, 20 % too much'],
	])('%s at %i ms against a floor of 1000 ms', (aim, wall_ms, line) => {
		expect(verdictOn(aim, [figure({ wall_ms }), floor({})])).toEqual([line]);
	});

	it.each([
		[31_000, 'held'],
		[15_000, 'MISSED'],
	])('against a peer that takes %i ms count how much faster we are', (wall_ms, word) => {
		const [line] = verdictOn('W1, 50 hosts, 50 ms: ≥ 30', [
			figure({}),
			figure({ label: 'ansible', tool: 'ansible', wall_ms }),
		]);
		expect(line).toContain(word);
	});

	it('say what this run did not measure', () => {
		expect(judge([]).every(({ held }) => held === undefined)).toBe(true);
	});

	it('hold the largest memory of all works against the limit', () => {
		const figures = [figure({}), figure({ work: 'W3', label: 'hsctl apply', peak_mib: 130 })];
		expect(verdictOn("controller's memory at 50 ", figures)).toEqual([
			"MISSED  controller's memory at 50 hosts ≤ 100 MiB: 130 MiB (W3, hsctl apply, 50 ms), 30 MiB too much",
		]);
	});

	it.each([
		[900, 'held'],
		[2000, 'MISSED'],
	])('hold what one more host costs against the hosts before: %i ms of CPU at 50', (cpu_ms, word) => {
		const figures = [
			figure({ hosts: 1, cpu_ms: 220 }),
			figure({ hosts: 10, cpu_ms: 350 }),
			figure({ hosts: 50, cpu_ms }),
		];
		expect(verdictOn('W1: one more host', figures)[0]).toContain(word);
	});
});

/** Minutes of work for a machine: the long tier has it, so that it does not rot between benchmarks. */
describe.runIf(process.env.HSCTL_LONG !== undefined && hasSshd)(`the benchmark itself (${needsSshd})`, () => {
	it('has the floor and hsctl do W1 and W4 on two hosts, with and without a delay', { timeout: 180_000 }, async () => {
		const folder = mkdtempSync(join(tmpdir(), 'hsctl-bench-test-'));
		onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
		const json = join(folder, 'figures.json');
		const words = ['--hosts', '2', '--rtt', '0,200', '--work', 'W1,W4', '--peers', 'hsctl,floor', '--rounds', '1'];
		const { code, stdout, stderr } = await bench([...words, '--json', json]);
		expect(code, stderr).toBe(0);
		expect(stdout).toContain('W1 · 20 conditions, nothing to change · 2 hosts · 200 ms');
		const { summaries } = JSON.parse(readFileSync(json, 'utf8'));
		const seen = summaries.map(({ rtt_ms, work, label, connections }: Figure) => [rtt_ms, work, label, connections]);
		const each = ['W1 hsctl plan', 'W1 floor', 'W4 hsctl plan', 'W4 hsctl apply', 'W4 floor'];
		const expected = [0, 200].flatMap(rtt => each.map(one => [rtt, one.slice(0, 2), one.slice(3), 2]));
		expect(seen).toEqual(expect.arrayContaining(expected));
		expect(seen).toHaveLength(expected.length);
		// A delay that is not there would make every figure worthless: ten round trips are the least that a floor can need.
		const wall = (rtt: number) =>
			summaries.find((one: Figure) => one.rtt_ms === rtt && one.work === 'W1' && one.label === 'floor').wall_ms.min;
		expect(wall(200)).toBeGreaterThan(2000);
	});
});

function bench(words: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
	const child = spawn(process.execPath, ['bench/run.mjs', 'ssh', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
	let [stdout, stderr] = ['', ''];
	child.stdout.on('data', chunk => {
		stdout += chunk;
	});
	child.stderr.on('data', chunk => {
		stderr += chunk;
	});
	return new Promise(resolve => child.on('close', code => resolve({ code, stdout, stderr })));
}
