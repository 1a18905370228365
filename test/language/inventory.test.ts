import { describe, expect, it } from 'vitest';
import { hostName } from '../../src/model/brand.ts';
import type { Host } from '../../src/model/inventory.ts';
import { cures, load, loadedOrThrow, said } from './load.ts';

const inventoryOf = (groups: string) =>
	loadedOrThrow(load(`inventory:\n  groups:\n${groups.replace(/^/gm, '    ')}\n`)).inventory;

const problemsIn = (groups: string) => load(`inventory:\n  groups:\n${groups.replace(/^/gm, '    ')}\n`);

function hostIn(groups: string, name: string): Host {
	const host = inventoryOf(groups).hosts.get(hostName(name));
	if (host === undefined) throw new Error(`there is no host ${name}`);
	return host;
}

describe('a host', () => {
	it('is reached by its name over SSH when nothing is said', () => {
		const { at, ...host } = hostIn('web: { hosts: { web1: {} } }', 'web1');
		expect(host).toEqual({ name: 'web1', connection: 'ssh', vars: new Map(), needs: [], groups: ['web'] });
		expect(at).toMatchObject({ file: 'playbooks/p.yaml', line: 5, column: 21, endColumn: 25 });
	});

	it('has all that can be said of it', () => {
		const text =
			'g: { hosts: { a: {}, h: { address: 10.0.0.1, port: 22, user: u, connection: openssh, on: a, vmid: 101, become: doas, state_dir: /s, vars: { v: w }, needs: [a] } } }';
		const { at: _at, ...host } = hostIn(text, 'h');
		expect(host).toEqual({
			name: 'h',
			address: '10.0.0.1',
			port: 22,
			user: 'u',
			connection: 'openssh',
			on: 'a',
			vmid: 101,
			become: 'doas',
			stateDir: '/s',
			vars: new Map([['v', 'w']]),
			needs: ['a'],
			groups: ['g'],
		});
	});

	it.each<[string, string, Host['connection']]>([
		['called localhost is this machine', 'g: { hosts: { localhost: {} } }', 'local'],
		['called localhost can be reached otherwise', 'g: { hosts: { localhost: { connection: openssh } } }', 'openssh'],
		['on a node is a guest', 'g: { hosts: { localhost: { on: n, vmid: 100 }, n: {} } }', 'lxc'],
		[
			'on a node can be reached directly',
			'g: { hosts: { localhost: { on: n, vmid: 100, connection: ssh }, n: {} } }',
			'ssh',
		],
	])('%s', (_title, groups, connection) => {
		expect(hostIn(groups, 'localhost').connection).toBe(connection);
	});

	it.each<[string, string, string]>([
		['its own word over its group', 'g: { user: outer, hosts: { h: { user: own } } }', 'own'],
		['its group where it says nothing', 'g: { user: group, hosts: { h: {} } }', 'group'],
		[
			'an inner group over an outer one',
			'out: { user: outer, groups: [in] }\nin: { user: inner, hosts: { h: {} } }',
			'inner',
		],
		[
			'an outer group where the inner says nothing',
			'out: { user: outer, groups: [in] }\nin: { hosts: { h: {} } }',
			'outer',
		],
		[
			'of three levels the innermost that says something',
			'a: { user: a, groups: [b] }\nb: { user: b, groups: [c] }\nc: { hosts: { h: {} } }',
			'b',
		],
		[
			'an inner group even where the outer one also names the host group itself',
			'a: { user: a, groups: [b, c] }\nb: { hosts: { h: {} } }\nc: { user: c, groups: [b] }',
			'c',
		],
		[
			'of two groups side by side the first',
			'one: { user: one, groups: [g] }\ntwo: { user: two, groups: [g] }\ng: { hosts: { h: {} } }',
			'one',
		],
	])('takes %s', (_title, groups, user) => {
		expect(hostIn(groups, 'h').user).toBe(user);
	});

	it('has the variables of all its groups, the inner ones and its own winning', () => {
		const host = hostIn(
			'out: { vars: { a: out, b: out, c: out }, groups: [in] }\nin: { vars: { b: in, c: in }, hosts: { h: { vars: { c: own } } } }',
			'h',
		);
		expect(Object.fromEntries(host.vars)).toEqual({ a: 'out', b: 'in', c: 'own' });
	});

	it('needs what its groups need, each once', () => {
		const text =
			'out: { needs: [dns], groups: [g, d] }\ng: { needs: [db], hosts: { h: { needs: [dns] } } }\nd: { hosts: { dns: {}, db: {} } }';
		expect(hostIn(text, 'h').needs).toEqual(['dns', 'db']);
		expect(hostIn(text, 'db').needs).toEqual(['dns']);
	});

	it('does not wait for itself where its group needs it', () => {
		const text = 'g: { needs: [dns, db], hosts: { dns: {}, db: {}, h: {} } }';
		expect(['dns', 'db', 'h'].map(name => hostIn(text, name).needs)).toEqual([[], [], ['dns', 'db']]);
	});

	it('keeps its address and number to itself', () => {
		expect(said(problemsIn('g: { address: 10.0.0.1, hosts: { h: {} } }'))).toEqual([
			expect.stringContaining('HS1101 address'),
		]);
	});
});

describe('an inventory', () => {
	it('has each host of a group once, in the order of the file, however the group holds it', () => {
		const { groups } = inventoryOf(
			'all3: { groups: [two, one, pair] }\none: { hosts: { a: {} } }\ntwo: { hosts: { b: {}, c: {} } }\npair: { groups: [one, two] }\nempty: {}',
		);
		expect(Object.fromEntries(groups)).toEqual({
			all3: ['a', 'b', 'c'],
			one: ['a'],
			two: ['b', 'c'],
			pair: ['a', 'b', 'c'],
			empty: [],
		});
	});

	it('always has localhost, last and in no group unless it is written', () => {
		expect([...inventoryOf('g: { hosts: { a: {} } }').hosts.keys()]).toEqual(['a', 'localhost']);
		expect([...loadedOrThrow(load('')).inventory.hosts.values()]).toEqual([
			{ name: 'localhost', connection: 'local', vars: new Map(), needs: [], groups: [] },
		]);
	});

	it('says where modules declare their version, or takes the usual place', () => {
		expect(inventoryOf('g: {}').moduleSchemaPath).toBe('/var/www/homeserver/src/tablets/<module>/index.json');
		const own = loadedOrThrow(load('inventory: { module_schema_path: "/opt/<module>.json", groups: {} }'));
		expect(own.inventory.moduleSchemaPath).toBe('/opt/<module>.json');
	});

	it('handles 2,000 hosts in 500 nested groups in no time', () => {
		const group = (index: number) =>
			`g${index}: { ${index < 499 ? `groups: [g${index + 1}], ` : ''}hosts: { ${[0, 1, 2, 3].map(host => `h${index}-${host}: {}`).join(', ')} } }`;
		const text = Array.from({ length: 500 }, (_, index) => group(index)).join('\n');
		const started = process.cpuUsage();
		expect(inventoryOf(text).groups.get('g0')?.length).toBe(2000);
		expect(process.cpuUsage(started).user / 1000).toBeLessThan(2000);
	});
});

describe('a wrong inventory', () => {
	it.each<[string, string, readonly string[]]>([
		[
			'a host in two places',
			'one: { hosts: { a: {} } }\ntwo: { hosts: { a: {} } }',
			['HS1501 a: `a` is already a host of the group `one` (line 5)'],
		],
		['a group that contains itself', 'a: { groups: [a] }', ['HS1502 a: the group `a` contains itself']],
		[
			'groups that contain each other',
			'a: { groups: [b] }\nb: { groups: [c] }\nc: { groups: [x, b] }\nx: {}',
			['HS1502 c: groups contain each other: b → c → b'],
		],
		['an unknown group', 'web: {}\nhome: { groups: [wbe] }', ['HS1203 wbe: there is no group `wbe`']],
		[
			'an unknown node',
			'g: { hosts: { a: { on: pve, vmid: 100 } } }',
			['HS1503 pve: `a` lives on `pve`, which is not in the inventory'],
		],
		[
			'a node that a group names wrongly, at every host',
			'g: { on: pve, hosts: { a: { vmid: 100 } } }',
			['HS1503 a: `a` lives on `pve`, which is not in the inventory'],
		],
		[
			'a guest without its number',
			'g: { hosts: { n: {}, a: { on: n } } }',
			['HS1505 a: `a` is a guest of `n` and has no `vmid`'],
		],
		[
			'a guest without its node',
			'g: { hosts: { a: { connection: lxc, vmid: 100 } } }',
			['HS1503 a: `a` is reached through its node, but names none'],
		],
		[
			'a number of a guest without its node',
			'g: { hosts: { a: { vmid: 100 } } }',
			['HS1503 100: `a` has a number on its node, but names no node'],
		],
		[
			'two guests of one number on one node',
			'g: { hosts: { n: {}, a: { on: n, vmid: 100 } } }\nh: { on: n, hosts: { b: { vmid: 100 } } }',
			['HS1218 100: the guest 100 of `n` is already the host `a`'],
		],
		[
			'two guests of one number on two nodes',
			'g: { hosts: { m: {}, n: {}, a: { on: n, vmid: 100 }, b: { on: m, vmid: 100 } } }',
			[],
		],
		[
			'a state folder with a reference in it',
			'g: { hosts: { a: { state_dir: "/srv/${vars.nope}/x" } } }',
			[
				'HS1208 "/srv/${vars.nope}/x": `state_dir` cannot hold `/srv/${vars.nope}/x`: it is read before values are known',
			],
		],
		[
			'a state folder that begins with a reference',
			'g: { state_dir: "${vars.nope}/x" }',
			['HS1208 "${vars.nope}/x": `state_dir` cannot hold `${vars.nope}/x`: it is read before values are known'],
		],
		[
			'a state folder that is not absolute',
			'g: { hosts: { a: { state_dir: state } } }',
			['HS1310 state: `state_dir` has to be an absolute path on the host, not `state`'],
		],
		[
			'a host and a group of one name',
			'a: { hosts: { a: {} } }',
			['HS1218 a: `a` is the name of a host and of a group'],
		],
		[
			'a need that is no host',
			'web: { hosts: { a: { needs: [b] } } }',
			['HS1203 b: `a` needs the host `b`, which is not in the inventory'],
		],
		[
			'a need of a group that is no host',
			'web: { needs: [b], hosts: { a: {} } }',
			['HS1203 a: `a` needs the host `b`, which is not in the inventory'],
		],
		['a host that needs itself', 'g: { hosts: { a: { needs: [a] } } }', ['HS1202 a: `a` needs itself']],
		[
			'hosts that need each other, one by the node it lives on',
			'g: { hosts: { n: { needs: [a] }, a: { on: n, vmid: 100 } } }',
			['HS1202 n: hosts need each other: n → a → n'],
		],
		[
			'a reference in a variable',
			'g: { vars: { x: "${vars.y}" }, hosts: { a: { vars: { z: "${host.name}" } } } }',
			[
				'HS1208 ${vars.y}: `${vars.y}` cannot be used here: this is read before values are known',
				'HS1208 ${host.name}: `${host.name}` cannot be used here: this is read before values are known',
			],
		],
		[
			'several things at once',
			'g: { hosts: { a: { on: b }, c: { needs: [d] } } }',
			[
				'HS1505 a: `a` is a guest of `b` and has no `vmid`',
				'HS1503 b: `a` lives on `b`, which is not in the inventory',
				'HS1203 d: `c` needs the host `d`, which is not in the inventory',
			],
		],
	])('with %s', (_title, groups, expected) => {
		expect(said(problemsIn(groups))).toEqual(expected);
	});

	it.each([
		['web: {}\nhome: { groups: [wbe] }', 'did you mean `web`?'],
		['web: {}\nhome: { groups: [something] }', 'add it to `groups`, or correct the name'],
		['g: { hosts: { pve1: {}, a: { on: pve2, vmid: 100 } } }', 'did you mean `pve1`?'],
		['g: { hosts: { a: { on: somewhere, vmid: 100 } } }', 'add it to the inventory, or correct the name'],
		[
			'one: { hosts: { a: {} } }\ntwo: { hosts: { a: {} } }',
			'keep one; with `groups: [one]` another group takes in all of it',
		],
	])('%j is cured: %s', (groups, cure) => {
		expect(cures(problemsIn(groups))).toEqual([cure]);
	});
});

describe('an inventory that cannot be made out', () => {
	const users =
		'hosts: web\nhotfixes: { fix: { script: fix.sh, hosts: "web1, dns", stdin: "${vars.x}", needs: [hotfix.fix2] }, fix2: { script: fix.sh, hosts: pve } }\n';

	it.each([
		[
			'groups contain each other',
			'inventory: { groups: { a: { groups: [a] } } }\n',
			{},
			['HS1502 a: the group `a` contains itself'],
		],
		[
			'it is not there',
			'inventory: gone.yaml\n',
			{},
			['HS1001 gone.yaml: gone.yaml cannot be read: it does not exist'],
		],
		[
			'its path leaves the repository',
			'inventory: ../../i.yaml\n',
			{},
			['HS1211 ../../i.yaml: `../../i.yaml` leaves the repository'],
		],
		['it is not YAML', 'inventory: i.yaml\n', { 'i.yaml': 'groups: [' }, [expect.stringMatching(/^HS1005 /)]],
		[
			'it does not fit the schema',
			'inventory: i.yaml\n',
			{ 'i.yaml': 'grups: {}' },
			[expect.stringMatching(/^HS1101 grups/)],
		],
		[
			'it does not fit the schema and stands in the playbook',
			'inventory: { groups: 5 }\n',
			{},
			[expect.stringMatching(/^HS1103 5/)],
		],
	])(
		'is the only problem when %s: nothing is said of the hosts that it may have',
		(_title, inventory, files, expected) => {
			expect(said(load(inventory + users, files))).toEqual(expected);
		},
	);
});

describe('where an inventory comes from', () => {
	const file = 'groups: { web: { hosts: { web1: {} } } }\n';
	it.each([
		['at the root', 'inventory: inventory.yaml\n', { 'inventory.yaml': file }],
		['beside the playbook', 'inventory: ./i.yaml\n', { 'playbooks/i.yaml': file }],
		['above the playbook', 'inventory: ../i.yaml\n', { 'i.yaml': file }],
		['in the playbook', `inventory: { ${file.trim()} }\n`, {}],
	])('it is found %s', (_title, inventory, files) => {
		expect(loadedOrThrow(load(inventory, files)).inventory.groups.get('web')).toEqual(['web1']);
	});

	it('the one on the command line wins, and its problems have its own name', async () => {
		const { repoPath } = await import('../../src/model/brand.ts');
		const options = { inventory: repoPath('other.yaml') };
		const files = { 'other.yaml': file.replace('web1', 'other1') };
		expect(loadedOrThrow(load('inventory: gone.yaml\n', files, options)).inventory.groups.get('web')).toEqual([
			'other1',
		]);
		expect(said(load('', {}, options))).toEqual(['HS1001 (nowhere): other.yaml cannot be read: it does not exist']);
		expect(load('', { 'other.yaml': 'groups: { a: { groups: [b] } }' }, options).diagnostics[0]?.at?.file).toBe(
			'other.yaml',
		);
	});
});
