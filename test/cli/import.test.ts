import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { here } from './in-process.ts';
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

	it('makes a playbook of hotfixes that validate and plan take, and writes down what has run', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		const targets = [
			{ id: 'done', has_run: true },
			{ id: 'open', version_check: { type: 'file_exists', path: '/nowhere', invert: true } },
		];
		r.write({
			'hsctl.config.yaml': 'hsctl: 1\n',
			'up/hotfix/index.json': JSON.stringify({ metadata: { schema_version: '0.1.9' }, targets }, null, 2),
			'up/hotfix/src/done.sh': '#!/bin/sh\n',
			'up/hotfix/src/open.sh': '#!/bin/sh\n',
		});
		const words = ['import', 'up/hotfix', '-o', 'playbooks/fixes.yaml', '--seed-state', 'state.json'];
		expect(await here(r, words)).toEqual({
			code: 0,
			stdout: '',
			stderr: [
				'up/hotfix/index.json:3: `metadata.schema_version` is left out: hotfixes and pools go by what is in them',
				'playbooks/fixes.yaml has 2 hotfixes; 1 note above.',
				'state.json has 1 unit that ran before.',
				'Next: `hsctl validate playbooks/fixes.yaml`',
				'',
			].join('\n'),
		});
		const repo = join(r.root, 'repo');
		expect(readFileSync(join(repo, 'playbooks/fixes.yaml'), 'utf8')).toContain('script: ../up/hotfix/src/open.sh\n');
		expect(JSON.parse(readFileSync(join(repo, 'state.json'), 'utf8'))).toEqual({
			format: 'hsctl/seed-state/v1',
			playbook: 'hotfix',
			done: ['hotfix.done'],
		});
		expect((await here(r, ['lock'])).code).toBe(0);
		expect((await here(r, ['validate', 'playbooks/fixes.yaml', '--strict'])).code).toBe(0);
		const again = await here(r, words);
		expect([again.code, again.stderr.match(/exists already/g)?.length]).toEqual([3, 2]);
		expect((await here(r, [...words, '--force', '-q'])).code).toBe(0);
	});

	it('writes the module.yaml of modules only with -o, and never over one that is there', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		const own = 'name: b\nversion: "2"\nsteps: [{ command: "true" }]\n';
		r.write({
			'up/manifest.json': '{"updates":[{"name":"a","version":"1.0"},{"name":"b","version":"2"}],"entrypoint":"x"}',
			'up/b/module.yaml': own,
		});
		const file = (name: string) => join(r.root, 'repo/up', name, 'module.yaml');
		const printed = await here(r, ['import', 'up/manifest.json']);
		expect([printed.code, printed.stdout]).toEqual([0, expect.stringContaining('source: ./up/a\n')]);
		expect(printed.stderr).toContain('Not printed: 1 module.yaml; -o writes them, too.\n');
		expect(existsSync(file('a'))).toBe(false);
		const written = await here(r, ['import', 'up/manifest.json', '-o', 'p.yaml', '--force']);
		expect(written.stderr).toContain('Also written: 1 module.yaml, each in the folder of its module.\n');
		expect([readFileSync(file('a'), 'utf8'), readFileSync(file('b'), 'utf8')]).toEqual([
			expect.stringMatching(/^name: a\n/),
			own,
		]);
		expect((await here(r, ['validate', 'p.yaml'])).code).toBe(0);
	});

	it('says where scripts would lie outside of the repository', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		r.write({ 'hsctl.config.yaml': 'hsctl: 1\n', '../up/index.json': '{"targets":[{"id":"x"}]}' });
		const ran = await here(r, ['import', '../up']);
		expect([ran.code, ran.stderr]).toEqual([
			0,
			expect.stringMatching(
				/\.\.\/up lies outside of the repository .*\/repo: copy it there, and import it from there\n$/m,
			),
		]);
	});

	it('refuses --seed-state for an inventory or in place of the playbook, and JSON that is none with its place', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		r.write({ hosts: '[web]\nweb1\n', 'index.json': '{\n"targets": [,]}' });
		const inventory = await here(r, ['import', 'hosts', '--seed-state', 's.json']);
		expect([inventory.code, inventory.stderr]).toEqual([3, expect.stringContaining('--seed-state is for playbooks')]);
		const same = await here(r, ['import', 'index.json', '-o', 's.json', '--seed-state', './s.json']);
		expect([same.code, same.stderr]).toEqual([3, expect.stringContaining('name the same file')]);
		const json = await here(r, ['import', 'index.json']);
		expect([json.code, json.stdout, json.stderr]).toEqual([
			3,
			'',
			expect.stringMatching(/^index\.json:2:13: error HS1905: a value is missing here/),
		]);
		expect(existsSync(join(r.root, 'repo/s.json'))).toBe(false);
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
			[['--from', 'toml', 'hosts'], /Allowed choices are ansible-ini, ansible-yaml, ssh-config, homeserver, nannyapi/],
		] as const) {
			const ran = await r.hsctl(['import', ...words]);
			expect([ran.code, ran.stdout, ran.stderr]).toEqual([3, '', expect.stringMatching(answer)]);
		}
		expect((await r.hsctl(['import', 'inv'])).stdout).toContain('web1: {}');
		expect(existsSync(join(r.root, 'repo/inventory.yaml'))).toBe(false);
	});
});
