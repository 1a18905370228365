import type { Host, Origin } from '../model/inventory.ts';
import type { Group as GroupDocument, Inventory as InventoryDocument } from './generated/playbook.generated.ts';
import type { Parsed, Path } from './parse.ts';

/**
 * Where each value of a host is written, by its key: `address`, `port`, …, `vars.NAME`, `needs.HOST`. What the host says itself
 * wins over its group, an inner group over an outer one, as when the inventory is read.
 */
export function originsOf(host: Host, { groups }: InventoryDocument, parsed: Parsed): ReadonlyMap<string, Origin> {
	const [home = ''] = host.groups;
	const own = groups[home]?.hosts?.[host.name];
	const layers: readonly Layer[] = [
		...(own === undefined ? [] : [{ says: own, path: ['groups', home, 'hosts', host.name] }]),
		...host.groups.flatMap((group): readonly Layer[] => {
			const says = groups[group];
			return says === undefined ? [] : [{ says, path: ['groups', group], group }];
		}),
	];
	const origins = new Map<string, Origin>();
	for (const layer of layers)
		for (const [key, below] of keysOf(layer.says))
			if (!origins.has(key)) origins.set(key, originOf(layer, below, parsed));
	return origins;
}

interface Layer {
	readonly says: Said;
	readonly path: Path;
	readonly group?: string;
}

/** What a group can say for its hosts, and what a host alone says. */
type Said = Pick<GroupDocument, (typeof shared)[number] | 'vars' | 'needs'> & {
	readonly address?: string;
	readonly vmid?: number;
};

const shared = ['connection', 'port', 'user', 'on', 'become', 'state_dir'] as const;

function keysOf(says: Said): readonly (readonly [key: string, below: Path])[] {
	return [
		...([...shared, 'address', 'vmid'] as const).flatMap(key =>
			says[key] === undefined ? [] : [[key, [key]] as const],
		),
		...Object.keys(says.vars ?? {}).map(name => [`vars.${name}`, ['vars', name]] as const),
		...(says.needs ?? []).map((need, index) => [`needs.${need}`, ['needs', index]] as const),
	];
}

const originOf = ({ path, group }: Layer, below: Path, parsed: Parsed): Origin => ({
	at: parsed.at([...path, ...below], 'key'),
	...(group === undefined ? {} : { group }),
});
