import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Rig, rig } from './rig.ts';

/** A playbook without an inventory of its own, and the repository's configuration. */
async function configured(r: Rig, config: string, more: Readonly<Record<string, string>> = {}): Promise<void> {
	await r.playbook('  a: {}\n', { a: 'true\n' });
	const playbook = readFileSync(join(r.root, 'repo/p.yaml'), 'utf8').replace(/^inventory: .*\n/m, '');
	const inventory = `groups: { all_of_us: { hosts: { box: { connection: local, state_dir: ${r.state} } } } }\n`;
	r.write({ 'p.yaml': playbook, 'inventory.yaml': inventory, 'hsctl.config.yaml': config, ...more });
}

const apply = ['apply', 'p.yaml', '--yes'];

describe.concurrent('hsctl.config.yaml', () => {
	it('names the inventory of playbooks that name none; -i wins', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await configured(r, 'inventory: inventory.yaml\n', {
			'other.yaml': 'groups: { all_of_us: { hosts: { crate: {} } } }\n',
		});
		expect((await r.hsctl(apply)).code).toBe(0);
		expect((await r.hsctl(['validate', 'p.yaml', '-i', 'other.yaml'])).stdout).toContain('`box`');
	});

	it('names an inventory that is not there: told with its place', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await configured(r, 'inventory: nowhere.yaml\n');
		const ran = await r.hsctl(['plan', 'p.yaml']);
		expect([ran.code, ran.stderr]).toEqual([3, expect.stringContaining('nowhere.yaml cannot be read')]);
	});

	it('names reports that every run writes, beside those of the command line', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await configured(r, 'inventory: inventory.yaml\nreports: { junit: every.xml }\n');
		expect((await r.hsctl([...apply, '--report', 'junit=this.xml'])).code).toBe(0);
		expect(['every.xml', 'this.xml'].map(name => existsSync(join(r.root, 'repo', name)))).toEqual([true, true]);
	});

	it('says where playbooks lie, when a folder is checked', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await configured(r, 'inventory: inventory.yaml\nplaybooks: [fleet/all]\n', {
			'fleet/all/more.yaml': 'hsctl: 1\nname: more\nhotfixes: { b: { timeout: 5 } }\n',
		});
		expect((await r.hsctl(['validate'])).stdout).toContain('fleet/all/more.yaml:3');
	});

	it('says how root is reached, for playbooks that do not', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await configured(r, 'inventory: inventory.yaml\nbecome: su\n');
		expect((await r.hsctl(['plan', 'p.yaml', '--json'])).stdout).toMatch(/"become": ?"su"/);
	});

	it.for([
		['paralel: 5\n', 'HS1101'],
		['parallel: many\n', 'HS1103'],
		['color: on\n', 'HS1706'],
	] as const)('with something wrong in it is told with its place: %s', async ([config, code], { onTestFinished }) => {
		const r = rig(onTestFinished);
		await configured(r, `inventory: inventory.yaml\n${config}`);
		const ran = await r.hsctl(['validate', 'p.yaml']);
		expect(ran.stdout).toMatch(new RegExp(`hsctl.config.yaml:2:\\d+: .*${code}`));
	});
});
