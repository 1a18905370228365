import type { Note, Place } from '../note.ts';

/** The value of a variable, as far as an inventory of hsctl can know it: text, or why it is none. */
export type AnsibleValue =
	/** Numbers and truth values as they are written. `isUnsafe`: braces in it are no template (`!unsafe`). */
	| { readonly kind: 'text'; readonly text: string; readonly isUnsafe: boolean }
	| { readonly kind: 'none' }
	| { readonly kind: 'list' }
	| { readonly kind: 'map' }
	/** By ansible-vault. */
	| { readonly kind: 'encrypted' }
	| { readonly kind: 'tagged'; readonly tag: string };

export interface Definition {
	readonly value: AnsibleValue;
	readonly at: Place;
	/** How many hosts the same line gives it to; 1 for a group. */
	readonly shared: number;
	/** The line stands for several hosts, and this is not the first one. */
	readonly isRepeated: boolean;
}

export type Definitions = Map<string, Definition>;

export interface AnsibleGroup {
	readonly name: string;
	readonly at: Place;
	readonly hosts: Set<string>;
	/** Each with the place that says so. */
	readonly children: Map<string, Place>;
	readonly vars: Definitions;
	/** `ansible_group_priority`: of groups at the same depth the one with the higher number wins. */
	priority: number;
}

export interface AnsibleHost {
	readonly name: string;
	readonly at: Place;
	readonly vars: Definitions;
}

/** Variables from the folders group_vars and host_vars beside an inventory, by the name of the group or host. */
export interface VarsFolder {
	readonly groups: ReadonlyMap<string, Definitions>;
	readonly hosts: ReadonlyMap<string, Definitions>;
}

/** All that the files of an Ansible inventory say, one after another, as Ansible gathers it. */
export class AnsibleTree {
	readonly groups = new Map<string, AnsibleGroup>();
	readonly hosts = new Map<string, AnsibleHost>();
	readonly folders: VarsFolder[] = [];
	readonly notes: Note[] = [];

	/** The group, made when it is not there yet. */
	group(name: string, at: Place): AnsibleGroup {
		const known = this.groups.get(name);
		if (known !== undefined) return known;
		const made = { name, at, hosts: new Set<string>(), children: new Map(), vars: new Map(), priority: 1 };
		this.groups.set(name, made);
		return made;
	}

	/** The host in the group. A port counts only where the host is named for the first time, as it does for Ansible. */
	host(name: string, group: AnsibleGroup, at: Place, port: number | undefined): AnsibleHost {
		group.hosts.add(name);
		const known = this.hosts.get(name);
		if (known !== undefined) return known;
		const made: AnsibleHost = { name, at, vars: new Map() };
		if (port !== undefined) {
			const value = { kind: 'text', text: String(port), isUnsafe: false } as const;
			made.vars.set('ansible_port', { value, at, shared: 1, isRepeated: false });
		}
		this.hosts.set(name, made);
		return made;
	}

	/** A variable in the inventory itself; later ones win. */
	setGroupVariable(group: AnsibleGroup, name: string, value: AnsibleValue, at: Place): void {
		if (name !== 'ansible_group_priority') group.vars.set(name, { value, at, shared: 1, isRepeated: false });
		else if (value.kind === 'text' && /^[+-]?\d{1,9}$/.test(value.text)) group.priority = Number(value.text);
		else
			this.notes.push({
				at,
				subject: `\`${name}\``,
				owner: { kind: 'group', name: group.name },
				reason: 'is passed over: it is not a whole number',
				cure: 'correct it, and import again',
			});
	}
}
