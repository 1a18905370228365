import type { DraftHost, DraftSettings, InventoryDraft } from '../draft.ts';
import { type Note, noteSentence } from '../note.ts';
import { definitionNotes } from './definition-notes.ts';
import { type Grouping, makeGroups } from './grouping.ts';
import { type Placement, place, type Said } from './placement.ts';
import { type Precedence, readPrecedence } from './precedence.ts';
import type { AnsibleTree, Definition, Definitions } from './tree.ts';
import { renameVariables } from './variable-names.ts';
import { keysOf, readWishes, type VariableNames, type Wishes } from './wishes.ts';

/** The inventory that says of each host what Ansible would have known of it, and everything that it cannot say. The tree has no cycle. */
export function layOut(tree: AnsibleTree): { readonly draft: InventoryDraft; readonly notes: readonly Note[] } {
	const precedence = readPrecedence(tree);
	const variables = renameVariables(tree);
	const wishes = new Map(
		[...tree.hosts.keys()].map(name => [name, readWishes(precedence.hostLayers(name), variables)]),
	);
	const hosts = [...wishes].filter(([, { otherConnection }]) => otherConnection === undefined).map(([name]) => name);
	const saidBy = (group: string): Said => groupWishes(group, { tree, precedence, variables }).said;
	const grouping = makeGroups(hosts, { tree, precedence, hasWords: group => saidBy(group).size > 0 });
	const { groups, hostNames } = grouping;
	const placement = place(groups, {
		ofGroups: new Map(
			groups.map(({ name, original }) => [name, original === undefined ? new Map() : saidBy(original)]),
		),
		ofHosts: new Map(hosts.map(name => [name, wholeWishes(name, hostNames.get(name) ?? name, wishes)])),
		usual: (host, key) => usual(hostNames.get(host) ?? host, key),
	});
	const notes = [
		...tree.notes,
		...grouping.notes,
		...definitionNotes(tree, variables),
		...otherConnections(wishes, tree),
		...withoutAddress(hosts, hostNames, { wishes, tree }),
		...unusedNotes([...placement.unused, ...overridden(grouping, { tree, precedence, variables })], grouping, tree),
	];
	return { draft: draftOf(grouping, placement, notes), notes };
}

interface Inventory {
	readonly tree: AnsibleTree;
	readonly precedence: Precedence;
	readonly variables: VariableNames;
}

/**
 * What a group says itself. What it says may mean nothing without what groups around it say (`become`), and of a variable another
 * value may win even where a host is in no other group (the files of group_vars): that key is `overridden`.
 */
function groupWishes(
	group: string,
	{ tree, precedence, variables }: Inventory,
): { readonly said: Said; readonly overridden: readonly string[] } {
	const own = ownDefinitions(group, tree);
	const keys = new Set(own.flatMap(vars => [...vars.keys()]).flatMap(name => keysOf(name, variables)));
	const alone = readWishes(own, variables).said;
	const all = readWishes(precedence.groupLayers(group === 'all' ? [] : [group]), variables).said;
	const isOther = (key: string) => key.startsWith('vars.') && all.get(key) !== alone.get(key);
	// An address is never that of a whole group, and ssh is what is taken anyway.
	const isSayable = (key: string) => key !== 'address' && !(key === 'connection' && all.get(key) === 'ssh');
	return {
		said: new Map([...all].filter(([key]) => keys.has(key) && isSayable(key) && !isOther(key))),
		overridden: [...keys].filter(key => alone.has(key) && isOther(key)),
	};
}

const overridden = ({ groups }: Grouping, inventory: Inventory): readonly (readonly [string, string])[] =>
	groups.flatMap(({ name, original }) =>
		original === undefined ? [] : groupWishes(original, inventory).overridden.map(key => [name, key] as const),
	);

const ownDefinitions = (group: string, { groups, folders }: AnsibleTree): readonly Definitions[] =>
	[groups.get(group)?.vars, ...folders.map(folder => folder.groups.get(group))].filter(vars => vars !== undefined);

/** Ansible goes to a host of the inventory by ssh unless it is told otherwise, also where it is called localhost. */
function wholeWishes(original: string, name: string, wishes: ReadonlyMap<string, Wishes>): Said {
	const said = new Map(wishes.get(original)?.said);
	if (!said.has('connection')) said.set('connection', 'ssh');
	if (name !== original && !said.has('address') && canBeAddress(original)) said.set('address', original);
	return said;
}

const canBeAddress = (text: string): boolean => /^[A-Za-z0-9_:[][A-Za-z0-9._:%[\]-]{0,254}$/.test(text);

/** What hsctl takes where nothing is said. */
function usual(name: string, key: string): string | undefined {
	if (key === 'address') return name;
	return key === 'connection' ? (name === 'localhost' ? 'local' : 'ssh') : undefined;
}

function otherConnections(wishes: ReadonlyMap<string, Wishes>, tree: AnsibleTree): readonly Note[] {
	return [...wishes].flatMap(([name, { otherConnection }]) => {
		const host = tree.hosts.get(name);
		if (otherConnection === undefined || host === undefined) return [];
		return [{ at: host.at, subject: `the host \`${name.slice(0, 80)}\``, ...unreachable(otherConnection) }];
	});
}

function unreachable({ value }: Definition): { readonly reason: string; readonly cure: string } {
	if (value.kind !== 'text' || !/^[\w.]{1,60}$/.test(value.text))
		return {
			reason: 'is left out: `ansible_connection` does not say how it is reached',
			cure: 'write the value out, or add the host by hand',
		};
	const isContainer = /lxc|lxd|proxmox|pct/.test(value.text);
	return {
		reason: `is left out: Ansible reaches it by \`${value.text}\`, and hsctl does not`,
		cure: isContainer ? 'add it by hand with `on` and `vmid`' : 'add it by hand if it has sshd and /bin/sh',
	};
}

interface Known {
	readonly wishes: ReadonlyMap<string, Wishes>;
	readonly tree: AnsibleTree;
}

/** Hosts with a new name whose old one is no address either: nobody knows where they are. */
function withoutAddress(
	hosts: readonly string[],
	names: ReadonlyMap<string, string>,
	{ wishes, tree }: Known,
): readonly Note[] {
	return hosts.flatMap(name => {
		const isLost =
			names.get(name) !== name && !canBeAddress(name) && wishes.get(name)?.said.get('address') === undefined;
		const at = tree.hosts.get(name)?.at;
		if (!isLost || at === undefined) return [];
		const owner = { kind: 'host', name } as const;
		return [
			{
				at,
				subject: 'the address',
				owner,
				reason: 'is not known: its name cannot be one',
				cure: 'add `address` by hand',
			},
		];
	});
}

function unusedNotes(unused: Placement['unused'], { groups }: Grouping, tree: AnsibleTree): readonly Note[] {
	return unused.flatMap(([group, key]) => {
		const original = groups.find(({ name }) => name === group)?.original ?? '';
		const name = key.replace(/^vars\./, '');
		const definition = ownDefinitions(original, tree)
			.flatMap(vars => [...vars])
			.find(([one]) => keysOf(one, new Map()).includes(key));
		if (definition === undefined) return [];
		return [
			{
				at: definition[1].at,
				subject: `\`${name}\``,
				owner: { kind: 'group', name: original },
				reason: 'is left out: for Ansible another value wins on each of its hosts',
				isHarmless: true,
			},
		];
	});
}

function draftOf({ groups, hostNames }: Grouping, placement: Placement, notes: readonly Note[]): InventoryDraft {
	const comments = new Comments(notes);
	const made = groups.map(({ name, original, hosts, groups: below }) => ({
		name,
		groups: below,
		hosts: hosts.map((host): DraftHost => {
			const said = placement.hosts.get(host) ?? new Map();
			const address = said.get('address');
			return {
				name: hostNames.get(host) ?? host,
				...(address === undefined ? {} : { address }),
				...settingsOf(said, comments.take('host', host)),
			};
		}),
		...settingsOf(
			placement.groups.get(name) ?? new Map(),
			original === undefined ? [] : comments.take('group', original),
		),
	}));
	return { groups: made, comments: comments.rest() };
}

function settingsOf(said: Said, comments: readonly string[]): DraftSettings {
	const port = said.get('port');
	const user = said.get('user');
	const connection = said.get('connection');
	const become = said.get('become');
	const vars = [...said].flatMap(([key, text]) =>
		key.startsWith('vars.') ? [[key.slice('vars.'.length), text] as const] : [],
	);
	return {
		...(port === undefined ? {} : { port: Number(port) }),
		...(user === undefined ? {} : { user }),
		...(connection === 'ssh' || connection === 'local' ? { connection } : {}),
		...(become === 'none' || become === 'sudo' || become === 'doas' || become === 'su' ? { become } : {}),
		vars: new Map(vars),
		comments,
	};
}

/** What was left out, beside whom it was left out of; the rest at the top. */
class Comments {
	readonly #byOwner = new Map<string, Set<string>>();

	constructor(notes: readonly Note[]) {
		for (const note of notes) {
			if (note.isHarmless === true) continue;
			const key = note.owner === undefined ? '' : `${note.owner.kind} ${note.owner.name}`;
			const texts = this.#byOwner.get(key) ?? new Set();
			texts.add(`${noteSentence(note)} (${note.at.file}:${note.at.line})`);
			this.#byOwner.set(key, texts);
		}
	}

	take(kind: 'host' | 'group', name: string): readonly string[] {
		const key = `${kind} ${name}`;
		const texts = [...(this.#byOwner.get(key) ?? [])];
		this.#byOwner.delete(key);
		return texts;
	}

	rest(): readonly string[] {
		return [...this.#byOwner.values()].flatMap(texts => [...texts]);
	}
}
