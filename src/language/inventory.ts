import { findCycle } from '../graph/cycle.ts';
import { type HostName, hostName } from '../model/brand.ts';
import type { Host, Inventory } from '../model/inventory.ts';
import type {
	Group as GroupDocument,
	Host as HostDocument,
	Inventory as InventoryDocument,
} from './generated/playbook.generated.ts';
import type { Path } from './parse.ts';
import type { Report } from './report.ts';
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

/** Hosts with their groups' defaults, groups with their hosts. `base` is where the document lies in its file (inline inventories). */
export function readInventory(document: InventoryDocument, base: Path, report: Report): Inventory {
	const names = Object.keys(document.groups);
	const cycle = findCycle(names, name => (document.groups[name]?.groups ?? []).filter(child => names.includes(child)));
	if (cycle !== undefined) {
		report.add({
			code: 'HS1502',
			path: [...base, 'groups', cycle[0] ?? '', 'groups'],
			message: `groups contain each other: ${cycle.join(' → ')}`,
			hint: 'remove one of them',
		});
		return emptyInventory;
	}
	checkGroups(document, base, report);
	const hosts = readHosts(document, base, report);
	checkHosts(hosts, document, base, report);
	if (!hosts.has(hostName('localhost'))) hosts.set(hostName('localhost'), localhost());
	return {
		hosts,
		groups: new Map(names.map(name => [name, membersOf(name, document)])),
		moduleSchemaPath: document.module_schema_path ?? defaultSchemaPath,
	};
}

function checkGroups({ groups }: InventoryDocument, base: Path, report: Report): void {
	const names = Object.keys(groups);
	for (const [name, group] of Object.entries(groups)) {
		for (const [index, child] of (group.groups ?? []).entries()) {
			if (names.includes(child)) continue;
			const near = nearest(child, names);
			report.add({
				code: 'HS1203',
				path: [...base, 'groups', name, 'groups', index],
				message: `there is no group \`${child}\``,
				hint: near === undefined ? `groups are ${names.join(', ')}` : `did you mean \`${near}\`?`,
			});
		}
	}
}

function readHosts({ groups }: InventoryDocument, base: Path, report: Report): Map<HostName, Host> {
	const hosts = new Map<HostName, Host>();
	for (const [groupName, group] of Object.entries(groups)) {
		for (const [name, document] of Object.entries(group.hosts ?? {})) {
			const path = [...base, 'groups', groupName, 'hosts', name];
			const first = hosts.get(hostName(name));
			if (first !== undefined) {
				report.add({
					code: 'HS1501',
					path,
					what: 'key',
					message: `\`${name}\` is already a host of the group \`${first.groups[0]}\` (line ${first.at?.line})`,
					hint: `keep one of the two; another group takes it by \`groups: [${first.groups[0]}]\``,
				});
				continue;
			}
			hosts.set(hostName(name), readHost(name, document, { groupName, groups, at: report.at(path, 'key') }));
		}
	}
	return hosts;
}

interface HostContext {
	readonly groupName: string;
	readonly groups: InventoryDocument['groups'];
	readonly at: Host['at'];
}

/** The host's own words win over its group's, an inner group's over an outer one's. */
function readHost(name: string, document: HostDocument, { groupName, groups, at }: HostContext): Host {
	const around = [groupName, ...ancestorsOf(groupName, groups)];
	const layers: readonly (HostDocument | GroupDocument)[] = [document, ...around.flatMap(group => groups[group] ?? [])];
	const first = <Key extends 'port' | 'user' | 'connection' | 'on' | 'become' | 'state_dir'>(key: Key) =>
		layers.find(layer => layer[key] !== undefined)?.[key];
	const vars = Object.assign({}, ...layers.toReversed().map(layer => layer.vars ?? {}));
	const on = first('on');
	return {
		name: hostName(name),
		connection: first('connection') ?? (on !== undefined ? 'lxc' : name === 'localhost' ? 'local' : 'ssh'),
		...defined('address', document.address),
		...defined('port', first('port')),
		...defined('user', first('user')),
		...defined('on', on === undefined ? undefined : hostName(on)),
		...defined('vmid', document.vmid),
		...defined('become', first('become')),
		...defined('stateDir', first('state_dir')),
		vars: new Map(Object.entries(vars).map(([key, value]) => [key, String(value)])),
		needs: layers.flatMap(layer => layer.needs ?? []).map(hostName),
		groups: around,
		...defined('at', at),
	};
}

/** `{ key: value }`, or nothing when there is no value: an absent key and `undefined` are not the same to the compiler. */
function defined<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [Name in Key]?: Value } {
	return value === undefined ? {} : ({ [key]: value } as { readonly [Name in Key]?: Value });
}

function ancestorsOf(name: string, groups: InventoryDocument['groups']): readonly string[] {
	const found: string[] = [];
	for (let below = [name]; below.length > 0; ) {
		below = Object.keys(groups).filter(
			group => !found.includes(group) && (groups[group]?.groups ?? []).some(child => below.includes(child)),
		);
		found.push(...below);
	}
	return found;
}

function membersOf(name: string, document: InventoryDocument): readonly HostName[] {
	const inside = [
		name,
		...Object.keys(document.groups).filter(group => ancestorsOf(group, document.groups).includes(name)),
	];
	return Object.entries(document.groups)
		.filter(([group]) => inside.includes(group))
		.flatMap(([, group]) => Object.keys(group.hosts ?? {}).map(hostName));
}

function checkHosts(
	hosts: ReadonlyMap<HostName, Host>,
	{ groups }: InventoryDocument,
	base: Path,
	report: Report,
): void {
	for (const host of hosts.values()) {
		const path = [...base, 'groups', host.groups[0] ?? '', 'hosts', host.name];
		if (Object.hasOwn(groups, host.name)) {
			report.add({
				code: 'HS1218',
				path,
				what: 'key',
				message: `\`${host.name}\` is a host and a group`,
				hint: 'rename one of them',
			});
		}
		if (host.on !== undefined) checkGuest(host, hosts, path, report);
		for (const need of host.needs.filter(name => !hosts.has(name))) {
			report.add({
				code: 'HS1203',
				path,
				what: 'key',
				message: `\`${host.name}\` needs the host \`${need}\`, which the inventory does not have`,
				...suggest(need, hosts),
			});
		}
	}
}

function checkGuest(host: Host, hosts: ReadonlyMap<HostName, Host>, path: Path, report: Report): void {
	const node = host.on ?? hostName('');
	if (!hosts.has(node)) {
		report.add({
			code: 'HS1503',
			path,
			what: 'key',
			message: `\`${host.name}\` lives on \`${node}\`, which the inventory does not have`,
			...suggest(node, hosts),
		});
	}
	if (host.vmid === undefined) {
		report.add({
			code: 'HS1505',
			path,
			what: 'key',
			message: `\`${host.name}\` is a guest of \`${node}\` and has no \`vmid\``,
			hint: 'add `vmid: 101` with its number on the node',
		});
	}
}

function suggest(name: string, hosts: ReadonlyMap<HostName, Host>): { readonly hint: string } {
	const near = nearest(name, hosts.keys());
	return { hint: near === undefined ? 'add it to the inventory, or correct the name' : `did you mean \`${near}\`?` };
}
