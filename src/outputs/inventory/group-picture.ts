import type { HostName } from '../../model/brand.ts';
import type { GroupContent } from '../../model/inventory.ts';

/** What a picture of groups shows. */
export interface GroupPicture {
	/** Every group with what it holds itself, in the order of the inventory. */
	readonly groups: ReadonlyMap<string, GroupContent>;
	/** The hosts that are shown, in the order of the inventory. */
	readonly hosts: readonly HostName[];
}

/** The picture without groups that hold none of the hosts, and without the other hosts. */
export function onlyShown({ groups, hosts }: GroupPicture): GroupPicture {
	const wanted = new Set(hosts);
	const kept = new Map<string, boolean>();
	const isKept = (name: string): boolean => {
		const known = kept.get(name);
		if (known !== undefined) return known;
		const group = groups.get(name);
		const keeps = group !== undefined && (group.hosts.some(host => wanted.has(host)) || group.groups.some(isKept));
		kept.set(name, keeps);
		return keeps;
	};
	const left = [...groups]
		.filter(([name]) => isKept(name))
		.map(
			([name, group]) =>
				[name, { hosts: group.hosts.filter(host => wanted.has(host)), groups: group.groups.filter(isKept) }] as const,
		);
	return { groups: new Map(left), hosts };
}

/** The groups that no other group takes in. */
export function topGroups({ groups }: GroupPicture): readonly string[] {
	const inside = new Set([...groups.values()].flatMap(group => group.groups));
	return [...groups.keys()].filter(name => !inside.has(name));
}

/** Hosts that no group of the picture holds: `localhost` where nobody wrote it down. */
export function hostsWithoutGroup({ groups, hosts }: GroupPicture): readonly HostName[] {
	const inside = new Set([...groups.values()].flatMap(group => group.hosts));
	return hosts.filter(host => !inside.has(host));
}
