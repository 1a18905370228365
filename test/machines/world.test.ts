import { spawn } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../cli/rig.ts';
import { baseOfMachines, canBoot, type Machine, machines, needsMachines } from '../lab/machines.ts';
import { processesOf } from '../lab/processes.ts';

describe.skipIf(!canBoot).concurrent(`a world of machines (${needsMachines})`, { timeout: 120_000 }, () => {
	beforeAll(() => void baseOfMachines(), 300_000);

	it('is gone with whoever has made it, although that was killed', async () => {
		const maker = spawn(process.execPath, [resolve('test/machines/world-child.ts')], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		const outside = await new Promise<string>((done, fail) => {
			createInterface(maker.stdout)
				.once('line', done)
				.once('close', () => fail(new Error('it has ended')));
		});
		const all = processesOf('nobody has this in the environment', [Number(outside.split('/')[2])]);
		const group = `/${/hsctl-lab-\d+/.exec(groupsOf(all))?.[0]}`;
		expect(all.length).toBeGreaterThan(10);
		expect(globSync(`/sys/fs/cgroup/{.,unified}${group}/*`).map(path => basename(path))).toEqual(
			expect.arrayContaining(['box', 'tiny']),
		);
		maker.kill('SIGKILL');
		await until(() => !all.some(pid => existsSync(`/proc/${pid}`)));
		await until(() => globSync(`/sys/fs/cgroup/{.,unified}${group}`).length === 0);
	});

	it('kills a program beside the machines with what stands for it here', async ({ onTestFinished }) => {
		const world = await machines(onTestFinished);
		const program = world.spawn([
			'sh',
			'-c',
			'read -r pid rest <"$1/self/stat" && echo "$pid" && sleep 600',
			'sh',
			`${world.home}/../proc`,
		]);
		const pid = await new Promise<string>(done => program.stdout?.once('data', chunk => done(String(chunk).trim())));
		expect(existsSync(`/proc/${pid}`)).toBe(true);
		program.kill();
		await until(() => !existsSync(`/proc/${pid}`));
	});

	it('has no way out, and no hand on the clock and the settings of the kernel that all share', async ({
		onTestFinished,
	}) => {
		const world = await machines(onTestFinished);
		const [box, tiny] = await Promise.all([world.start('box'), world.start('tiny', { init: 'tiny' })]);
		await box.exec('sh', '-c', `ssh-keyscan -t ed25519 ${tiny.address} 2>&1 | grep ed25519`);
		for (const machine of [box, tiny]) {
			// A line of headings, and 10.77.0.0/24 as the kernel writes it.
			expect((await machine.exec('cut', '-f', '2', '/proc/net/route')).split('\n')).toEqual([
				'Destination',
				'00004D0A',
			]);
			// Never tried: a test that failed would have set the real clock.
			for (const status of ['/proc/1/status', '/proc/self/status'])
				expect(await capabilities(machine, status), status).toEqual({
					sysTime: false,
					sysModule: false,
					sysAdmin: true,
				});
			const same = 'value=$(cat /proc/sys/vm/swappiness) && echo "$value" >/proc/sys/vm/swappiness';
			await expect(machine.exec('sh', '-c', same)).rejects.toThrow('Read-only');
		}
		expect(readFileSync('/proc/net/dev', 'utf8')).not.toMatch(/^\s*(lab|v-box|v-tiny):/m);
	});
});

/** What even root can never have there: bits of capabilities(7). */
async function capabilities(machine: Machine, status: string): Promise<Readonly<Record<string, boolean>>> {
	const bounds = BigInt(`0x${/^CapBnd:\s*(\w+)/m.exec(await machine.exec('cat', status))?.[1]}`);
	const has = (bit: number): boolean => ((bounds >> BigInt(bit)) & 1n) === 1n;
	return { sysTime: has(25), sysModule: has(16), sysAdmin: has(21) };
}

const groupsOf = (pids: readonly number[]): string =>
	pids.map(pid => readFileSync(`/proc/${pid}/cgroup`, 'utf8')).join('');
