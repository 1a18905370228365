import { cyclePath, findCycles } from '../graph/cycle.ts';
import { type HostName, hostName } from '../model/brand.ts';
import type { ConnectionKind, Host, Inventory } from '../model/inventory.ts';
import { refuseReferences } from './checks/references.ts';
import type {
	Group as GroupDocument,
	Host as HostDocument,
	Inventory as InventoryDocument,
} from './generated/playbook.generated.ts';
import { type GroupTree, groupTree } from './group-tree.ts';
import type { Path } from './parse.ts';
import type { Problem, Report } from './report.ts';
import { nearest } from './suggest.ts';

/** Where modules of the seed's system declare their version. */
const defaultSchemaPath = '/var/www/homeserver/src/tablets/<module>/index.json';

/** The inventory of a playbook that names none: this machine. */
export const emptyInventory: Inventory = {
	hosts: new Map([[hostName('localhost'), localhost()]]),
	groups: new Map(),
	moduleSchemaPath: defaultSchemaPath,
};

function localhost(): Host {
	return { name: hostName('localhost'), connection: 'local', vars: new Map(), needs: [], groups: [] };
}

/**
 * Hosts with their groups' defaults, groups with their hosts. `base` is where the document lies in its file (inline inventories).
 * `undefined`: groups contain each other, so that nobody can say which hosts are in them.
 */
export function readInventory(document: InventoryDocument, base: Path, report: Report): Inventory | undefined {
	const { groups } = document;
	const place: InventoryPlace = { groups, base, report };
	const cycles = findCycles(Object.keys(groups), name => groups[name]?.groups ?? []);
	for (const cycle of cycles) reportGroupCycle(cycle, place);
	checkGroups(place);
	if (cycles.length > 0) return undefined;
	const tree = groupTree(groups);
	const hosts = readHosts(tree, place);
	checkHosts(hosts, place);
	const members = [...tree].map(([name, { inside }]) => [name, membersOf(inside, hosts)] as const);
	if (!hosts.has(hostName('localhost'))) hosts.set(hostName('localhost'), localhost());
	return { hosts, groups: new Map(members), moduleSchemaPath: document.module_schema_path ?? defaultSchemaPath };
}

interface InventoryPlace {
	readonly groups: InventoryDocument['groups'];
	readonly base: Path;
	readonly report: Report;
}

function reportGroupCycle(
	cycle: readonly [string, string, ...string[]],
	{ groups, base, report }: InventoryPlace,
): void {
	const [outer, inner] = cycle;
	const index = groups[outer]?.groups?.indexOf(inner) ?? 0;
	report.add({
		code: 'HS1502',
		path: [...base, 'groups', outer, 'groups', index],
		message:
			outer === inner ? `the group \`${outer}\` contains itself` : `groups contain each other: ${cyclePath(cycle)}`,
		hint: 'remove one of them',
	});
}

/** Inner groups exist, and defaults hold nothing that would stay unread. */
function checkGroups({ groups, base, report }: InventoryPlace): void {
	for (const [name, group] of Object.entries(groups)) {
		const path = [...base, 'groups', name];
		refuseReferencesIn(group.vars, [...path, 'vars'], report);
		for (const [index, child] of (group.groups ?? []).entries()) {
			if (Object.hasOwn(groups, child)) continue;
			report.add({
				code: 'HS1203',
				path: [...path, 'groups', index],
				message: `there is no group \`${child}\``,
				hint: () => groupHint(child, Object.keys(groups)),
			});
		}
	}
}

function groupHint(name: string, groups: readonly string[]): string {
	const near = nearest(name, groups);
	return near === undefined ? 'add it to `groups`, or correct the name' : `did you mean \`${near}\`?`;
}

function refuseReferencesIn(vars: HostDocument['vars'], path: Path, report: Report): void {
	for (const [name, value] of Object.entries(vars ?? {})) refuseReferences(value, [...path, name], report);
}

function readHosts(tree: GroupTree, { groups, base, report }: InventoryPlace): Map<HostName, Host> {
	const hosts = new Map<HostName, Host>();
	for (const [groupName, { around }] of tree) {
		const layers = around.flatMap(group => groups[group] ?? []);
		for (const [name, document] of Object.entries(groups[groupName]?.hosts ?? {})) {
			const path = [...base, 'groups', groupName, 'hosts', name];
			const first = hosts.get(hostName(name));
			refuseReferencesIn(document.vars, [...path, 'vars'], report);
			if (first === undefined) {
				const at = report.at(path, 'key');
				hosts.set(hostName(name), { ...readHost(name, document, layers), groups: around, at });
			} else {
				report.add({
					code: 'HS1501',
					path,
					what: 'key',
					message: `\`${name}\` is already a host of the group \`${first.groups[0]}\` (line ${first.at?.line})`,
					hint: `keep one; with \`groups: [${first.groups[0]}]\` another group takes in all of it`,
				});
			}
		}
	}
	return hosts;
}

/** What the host says itself wins over its group, an inner group over an outer one. `layers`: its groups, innermost first. */
function readHost(name: string, document: HostDocument, layers: readonly GroupDocument[]): Omit<Host, 'groups' | 'at'> {
	const all = [document, ...layers];
	const first = <Key extends DefaultKey>(key: Key) => all.find(layer => layer[key] !== undefined)?.[key];
	const on = first('on');
	const node = on === undefined ? undefined : hostName(on);
	const vars = all.toReversed().flatMap(layer => Object.entries(layer.vars ?? {}));
	// Those that a group needs go before the rest of it, and do not wait for each other.
	const groupNeeds = layers.flatMap(({ needs = [] }) => (needs.includes(name) ? [] : needs));
	return {
		name: hostName(name),
		connection: first('connection') ?? usualConnection(name, on),
		...defined('address', document.address),
		...defined('port', first('port')),
		...defined('user', first('user')),
		...defined('on', node),
		...defined('vmid', document.vmid),
		...defined('become', first('become')),
		...defined('stateDir', first('state_dir')),
		vars: new Map(vars),
		needs: [...new Set([...(document.needs ?? []), ...groupNeeds])].map(hostName),
	};
}

/** What a group can say for its hosts. */
type DefaultKey = 'port' | 'user' | 'connection' | 'on' | 'become' | 'state_dir';

function usualConnection(name: string, on: string | undefined): ConnectionKind {
	if (on !== undefined) return 'lxc';
	return name === 'localhost' ? 'local' : 'ssh';
}

/** `{ key: value }`, or nothing when there is no value: an absent key and `undefined` are not the same to the compiler. */
function defined<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [Name in Key]?: Value } {
	return value === undefined ? {} : ({ [key]: value } as { readonly [Name in Key]?: Value });
}

/** In the order of the inventory. */
const membersOf = (groups: ReadonlySet<string>, hosts: ReadonlyMap<HostName, Host>): readonly HostName[] =>
	[...hosts.values()].filter(host => groups.has(host.groups[0] ?? '')).map(host => host.name);

function checkHosts(hosts: ReadonlyMap<HostName, Host>, place: InventoryPlace): void {
	for (const host of hosts.values()) checkHost(host, hosts, place);
	checkGuestNumbers(hosts, place);
	const waitsFor = (name: HostName) => {
		const host = hosts.get(name);
		return host === undefined ? [] : [...(host.on === undefined ? [] : [host.on]), ...host.needs];
	};
	for (const cycle of findCycles([...hosts.keys()], waitsFor)) {
		place.report.add({
			code: 'HS1202',
			path: pathOf(hosts.get(cycle[0]), place),
			what: 'key',
			message: cycle[0] === cycle[1] ? `\`${cycle[0]}\` needs itself` : `hosts need each other: ${cyclePath(cycle)}`,
			hint: 'remove one `needs` or `on` among them',
		});
	}
}

/** Two names for one guest would be two runs in it, side by side. */
function checkGuestNumbers(hosts: ReadonlyMap<HostName, Host>, place: InventoryPlace): void {
	const guests = new Map<string, Host>();
	for (const host of hosts.values()) {
		if (host.on === undefined || host.vmid === undefined) continue;
		const number = `${host.on} ${host.vmid}`;
		const other = guests.get(number);
		guests.set(number, host);
		if (other === undefined) continue;
		place.report.add({
			...placeOf(host, ['vmid'], place),
			code: 'HS1218',
			message: `the guest ${host.vmid} of \`${host.on}\` is already the host \`${other.name}\``,
			hint: 'correct the number of one of them',
		});
	}
}

const pathOf = (host: Host | undefined, { base }: InventoryPlace): Path =>
	host === undefined ? base : [...base, 'groups', host.groups[0] ?? '', 'hosts', host.name];

function checkHost(host: Host, hosts: ReadonlyMap<HostName, Host>, place: InventoryPlace): void {
	const at = { path: pathOf(host, place), what: 'key' } as const;
	const { report } = place;
	if (Object.hasOwn(place.groups, host.name))
		report.add({
			...at,
			code: 'HS1218',
			message: `\`${host.name}\` is the name of a host and of a group`,
			hint: 'rename one of them',
		});
	if (host.on !== undefined && !hosts.has(host.on))
		report.add({
			...placeOf(host, ['on'], place),
			code: 'HS1503',
			message: `\`${host.name}\` lives on \`${host.on}\`, which is not in the inventory`,
			hint: hostHint(host.on, hosts),
		});
	if (host.on === undefined && host.connection === 'lxc')
		report.add({
			...at,
			code: 'HS1503',
			message: `\`${host.name}\` is reached through its node, but names none`,
			hint: 'add `on:` with the name of the node',
		});
	if (host.on === undefined && host.vmid !== undefined && host.connection !== 'lxc')
		report.add({
			...placeOf(host, ['vmid'], place),
			code: 'HS1503',
			message: `\`${host.name}\` has a number on its node, but names no node`,
			hint: 'add `on:` with the name of the node, or remove `vmid`',
		});
	if (host.on !== undefined && host.vmid === undefined)
		report.add({
			...at,
			code: 'HS1505',
			message: `\`${host.name}\` is a guest of \`${host.on}\` and has no \`vmid\``,
			hint: 'add its number on the node, such as `vmid: 101`',
		});
	for (const need of host.needs.filter(name => !hosts.has(name)))
		report.add({
			...placeOf(host, ['needs', documentOf(host, place)?.needs?.indexOf(need) ?? -1], place),
			code: 'HS1203',
			message: `\`${host.name}\` needs the host \`${need}\`, which is not in the inventory`,
			hint: hostHint(need, hosts),
		});
}

const documentOf = ({ name, groups: [group = ''] }: Host, { groups }: InventoryPlace): HostDocument | undefined =>
	groups[group]?.hosts?.[name];

/** Where the host says it itself, or its name where one of its groups says it. */
function placeOf(
	host: Host,
	below: readonly [keyof HostDocument, number?],
	place: InventoryPlace,
): Pick<Problem, 'path' | 'what'> {
	const [key, index] = below;
	const saysItself = documentOf(host, place)?.[key] !== undefined && index !== -1;
	const path = pathOf(host, place);
	return saysItself ? { path: [...path, ...below.filter(step => step !== undefined)] } : { path, what: 'key' };
}

function hostHint(name: string, hosts: ReadonlyMap<HostName, Host>): string {
	const near = nearest(name, hosts.keys());
	return near === undefined ? 'add it to the inventory, or correct the name' : `did you mean \`${near}\`?`;
}
