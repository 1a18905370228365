import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canGoFar, type FarRig, farRig, needsFar } from './far-rig.ts';
import { type Ran, statuses, until } from './rig.ts';

const apply = ['apply', 'p.yaml', '--yes', '--json'];

const endOf = ({ stdout }: Ran, unit: string): string =>
	stdout
		.split('\n')
		.filter(line => line.includes('"unit_finished"'))
		.map(line => JSON.parse(line))
		.find(event => event.unit === unit)?.because;

/** A pool that replaces the sshd_config of the very sshd that we come through, and lets it read that. */
async function changesSshd(
	onTestFinished: (cleanUp: () => void | Promise<void>) => void,
	{ lines, confirm }: { readonly lines: string; readonly confirm: string },
): Promise<FarRig> {
	const far = await farRig(onTestFinished, { sudo: 'USER ALL=(ALL) NOPASSWD: ALL', hasOwnEtc: true });
	const config = far.sshd.configFile;
	far.write({ 'files/sshd_config': `${lines}\n${readFileSync(config, 'utf8')}` });
	await far.playbook(
		'  {}\n',
		{},
		`become: sudo
pools:
  sshd:
    files: [ { src: files/sshd_config, dest: ${config}, validate: "/usr/sbin/sshd -t -f %s" } ]
    on_customised: replace
    activate: [ "kill -HUP ${far.sshd.pid}" ]
    confirm: ${confirm}
`,
	);
	return far;
}

describe.skipIf(!canGoFar).concurrent(`a change that a new connection has to confirm (${needsFar})`, () => {
	it('is undone on the host within that time and a few seconds when it has locked us out, and that is what is told', async ({
		onTestFinished,
	}) => {
		const far = await changesSshd(onTestFinished, { lines: 'AllowUsers nobody-at-all', confirm: '4s' });
		const before = { text: readFileSync(far.sshd.configFile), inode: statSync(far.sshd.configFile).ino };
		const began = Date.now();
		const ran = await far.hsctl(apply);
		expect([ran.code, statuses(ran)]).toEqual([5, { 'pool.sshd': 'rolled_back' }]);
		expect(Date.now() - began).toBeLessThan(4_000 + 8_000);
		expect(endOf(ran, 'pool.sshd')).toBe('no new connection confirmed it within 4 s; every file is as it was');
		expect({ text: readFileSync(far.sshd.configFile), inode: statSync(far.sshd.configFile).ino }).toEqual(before);
		// It was put into use again as well: we can come in.
		expect((await far.hsctl(['plan', 'p.yaml'])).stdout).toContain('undone by itself');
		expect(far.sshd.log()).toContain('not listed in AllowUsers');
	});

	it('stands when a new connection comes through, and not because of the old one', async ({ onTestFinished }) => {
		const far = await changesSshd(onTestFinished, { lines: 'ClientAliveInterval 77', confirm: '30s' });
		const ran = await far.hsctl(apply);
		expect([ran.code, statuses(ran)]).toEqual([0, { 'pool.sshd': 'changed' }]);
		// One for the plan and the work, and one that confirms.
		expect(far.line.seen).toBe(2);
		expect(readFileSync(far.sshd.configFile, 'utf8')).toContain('ClientAliveInterval 77');
		expect(readdirSync(join(far.sshd.configFile, '..')).filter(name => name.startsWith('.hsctl'))).toEqual([]);
	});

	it('is undone when the controller dies before it has confirmed', async ({ onTestFinished }) => {
		const far = await changesSshd(onTestFinished, { lines: 'ClientAliveInterval 77', confirm: '3s' });
		const before = readFileSync(far.sshd.configFile, 'utf8');
		const killed = await far.hsctl(apply, { HSCTL_CRASH: 'controller-before-confirm' });
		expect([killed.code, readFileSync(far.sshd.configFile, 'utf8')]).toEqual([
			null,
			`ClientAliveInterval 77\n${before}`,
		]);
		await until(() => readFileSync(far.sshd.configFile, 'utf8') === before);
		const attached = await far.hsctl(['attach', 'last', '--json']);
		expect([attached.code, statuses(attached)]).toEqual([5, { 'pool.sshd': 'rolled_back' }]);
	});
});
