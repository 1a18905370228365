import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkNames } from '../../src/model/health.ts';
import { canGoFar, type FarRig, farRig, needsFar } from './far-rig.ts';
import { here } from './in-process.ts';
import { type Rig, rig } from './rig.ts';

function box(onTestFinished: Parameters<typeof rig>[0]): Rig {
	const r = rig(onTestFinished);
	r.write({
		'hsctl.config.yaml': 'hsctl: 1\ninventory: fleet.yaml\n',
		'fleet.yaml': `groups: { g: { hosts: { box: { connection: local, state_dir: ${r.state} }, gone: { address: 127.0.0.1, port: 9 } } } }\n`,
	});
	return r;
}

describe.concurrent('hsctl doctor', () => {
	it('finds this machine fine, and leaves nothing behind', async ({ onTestFinished }) => {
		const r = box(onTestFinished);
		mkdirSync(r.state, { mode: 0o700 });
		const ran = await here(r, ['doctor', 'box', '--json']);
		const [{ way, checks, clock }] = JSON.parse(ran.stdout).hosts;
		expect([ran.code, way]).toEqual([0, { by: 'local' }]);
		expect(checks.map(({ check }: { check: string }) => check)).toEqual(checkNames);
		expect(checks.filter(({ result }: { result: string }) => result === 'fail')).toEqual([]);
		expect(Math.abs(clock.skew_ms)).toBeLessThanOrEqual(clock.uncertainty_ms);
		expect(readdirSync(r.state)).toEqual([]);
	});

	it('exits 5 for a host where a run would fail, and 4 beside it for none that is not reached: the highest wins', async ({
		onTestFinished,
	}) => {
		const r = box(onTestFinished);
		writeFileSync(r.state, '');
		const ran = await here(r, ['doctor', 'box', 'gone']);
		expect(ran.code).toBe(5);
		expect(ran.stdout).toMatch(/✗ state folder +fail +\S+ is not used: it is not a folder\n +help: /);
		expect(ran.stdout).toMatch(/✗ reached +fail +connect: /);
		expect(ran.stdout).toContain('2 hosts: 1 with a failure, 1 unreachable. Nothing was left behind.');
		expect((await here(r, ['doctor', 'gone'])).code).toBe(4);
	});

	it.for<[readonly string[], number, RegExp]>([
		[[], 3, /missing required argument/],
		[['bxo'], 3, /HS1203[\s\S]*did you mean `box`/],
		[['box - box'], 8, /is no host of fleet\.yaml/],
		[['box', '-i', 'nope'], 3, /HS1001/],
	])('%j ends with %d and says why', async ([words, code, said], { onTestFinished }) => {
		const ran = await here(box(onTestFinished), ['doctor', ...words]);
		expect([ran.code, ran.stdout, ran.stderr]).toEqual([code, '', expect.stringMatching(said)]);
	});
});

describe.skipIf(!canGoFar)(`hsctl doctor of a host over ssh (${needsFar})`, () => {
	const fleet = (far: FarRig, more = '') =>
		far.write({
			'hsctl.config.yaml': 'hsctl: 1\ninventory: fleet.yaml\n',
			'fleet.yaml': `groups: { g: { hosts: { far: { address: ${far.line.address}, port: ${far.line.port}, state_dir: ${far.state}${more} } } } }\n`,
		});

	it('tells the way there, the keys and the pin, and how it is', async ({ onTestFinished }) => {
		const far = await farRig(onTestFinished);
		fleet(far);
		const ran = await far.hsctl(['doctor', 'far']);
		expect([ran.code, ran.stderr]).toEqual([0, '']);
		const said = ran.stdout.replaceAll(/\n +/g, ' ');
		expect(said).toContain(`far is ${far.person}@${far.line.address} port ${far.line.port}`);
		expect(said).toContain(`${far.home}/.ssh/id_ed25519 (key), no agent`);
		expect(said).toMatch(/host key +pinned: ssh-ed25519 SHA256:\S+ \(\S+known_hosts line 1\)/);
		expect(said).toMatch(/become +ok +works as \S+ \(\d+\), without become/);
		expect(said).toMatch(/state folder +ok +\S+ is not there yet and can be made/);
	});

	it('tells whoever is not known how to trust it', async ({ onTestFinished }) => {
		const far = await farRig(onTestFinished);
		fleet(far);
		writeFileSync(join(far.home, '.ssh/known_hosts'), '');
		const ran = await far.hsctl(['doctor', 'far', '--json']);
		const [{ way, reached, checks }] = JSON.parse(ran.stdout).hosts;
		expect([ran.code, reached, way.by, way.hops[0].host_key]).toEqual([4, false, 'ssh2', 'nothing']);
		expect(checks).toEqual([
			{
				check: 'reached',
				result: 'fail',
				says: expect.stringMatching(/^handshake: its host key is not known: ssh-ed25519 SHA256:/),
				cure: expect.stringContaining(`\`ssh-keyscan -p ${far.line.port} ${far.line.address}\``),
			},
		]);
	});

	it('tells what was offered to a host that lets nobody in', async ({ onTestFinished }) => {
		const far = await farRig(onTestFinished);
		fleet(far, ', user: nobody-here');
		const ran = await far.hsctl(['doctor', 'far']);
		const said = ran.stdout.replaceAll(/\n +/g, ' ');
		expect(ran.code).toBe(4);
		expect(said).toMatch(/reached +fail +authentication: .*it refused the key \S+id_ed25519/);
		expect(said).toContain(`\`ssh-copy-id -p ${far.line.port} nobody-here@${far.line.address}\``);
	});

	it('sees another run at work, and that it is alive', async ({ onTestFinished }) => {
		const far = await farRig(onTestFinished);
		await far.playbook('  a: {}\n', { a: 'echo x >>$MARKS/ran\nwhile [ ! -e $MARKS/go ]; do sleep 0.02; done\n' });
		fleet(far);
		const working = far.hsctl(['apply', 'p.yaml', '--yes']);
		while (far.lines('ran').length === 0) await new Promise(tick => setTimeout(tick, 20));
		const ran = await far.hsctl(['doctor', 'far']);
		far.write({ '../marks/go': '' });
		await working;
		expect(ran.code).toBe(0);
		expect(ran.stdout.replaceAll(/\n +/g, ' ')).toMatch(
			/host lock +warn +held since 20\S+ \S+ UTC by run \w+ of \S+@\S+, which is alive \(\d+\) help: `hsctl attach \w+`/,
		);
	});
});
