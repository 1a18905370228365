import { type Cycle, findCycles } from '../../../graph/cycle.ts';
import { orderByNeeds } from '../../../graph/order.ts';
import type { AnsibleGroup, AnsibleTree, Definitions } from './tree.ts';

/** Which group lies in which, and whose variables win, as Ansible has it. */
export interface Precedence {
	/** Groups that a host is in, from the outermost on: what a later one says wins. `all` is not among them. */
	groupsOf(inside: Iterable<string>): readonly string[];
	/** What is known of a host of these groups, weakest first; without what its own files and lines say. */
	groupLayers(inside: Iterable<string>): readonly Definitions[];
	/** The same with the host's own. */
	hostLayers(host: string): readonly Definitions[];
	/** Groups that name the host themselves; without `all`, and `ungrouped` only where there is no other. */
	directGroupsOf(host: string): readonly string[];
	/** The group and all groups around it, without `all`. */
	around(group: string): ReadonlySet<string>;
}

/** Groups that contain each other; every group is in `all`. */
export function findGroupCycles(tree: AnsibleTree): readonly Cycle<string>[] {
	const parents = parentsOf(tree);
	const isOuter = (name: string) => name !== 'all' && (parents.get(name) ?? []).length === 0;
	const outer = [...tree.groups.keys()].filter(isOuter);
	const childrenOf = (name: string) => [
		...(tree.groups.get(name)?.children.keys() ?? []),
		...(name === 'all' ? outer : []),
	];
	return findCycles(['all', ...tree.groups.keys()], childrenOf);
}

/** As deep as YAML nests. Beyond it, who wins over whom takes more time than anybody has. */
const deepest = 100;

/** A group that lies in too many others, one around the other; the tree must have no cycle. */
export function findTooDeep(tree: AnsibleTree): string | undefined {
	const depth = depths(tree, parentsOf(tree));
	return [...depth.keys()].find(name => (depth.get(name) ?? 0) > deepest);
}

/** From 1 for groups in no other but `all`: the longest way inwards. Groups around others come first. */
function depths(tree: AnsibleTree, parents: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, number> {
	const names = [...tree.groups.keys()].filter(name => name !== 'all');
	const depth = new Map<string, number>();
	for (const name of orderByNeeds(names, one => parents.get(one) ?? []))
		depth.set(name, 1 + (parents.get(name) ?? []).reduce((most, parent) => Math.max(most, depth.get(parent) ?? 0), 0));
	return depth;
}

/** The tree must have no cycle. */
export function readPrecedence(tree: AnsibleTree): Precedence {
	const parents = parentsOf(tree);
	const depth = depths(tree, parents);
	const around = new Map<string, ReadonlySet<string>>();
	for (const name of depth.keys()) {
		const above = parents.get(name) ?? [];
		around.set(name, new Set([name, ...above.flatMap(parent => [...(around.get(parent) ?? [])])]));
	}
	const weakestFirst = [...depth.keys()]
		.flatMap(name => tree.groups.get(name) ?? [])
		.toSorted((a, b) => byStrength(a, b, depth))
		.map(({ name }) => name);
	const rank = new Map(weakestFirst.map((name, index) => [name, index]));
	const direct = directGroups(tree);
	const groupsOf = (inside: Iterable<string>) => {
		const all = new Set([...inside].flatMap(name => [...(around.get(name) ?? [])]));
		return [...all].toSorted((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
	};
	const groupLayers = (inside: Iterable<string>) => layers(['all'], groupsOf(inside), tree);
	return {
		groupsOf,
		groupLayers,
		hostLayers: host => [
			...groupLayers(direct.get(host) ?? []),
			...found(tree.hosts.get(host)?.vars),
			...tree.folders.flatMap(folder => found(folder.hosts.get(host))),
		],
		directGroupsOf: host => direct.get(host) ?? [],
		around: group => around.get(group) ?? new Set([group]),
	};
}

/** Groups around each group, without `all`. */
function parentsOf(tree: AnsibleTree): ReadonlyMap<string, readonly string[]> {
	const parents = new Map<string, string[]>();
	for (const { name, children } of tree.groups.values())
		for (const child of children.keys()) if (name !== 'all') parents.set(child, [...(parents.get(child) ?? []), name]);
	return parents;
}

/** Deeper ones win, then those with a higher priority, then later names, by their characters' numbers. */
function byStrength(a: AnsibleGroup, b: AnsibleGroup, depth: ReadonlyMap<string, number>): number {
	const deeper = (depth.get(a.name) ?? 0) - (depth.get(b.name) ?? 0);
	return deeper || a.priority - b.priority || (a.name < b.name ? -1 : 1);
}

function directGroups(tree: AnsibleTree): ReadonlyMap<string, readonly string[]> {
	const direct = new Map<string, string[]>([...tree.hosts.keys()].map(name => [name, []]));
	for (const { name, hosts } of tree.groups.values())
		if (name !== 'all' && name !== 'ungrouped') for (const host of hosts) direct.get(host)?.push(name);
	for (const groups of direct.values()) if (groups.length === 0) groups.push('ungrouped');
	return direct;
}

/** The inventory's own groups, and then the files of group_vars, of which even those of `all` win over every line of the inventory. */
function layers(
	outermost: readonly string[],
	inside: readonly string[],
	{ groups, folders }: AnsibleTree,
): readonly Definitions[] {
	const own = (name: string) => found(groups.get(name)?.vars);
	return [
		...outermost.flatMap(own),
		...inside.flatMap(own),
		...folders.flatMap(folder => outermost.flatMap(name => found(folder.groups.get(name)))),
		...folders.flatMap(folder => inside.flatMap(name => found(folder.groups.get(name)))),
	];
}

const found = (vars: Definitions | undefined): readonly Definitions[] => (vars === undefined ? [] : [vars]);
