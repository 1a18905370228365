import { Names } from '../names.ts';
import type { Note } from '../note.ts';
import type { Precedence } from './precedence.ts';
import type { AnsibleTree } from './tree.ts';

/** A group of the inventory that is made. */
export interface MadeGroup {
	/** Its name there. */
	readonly name: string;
	/** Of Ansible; absent where it is there only because each host of hsctl is in one place. */
	readonly original?: string;
	/** Names of Ansible. */
	readonly hosts: readonly string[];
	/** Names of groups that are made. */
	readonly groups: readonly string[];
}

export interface Grouping {
	readonly groups: readonly MadeGroup[];
	/** By the names of Ansible. */
	readonly hostNames: ReadonlyMap<string, string>;
	readonly notes: readonly Note[];
}

/**
 * Every host in exactly one group. Hosts that are in the same several groups of Ansible get one of their own, which lies in all of
 * those. What Ansible calls `all` is made only where there is something to say of it, and called `everything`: to hsctl `all` is
 * every host by itself.
 */
export function makeGroups(
	hosts: readonly string[],
	{ tree, precedence, hasWords }: { tree: AnsibleTree; precedence: Precedence; hasWords(group: string): boolean },
): Grouping {
	const names = new Names();
	const notes: Note[] = [];
	const hostNames = new Map(hosts.map(name => [name, names.give(name, 'host')]));
	const homes = homesOf(hosts, precedence);
	const isMade = (name: string) =>
		name === 'ungrouped' ? homes.has('ungrouped') || (tree.groups.get(name)?.children.size ?? 0) > 0 : name !== 'all';
	const originals = [
		...new Set([...tree.groups.keys(), ...[...homes.values()].flatMap(({ groups }) => groups)]),
	].filter(isMade);
	const groupNames = new Map(originals.map(name => [name, names.give(name, 'group')]));
	noteNewNames({ hostNames, groupNames, tree, notes });
	const made = new Map<string, { name: string; original?: string; hosts: readonly string[]; groups: string[] }>();
	for (const [original, name] of groupNames)
		made.set(original, {
			name,
			original,
			hosts: homes.get(original)?.hosts ?? [],
			groups: [...(tree.groups.get(original)?.children.keys() ?? [])].flatMap(child => groupNames.get(child) ?? []),
		});
	const shared = [...homes.values()].filter(({ groups }) => groups.length > 1);
	for (const home of shared) {
		const known = home.groups.flatMap(group => groupNames.get(group) ?? []);
		const joined = known.join('_and_');
		const first = hostNames.get(home.hosts[0] ?? '') ?? '';
		const name = names.give(known.length > 3 || joined.length > 63 ? `groups_of_${first}` : joined, 'group');
		for (const group of home.groups) made.get(group)?.groups.push(name);
		made.set(`\0${name}`, { name, hosts: home.hosts, groups: [] });
	}
	const all = hasWords('all') ? [everything([...made.values()], names)] : [];
	return { groups: [...all, ...made.values()].flatMap(group => withoutTooMany(group, names)), hostNames, notes };
}

interface Home {
	readonly groups: readonly string[];
	readonly hosts: string[];
}

/** By the names of the groups: the hosts that are in just these. A group around another of them adds nothing. */
function homesOf(hosts: readonly string[], { directGroupsOf, around }: Precedence): ReadonlyMap<string, Home> {
	const homes = new Map<string, Home>();
	for (const host of hosts) {
		const direct = directGroupsOf(host);
		const groups = direct.filter(group => !direct.some(other => other !== group && around(other).has(group)));
		const key = groups.join('\0');
		const home = homes.get(key) ?? { groups, hosts: [] };
		home.hosts.push(host);
		homes.set(key, home);
	}
	return homes;
}

interface NewNames {
	readonly hostNames: ReadonlyMap<string, string>;
	readonly groupNames: ReadonlyMap<string, string>;
	readonly tree: AnsibleTree;
	readonly notes: Note[];
}

function noteNewNames({ hostNames, groupNames, tree, notes }: NewNames): void {
	const say = (kind: 'host' | 'group', name: string, given: string) => {
		const at = (kind === 'host' ? tree.hosts : tree.groups).get(name)?.at;
		if (at === undefined || name === given) return;
		const isHost = kind === 'group' && hostNames.has(name);
		notes.push({
			at,
			subject: `the ${kind} \`${name.slice(0, 80)}\``,
			reason: `is called \`${given.slice(0, 80)}\` now: ${isHost ? 'a host has that name' : 'that name cannot be'}`,
			cure: `write \`${given.slice(0, 80)}\` in \`hosts:\` of playbooks`,
			isHarmless: true,
		});
	};
	for (const [name, given] of hostNames) say('host', name, given);
	for (const [name, given] of groupNames) say('group', name, given);
}

/** A group around all that no other group holds. */
function everything(
	groups: readonly { readonly name: string; readonly groups: readonly string[] }[],
	names: Names,
): MadeGroup {
	const held = new Set(groups.flatMap(group => group.groups));
	const outermost = groups.map(({ name }) => name).filter(name => !held.has(name));
	return { name: names.give('everything', 'group'), original: 'all', hosts: [], groups: outermost };
}

/** As many as a group can hold. */
const mostGroups = 1000;

/** Groups with more groups in them than there can be hold some of them by way of another. */
function withoutTooMany(group: MadeGroup, names: Names): readonly MadeGroup[] {
	if (group.groups.length <= mostGroups) return [group];
	const parts: MadeGroup[] = [];
	for (let at = 0; at < group.groups.length; at += mostGroups)
		parts.push({
			name: names.give(`${group.name.slice(0, 230)}_part_${parts.length + 1}`, 'group'),
			hosts: [],
			groups: group.groups.slice(at, at + mostGroups),
		});
	return [...withoutTooMany({ ...group, groups: parts.map(({ name }) => name) }, names), ...parts];
}
