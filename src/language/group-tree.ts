import { orderByNeeds } from '../graph/order.ts';

/** Each group by name, in the order of the file, with the groups that it lies in and those that lie in it. */
export type GroupTree = ReadonlyMap<
	string,
	{
		/** Itself, then outwards: what an inner group says wins over an outer one. */
		readonly around: readonly string[];
		/** Itself and all below. */
		readonly inside: ReadonlySet<string>;
	}
>;

/** Groups must not contain each other: see `findCycles`. Names of groups that there are not are passed over. */
export function groupTree(groups: Readonly<Record<string, { readonly groups?: readonly string[] }>>): GroupTree {
	const names = Object.keys(groups);
	const childrenOf = (name: string) => (groups[name]?.groups ?? []).filter(child => Object.hasOwn(groups, child));
	const insideOut = orderByNeeds(names, childrenOf);
	const inside = new Map<string, ReadonlySet<string>>();
	for (const name of insideOut) {
		const below = childrenOf(name).flatMap(child => [...(inside.get(child) ?? [])]);
		inside.set(name, new Set([name, ...below]));
	}
	return new Map(
		names.map(name => [
			name,
			{
				around: insideOut.filter(group => inside.get(group)?.has(name)),
				inside: inside.get(name) ?? new Set([name]),
			},
		]),
	);
}
