import { spawn } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { end } from '../lab/processes.ts';
import { canGoFar, farRig, needsFar } from './far-rig.ts';
import { finish } from './rig.ts';

const amount = 1000;
const addressOf = (index: number): string => `127.77.${Math.floor(index / 250)}.${(index % 250) + 1}`;
/** As fake-fleet.mjs reads an address. */
const isDead = (index: number): boolean => (Math.floor(index / 250) * 250 + (index % 250) + 1) % 10 === 0;

/** Kilobytes that a process has had in memory at most, as long as it is there. */
const peakOf = (pid: number): number => {
	try {
		return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
	} catch {
		return 0;
	}
};

describe.runIf(process.env.HSCTL_LONG)('a large fleet', () => {
	it.skipIf(!canGoFar)(
		`A18: of a thousand hosts, a hundred dead ones and fifty slow ones hold up nobody else, in little memory (${needsFar})`,
		async ({ onTestFinished }) => {
			const far = await farRig(onTestFinished);
			const fleet = spawn(process.execPath, [resolve('test/lab/fake-fleet.mjs'), far.home], {
				stdio: ['ignore', 'pipe', 'inherit'],
				uid: statSync(far.home).uid,
				gid: statSync(far.home).gid,
			});
			onTestFinished(() => end(fleet.pid ?? 0));
			const [port, ...key] = await new Promise<readonly string[]>(done =>
				fleet.stdout?.once('data', chunk => done(String(chunk).trim().split(' '))),
			);
			writeFileSync(join(far.home, '.ssh/known_hosts'), `[127.77.*]:${port} ${key.join(' ')}\n`);
			const hosts = Array.from(
				{ length: amount },
				(_, index) => `h${index}: { address: ${addressOf(index)}, port: ${port}, state_dir: ${far.home}/s${index} }`,
			);
			far.write({
				'hsctl.config.yaml': 'hsctl: 1\n',
				'p.yaml': `hsctl: 1\nname: p\nhosts: all\ninventory: { groups: { g: { hosts: { ${hosts.join(', ')} } } } }\nhotfixes:\n  a: { when: { file_exists: { path: /nowhere } } }\n`,
				'hotfixes/a.sh': 'true\n',
			});
			expect((await far.hsctl(['lock'])).code).toBe(0);
			const child = far.start(['plan', 'p.yaml', '--json', '-P', '100']);
			let peak = 0;
			const watch = setInterval(() => {
				peak = Math.max(peak, peakOf(child.pid ?? 0));
			}, 100);
			const before = Date.now();
			const ran = await finish(child);
			clearInterval(watch);
			const seconds = (Date.now() - before) / 1000;
			expect(ran.code).toBe(4);
			const plan = JSON.parse(ran.stdout);
			const dead = plan.hosts
				.filter((host: { reached: boolean }) => !host.reached)
				.map((host: { name: string }) => host.name);
			expect(dead).toEqual(hosts.flatMap((_, index) => (isDead(index) ? [`h${index}`] : [])));
			expect(plan.counts).toMatchObject({ hosts: amount, unreachable: 100, skip: 900 });
			// A dead host takes its deadline once. One after the other, they would take an hour.
			expect(seconds).toBeLessThan(180);
			expect(peak).toBeLessThan(300_000);
		},
		300_000,
	);
});
