import { describe, expect, it } from 'vitest';
import { hostName } from '../../../src/model/brand.ts';
import type { Host } from '../../../src/model/inventory.ts';
import { inventoryDot } from '../../../src/outputs/inventory/dot.ts';
import { type GroupPicture, onlyShown } from '../../../src/outputs/inventory/group-picture.ts';
import { hostText } from '../../../src/outputs/inventory/host.ts';
import { inventoryList } from '../../../src/outputs/inventory/list.ts';
import { inventoryMermaid } from '../../../src/outputs/inventory/mermaid.ts';
import { inventoryTree } from '../../../src/outputs/inventory/tree.ts';
import { whereOf } from '../../../src/outputs/inventory/where.ts';
import { here, host } from '../../fakes/builders.ts';

const look = { columns: 80, color: false, unicode: true };
const names = (...all: readonly string[]) => all.map(hostName);

const picture: GroupPicture = {
	groups: new Map([
		['web', { hosts: names('web1', 'web2'), groups: [] }],
		['db', { hosts: names('db1'), groups: [] }],
		['prod', { hosts: [], groups: ['web', 'db'] }],
		['front', { hosts: [], groups: ['web'] }],
	]),
	hosts: names('web1', 'web2', 'db1'),
};

describe('where a host is', () => {
	it.each<[Partial<Host>, string]>([
		[{ connection: 'local' }, 'this machine'],
		[{ connection: 'ssh' }, 'web1'],
		[{ connection: 'ssh', address: '10.0.0.1', user: 'root' }, 'root@10.0.0.1'],
		[{ connection: 'openssh', address: '2001:db8::1', port: 2222 }, '[2001:db8::1]:2222'],
		[{ connection: 'lxc', on: hostName('pve1'), vmid: 101 }, 'guest 101 on pve1'],
	])('%j is %s', (rest, words) => {
		expect(whereOf(host('web1', rest))).toBe(words);
	});
});

describe('the list of hosts', () => {
	const hosts = [
		host('web1', { connection: 'ssh', address: '10.0.0.1', groups: ['web', 'prod'] }),
		host('me', { groups: [] }),
	];

	it('is aligned', () => {
		expect(inventoryList(hosts, 'inventory.yaml', look)).toBe(
			[
				'HOST  CONNECTION  ADDRESS       GROUPS',
				'web1  ssh         10.0.0.1      web, prod',
				'me    local       this machine',
				'',
				'2 hosts of inventory.yaml',
				'',
			].join('\n'),
		);
	});

	it('is never wider than its place', () => {
		const wide = hosts.map(one => ({ ...one, groups: Array.from({ length: 40 }, (_, at) => `gruppe-${at}-界`) }));
		const lines = inventoryList(wide, 'inventory.yaml', { ...look, columns: 40 }).split('\n');
		expect(lines[1]).toMatch(/^web1 .*…$/);
		expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(40);
	});
});

describe('the tree of groups', () => {
	it('shows a group that lies in several others in each of them', () => {
		expect(inventoryTree(picture, look)).toBe(
			[
				'all',
				'├── prod',
				'│   ├── web',
				'│   │   ├── web1',
				'│   │   └── web2',
				'│   └── db',
				'│       └── db1',
				'└── front',
				'    └── web',
				'        ├── web1',
				'        └── web2',
				'',
			].join('\n'),
		);
	});

	it('needs no more than ASCII', () => {
		expect(inventoryTree(picture, { ...look, unicode: false })).toMatch(/^[ -~\n]*$/);
	});

	it('leaves out groups without a host that is shown, and shows a host that no group has', () => {
		const shown = onlyShown({ ...picture, hosts: names('db1', 'localhost') });
		expect(inventoryTree(shown, look).split('\n')).toEqual([
			'all',
			'├── prod',
			'│   └── db',
			'│       └── db1',
			'└── localhost',
			'',
		]);
	});

	it('ends, whatever lies in what how often', () => {
		const groups = Array.from(
			{ length: 40 },
			(
				_,
				at,
			): readonly [string, GroupPicture['groups'] extends ReadonlyMap<string, infer Content> ? Content : never] => [
				`g${at}`,
				at === 0
					? { hosts: names('a'), groups: [] }
					: { hosts: [], groups: [`g${at - 1}`, ...(at > 1 ? [`g${at - 2}`] : [])] },
			],
		);
		const tree = inventoryTree({ groups: new Map(groups), hosts: names('a') }, look);
		expect(tree.split('\n').length).toBeLessThan(20_000);
		expect(tree).toContain('(see above)');
	});
});

describe('pictures for other programs', () => {
	it('dot has a node for each group and host, once', () => {
		const dot = inventoryDot(picture);
		expect(dot.match(/shape=ellipse/g)).toHaveLength(4);
		expect(dot.match(/shape=box/g)).toHaveLength(3);
		expect(dot).toContain('"prod" -> "web";');
	});

	it('mermaid numbers its boxes', () => {
		expect(inventoryMermaid(onlyShown({ ...picture, hosts: names('db1') })).split('\n')).toEqual([
			'flowchart LR',
			'  g0(["db"])',
			'  g1(["prod"])',
			'  h0["db1"]',
			'  g0 --> h0',
			'  g1 --> g0',
			'',
		]);
	});
});

describe('one host', () => {
	const values = {
		host: host('web1', {
			connection: 'ssh',
			port: 2222,
			vars: new Map([['healthUrl', 'x'.repeat(200)]]),
			needs: names('db1'),
		}),
		from: new Map([
			['port', { at: { ...here, file: 'inventory.yaml', line: 3 }, group: 'web' }],
			['vars.healthUrl', { at: { ...here, file: 'inventory.yaml', line: 9 } }],
		]),
		become: 'sudo',
		isBecomeOfConfig: true,
	} as const;

	it('has every value with its place, and says where nobody says one', () => {
		const text = hostText(values, { ...look, columns: 120 });
		expect(text).toMatch(/port +2222 +inventory\.yaml:3 \(group web\)/);
		expect(text).toMatch(/user +not said: what your ssh config has/);
		expect(text).toMatch(/become +sudo +hsctl\.config\.yaml/);
		expect(text).toMatch(/needs +db1/);
	});

	it.each([48, 80, 120])('fits into %d columns', columns => {
		const lines = hostText(values, { ...look, columns }).split('\n');
		expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(columns);
		expect(lines.join('')).toContain('inventory.yaml:3 (group web)');
	});
});
