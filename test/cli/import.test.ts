import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rig } from './rig.ts';

describe.concurrent('import', () => {
	it('prints the inventory, and on stderr each thing that is not in it and the next step', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		const lines = Array.from({ length: 6 }, (_, n) => `web${n} ansible_password=hunter2\n`);
		r.write({ 'inv/hosts': `[web]\n${lines.join('')}`, 'inv/group_vars/web/port.yml': 'port_of_app: 8080\n' });
		const ran = await r.hsctl(['import', 'inv']);
		expect([
			ran.code,
			ran.stdout
				.split('\n')
				.filter(line => !line.includes('#'))
				.slice(0, 4),
		]).toEqual([0, ['groups:', '  web:', '    hosts:', '      web0: {}']]);
		expect(ran.stdout).toContain('    vars:\n      port_of_app: "8080"\n');
		const said = 'is left out: it is a password; log in with a key, or type it when hsctl asks';
		expect(ran.stderr.split('\n')).toEqual([
			`inv/hosts:2: \`ansible_password\` of \`web0\` ${said}`,
			`inv/hosts:3: \`ansible_password\` of \`web1\` ${said}`,
			`inv/hosts:4: \`ansible_password\` of \`web2\` ${said}`,
			'  and the same 3 times more (-v says where)',
			'Read 6 hosts in 1 group; 6 notes above.',
			'Next: keep it with `-o inventory.yaml`, then `hsctl inventory list -i inventory.yaml`',
			'',
		]);
		expect((await r.hsctl(['import', 'inv', '-v'])).stderr).toContain('inv/hosts:7: ');
	});

	it('writes a file that a playbook can name, and replaces nothing without --force', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		r.write({
			'hosts.yml': 'all:\n  children:\n    web: { hosts: { box: { ansible_connection: local } } }\n',
			'p.yaml': 'hsctl: 1\nname: p\nhosts: web\ninventory: inventory.yaml\n',
		});
		const file = join(r.root, 'repo/inventory.yaml');
		const words = ['import', 'hosts.yml', '-o', 'inventory.yaml'];
		const first = await r.hsctl(words);
		expect(first).toEqual({
			code: 0,
			stdout: '',
			stderr:
				'inventory.yaml has 1 host in 1 group; nothing was left out.\nNext: `hsctl inventory list -i inventory.yaml`\n',
		});
		expect((await r.hsctl(['validate', 'p.yaml', '--strict'])).code).toBe(0);
		writeFileSync(file, 'mine\n');
		const second = await r.hsctl(words);
		expect([second.code, second.stderr]).toEqual([
			3,
			expect.stringMatching(/inventory\.yaml exists already.*--force/s),
		]);
		expect(readFileSync(file, 'utf8')).toBe('mine\n');
		expect((await r.hsctl([...words, '--force', '-q'])).stderr).toBe('');
		expect(readFileSync(file, 'utf8')).toContain('box: { connection: local }');
	});

	it("reads the user's ssh config with what it includes", async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		const ssh = join(r.root, 'home/.ssh');
		mkdirSync(join(ssh, 'conf.d'), { recursive: true });
		writeFileSync(join(ssh, 'config'), 'Include conf.d/*\nHost nas\n  User root\nHost *\n  Compression yes\n');
		writeFileSync(join(ssh, 'conf.d/b'), 'Host pve2\nInclude ~/.ssh/more\n');
		writeFileSync(join(ssh, 'conf.d/a'), 'Host pve1\n');
		const ran = await r.hsctl(['import', join(ssh, 'config')]);
		expect([ran.code, ran.stdout]).toEqual([
			0,
			'groups:\n  ssh_config:\n    hosts:\n      pve1: {}\n      pve2: {}\n      nas: {}\n',
		]);
		expect(ran.stderr).toContain('`Include ~/.ssh/more` is not followed: it counts for some hosts only');
	});

	it('refuses what is not there, what it does not know and what never ends, with place and cure', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		r.write({ hosts: '[web]\nweb[1:99999999]\n', 'inv/hosts': '[web]\nweb1\n' });
		symlinkSync('.', join(r.root, 'repo/inv/group_vars'));
		symlinkSync('.', join(r.root, 'repo/inv/again'));
		for (const [words, answer] of [
			[['hosts'], /^hosts:2:1: error HS1904: there would be 99999999 hosts here/],
			[['nowhere'], /^hsctl: HS1001: nowhere cannot be read: it does not exist\n {2}= help: check the path/],
			[['/dev/zero'], /^hsctl: HS1002: \/dev\/zero is too large/],
			[['--from', 'toml', 'hosts'], /Allowed choices are ansible-ini, ansible-yaml, ssh-config/],
		] as const) {
			const ran = await r.hsctl(['import', ...words]);
			expect([ran.code, ran.stdout, ran.stderr]).toEqual([3, '', expect.stringMatching(answer)]);
		}
		expect((await r.hsctl(['import', 'inv'])).stdout).toContain('web1: {}');
		expect(existsSync(join(r.root, 'repo/inventory.yaml'))).toBe(false);
	});
});
