import { describe, expect, it } from 'vitest';
import { here } from './in-process.ts';
import { type Rig, rig } from './rig.ts';

const inventory = `groups:
  web:
    port: 2222
    hosts: { web1: { address: 10.0.0.1, vars: { healthUrl: x } }, web2: {} }
  db: { hosts: { db1: {} } }
`;

function fleet(onTestFinished: Parameters<typeof rig>[0], config = 'hsctl: 1\ninventory: fleet.yaml\n'): Rig {
	const r = rig(onTestFinished);
	r.write({ 'hsctl.config.yaml': config, 'fleet.yaml': inventory, 'deep/er/x': '', 'p.yaml': 'hsctl: 1\nname: p\n' });
	return r;
}

describe.concurrent('hsctl inventory', () => {
	it('finds the inventory of hsctl.config.yaml from a folder below, and another one by -i', async ({
		onTestFinished,
	}) => {
		const r = fleet(onTestFinished);
		r.write({ 'other.yaml': 'groups: { g: { hosts: { other1: {} } } }\n' });
		const below = await here(r, ['inventory', 'list'], { folder: `${r.root}/repo/deep/er` });
		expect([below.code, below.stdout]).toEqual([0, expect.stringContaining('3 hosts of ../../fleet.yaml')]);
		expect((await here(r, ['inventory', 'list', '-i', 'other.yaml'])).stdout).toMatch(
			/other1[\s\S]*1 host of other\.yaml/,
		);
	});

	it('lists, draws and shows the hosts that --limit leaves', async ({ onTestFinished }) => {
		const r = fleet(onTestFinished);
		const list = await here(r, ['inventory', 'list', '-l', 'web - web1']);
		expect(list.stdout).toMatch(/^HOST .*\nweb2 +ssh +web2:2222 +web\n\n1 host/);
		expect((await here(r, ['inventory', 'graph', '-l', 'db'])).stdout).toBe('all\n└── db\n    └── db1\n');
		expect((await here(r, ['inventory', 'graph', '--format', 'dot'])).stdout).toMatch(/^digraph hsctl/);
		expect((await here(r, ['inventory', 'graph', '--format', 'mermaid'])).stdout).toMatch(/^flowchart LR/);
		expect((await here(r, ['inventory', 'show', 'web1'])).stdout).toMatch(/port +2222 +fleet\.yaml:3 \(group web\)/);
	});

	it('prints one document, in which names stay as they are written', async ({ onTestFinished }) => {
		const r = fleet(onTestFinished);
		const listed = JSON.parse((await here(r, ['inventory', 'list', '--json'])).stdout);
		expect(listed).toMatchObject({ format: 'hsctl/inventory/v1', inventory: 'fleet.yaml' });
		expect(listed.groups).toContainEqual({ name: 'web', hosts: ['web1', 'web2'], groups: [] });
		const shown = JSON.parse((await here(r, ['inventory', 'show', 'web1', '--json'])).stdout);
		expect(shown.hosts).toEqual([listed.hosts[0]]);
		expect(shown.hosts[0]).toMatchObject({
			name: 'web1',
			port: 2222,
			user: null,
			state_dir: null,
			vars: { healthUrl: 'x' },
			from: expect.arrayContaining([{ key: 'port', file: 'fleet.yaml', line: 3, group: 'web' }]),
		});
	});

	it.for<[readonly string[], number, RegExp]>([
		[['list', '-l', 'web - web*'], 8, /--limit web - web\* leaves no host of fleet\.yaml/],
		[['list', '-l', 'wbe'], 3, /HS1203.*`wbe`\n.*did you mean `web`/],
		[['list', '-l', 'a,,b'], 3, /HS1204: in --limit/],
		[['list', 'web1'], 3, /`web1` is too much\n.*`-l web1`/],
		[['list', '--format', 'dot'], 3, /only `hsctl inventory graph` has a --format/],
		[['lsit'], 3, /no `hsctl inventory lsit`\n.*did you mean `hsctl inventory list`/],
		[['constructor'], 3, /no `hsctl inventory constructor`\n.*list, graph or show HOST/],
		[['graph', '--format', 'pdf'], 3, /no format `pdf`\n.*text, mermaid, dot/],
		[['graph', '--json'], 3, /no JSON\n.*inventory list --json/],
		[['show'], 3, /has to know the host/],
		[['show', 'wbe1'], 3, /HS1203.*\n.*did you mean `web1`/],
		[['show', 'web'], 3, /`web` is a group/],
		[['show', 'web1', 'web2'], 3, /takes one host/],
		[['show', 'web1', '-l', 'web'], 3, /no --limit/],
		[['list', '-i', 'nope.yaml'], 3, /HS1001: the inventory nope\.yaml does not exist/],
		[['list', '-i', 'p.yaml'], 3, /HS1111: p\.yaml is a playbook/],
		[['list', '-i', ''], 3, /HS1001/],
	])('%j ends with %d and says why', async ([words, code, said], { onTestFinished }) => {
		const ran = await here(fleet(onTestFinished), ['inventory', ...words]);
		expect([ran.code, ran.stdout, ran.stderr]).toEqual([code, '', expect.stringMatching(said)]);
	});

	it.for<[string, Readonly<Record<string, string>>, RegExp]>([
		[
			'where nothing names one',
			{ 'x.txt': '' },
			/HS1810: there is no inventory: no -i is given, and there is no hsctl\.config\.yaml/,
		],
		['where a file looks like one', { 'hosts.yml': inventory }, /HS1810[\s\S]*give -i hosts\.yml/],
		['where the config names none', { 'hsctl.config.yaml': 'hsctl: 1\n' }, /HS1810: .*hsctl\.config\.yaml names none/],
		[
			'where the config names one that is not there',
			{ 'hsctl.config.yaml': 'hsctl: 1\ninventory: gone.yaml\n' },
			/HS1001: gone\.yaml cannot be read[\s\S]*correct `inventory` in hsctl\.config\.yaml/,
		],
		['where the config is wrong', { 'hsctl.config.yaml': 'hsctl: 1\ninventroy: x\n' }, /HS1101/],
		[
			'where the inventory is wrong',
			{
				'hsctl.config.yaml': 'hsctl: 1\ninventory: i.yaml\n',
				'i.yaml': 'groups: { g: { hosts: { a: { prot: 1 } } } }\n',
			},
			/^i\.yaml:1:30: error HS1101/,
		],
	])('has a cure %s', async ([, files, said], { onTestFinished }) => {
		const r = rig(onTestFinished);
		r.write(files);
		const ran = await here(r, ['inventory', 'list']);
		expect([ran.code, ran.stderr]).toEqual([3, expect.stringMatching(said)]);
	});

	it('exits 8 of an inventory without hosts', async ({ onTestFinished }) => {
		const r = fleet(onTestFinished);
		r.write({ 'fleet.yaml': 'groups: { g: {} }\n' });
		const ran = await here(r, ['inventory', 'list']);
		expect([ran.code, ran.stderr]).toEqual([8, 'hsctl: fleet.yaml has no host\n']);
	});
});
