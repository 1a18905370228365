import { groupTree } from '../../group-tree.ts';
import type { MadeGroup } from './grouping.ts';

/** Key → text, as in `Wishes`. */
export type Said = ReadonlyMap<string, string>;

export interface Placement {
	/** What each group says, by its name. */
	readonly groups: ReadonlyMap<string, Said>;
	/** What each host says itself, by its name of Ansible. */
	readonly hosts: ReadonlyMap<string, Said>;
	/** Group and key of values that no host would have had. */
	readonly unused: readonly (readonly [group: string, key: string])[];
}

/**
 * Leaves with the groups what they say as far as that is right, and gives each host what it needs beside it, so that every host
 * ends with just what is wished for it: an inner group wins over an outer one here, and Ansible has other rules.
 */
export function place(
	groups: readonly MadeGroup[],
	{
		ofGroups,
		ofHosts,
		usual,
	}: {
		ofGroups: ReadonlyMap<string, Said>;
		ofHosts: ReadonlyMap<string, Said>;
		usual(host: string, key: string): string | undefined;
	},
): Placement {
	const said = new Map(groups.map(({ name }) => [name, new Map(ofGroups.get(name))]));
	const tree = groupTree(Object.fromEntries(groups.map(({ name, groups: below }) => [name, { groups: below }])));
	const aroundOf = (name: string) => tree.get(name)?.around ?? [name];
	const use = lookAtUse(groups, { said, aroundOf, ofHosts });
	for (const [name, keys] of use.wrong) for (const key of keys) said.get(name)?.delete(key);
	const hosts = new Map<string, Said>();
	for (const { name, hosts: inside } of groups) {
		const inherited = merged(aroundOf(name), said);
		for (const host of inside) {
			const own = [...(ofHosts.get(host) ?? [])].filter(
				([key, text]) => (inherited.get(key)?.text ?? usual(host, key)) !== text,
			);
			hosts.set(host, new Map(own));
		}
	}
	return { groups: said, hosts, unused: use.unused };
}

/** The innermost that says something wins. */
function merged(
	around: readonly string[],
	said: ReadonlyMap<string, Said>,
): ReadonlyMap<string, { readonly text: string; readonly by: string }> {
	const all = new Map<string, { readonly text: string; readonly by: string }>();
	for (const by of around) for (const [key, text] of said.get(by) ?? []) if (!all.has(key)) all.set(key, { text, by });
	return all;
}

interface Use {
	/** What groups may not say: some host must not have the key at all, or the value is nobody's and in the way. */
	readonly wrong: ReadonlyMap<string, ReadonlySet<string>>;
	readonly unused: readonly (readonly [string, string])[];
}

function lookAtUse(
	groups: readonly MadeGroup[],
	{
		said,
		aroundOf,
		ofHosts,
	}: { said: ReadonlyMap<string, Said>; aroundOf(name: string): readonly string[]; ofHosts: ReadonlyMap<string, Said> },
): Use {
	const marks = { wrong: new Marks(), used: new Marks(), inTheWay: new Marks() };
	for (const { name, hosts } of groups) {
		const around = aroundOf(name).map(group => [group, said.get(group) ?? new Map()] as const);
		const inherited = merged(aroundOf(name), said);
		for (const host of hosts) {
			const wishes = ofHosts.get(host) ?? new Map();
			markUse(wishes, around, marks);
			for (const [key, { text, by }] of inherited) if (wishes.get(key) !== text) marks.inTheWay.add(by, key);
		}
	}
	const { wrong, used, inTheWay } = marks;
	const unused = inTheWay.pairs().filter(([group, key]) => !used.has(group, key) && !wrong.has(group, key));
	for (const [group, key] of unused) wrong.add(group, key);
	return { wrong: wrong.all, unused };
}

/** Which values of the groups around a host it wishes for, and which keys it must not have. */
function markUse(
	wishes: Said,
	around: readonly (readonly [group: string, said: Said])[],
	{ wrong, used }: { readonly wrong: Marks; readonly used: Marks },
): void {
	for (const [group, said] of around)
		for (const [key, text] of said) {
			const wish = wishes.get(key);
			if (wish === undefined) wrong.add(group, key);
			else if (wish === text) used.add(group, key);
		}
}

class Marks {
	readonly all = new Map<string, Set<string>>();

	add(group: string, key: string): void {
		const keys = this.all.get(group) ?? new Set();
		keys.add(key);
		this.all.set(group, keys);
	}

	has(group: string, key: string): boolean {
		return this.all.get(group)?.has(key) === true;
	}

	pairs(): readonly (readonly [string, string])[] {
		return [...this.all].flatMap(([group, keys]) => [...keys].map(key => [group, key] as const));
	}
}
