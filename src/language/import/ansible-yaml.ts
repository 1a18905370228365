import type { Diagnostic } from '../../model/diagnostic.ts';
import type { SourceText } from '../source.ts';
import { readHostPattern } from './ansible/host-pattern.ts';
import { type LooseEntry, type LooseNode, readLooseYaml } from './ansible/loose-yaml.ts';
import { mostHosts } from './ansible/most-hosts.ts';
import { toValue } from './ansible/to-value.ts';
import type { AnsibleGroup, AnsibleTree } from './ansible/tree.ts';
import { patternWrong } from './ansible-ini.ts';
import type { Place } from './note.ts';
import { problemInLine } from './problem.ts';

/** Reads an Ansible inventory in the format YAML into the tree, as `ansible-inventory --list --yaml` prints it and as people write it. */
export function readAnsibleYaml(source: SourceText, tree: AnsibleTree): readonly Diagnostic[] {
	const read = readLooseYaml(source, tree.notes);
	if (!read.ok) return read.error;
	const root = read.value;
	const reading: Reading = { source, tree, problems: [], groups: 0 };
	if (root?.kind === 'map') {
		const other = notGroups(root.entries);
		if (other !== undefined) report(other, root.at, reading);
		else for (const [name, entry] of root.entries) readGroup(name, entry, 0, reading);
	} else report(root?.kind === 'list' ? aList : noGroups, root?.at ?? { file: source.file, line: 1 }, reading);
	return reading.problems;
}

interface Reading {
	readonly source: SourceText;
	readonly tree: AnsibleTree;
	readonly problems: Diagnostic[];
	/** Groups that were read so far, those behind aliases counted again for each alias. */
	groups: number;
}

interface Wrong {
	readonly code?: 'HS1901' | 'HS1902' | 'HS1904' | 'HS1010';
	readonly message: string;
	readonly hint: string;
}

function report({ code, message, hint }: Wrong, at: Place, { source, problems }: Reading): void {
	if (problems.length < mostProblems)
		problems.push(problemInLine(source, at.line, { code: code ?? 'HS1903', message, hint }));
}

const mostProblems = 20;

const aList: Wrong = {
	code: 'HS1901',
	message: 'this is a list: a playbook or tasks, and no inventory',
	hint: 'name the file with the hosts',
};

const noGroups: Wrong = {
	code: 'HS1901',
	message: 'there are no groups in this file',
	hint: 'name the file with the hosts; in YAML it begins with the name of a group, such as `all:`',
};

/** Maps that are something else than groups of hosts. */
function notGroups(entries: ReadonlyMap<string, LooseEntry>): Wrong | undefined {
	const plugin = entries.get('plugin')?.value;
	if (plugin !== undefined && plugin.kind !== 'none')
		return {
			code: 'HS1902',
			message: `this file asks the plugin \`${plugin.kind === 'text' ? plugin.text.slice(0, 60) : '…'}\` for the hosts; hsctl does not`,
			hint: dynamicHint,
		};
	if (entries.has('_meta'))
		return {
			code: 'HS1901',
			message: 'this is the JSON of `ansible-inventory --list`, which mixes hosts and groups',
			hint: dynamicHint,
		};
	if (entries.has('hsctl') || entries.get('groups')?.value.kind === 'map')
		return {
			code: 'HS1901',
			message: 'this is a file of hsctl already',
			hint: 'use it as it is; `hsctl validate` checks it',
		};
	return undefined;
}

/** How an inventory that only Ansible can work out becomes a file. */
export const dynamicHint =
	'let Ansible write the hosts down, and import that: `ansible-inventory -i FILE --list --yaml --export > hosts.yaml`';

// As deep as YAML nests; more can only come from aliases.
const deepest = 100;
const mostGroups = 100_000;

function readGroup(name: string, { at, value }: LooseEntry, depth: number, reading: Reading): AnsibleGroup | undefined {
	reading.groups += 1;
	if (depth > deepest || reading.groups > mostGroups) {
		if (!reading.problems.some(({ code }) => code === 'HS1010'))
			report({ code: 'HS1010', message: 'the groups nest too deeply', hint: 'write the aliases out' }, at, reading);
		return undefined;
	}
	if (name === '') {
		report({ message: 'a group has no name', hint: 'give it one' }, at, reading);
		return undefined;
	}
	if (value.kind !== 'map' && value.kind !== 'none') {
		passOver(`\`${name}\``, 'is passed over, as Ansible does: it is no group', at, reading);
		return undefined;
	}
	const group = reading.tree.group(name, at);
	for (const [key, entry] of value.kind === 'map' ? value.entries : [])
		readSection(key, entry, { group, depth, reading });
	return group;
}

function passOver(subject: string, reason: string, at: Place, { tree }: Reading, group?: AnsibleGroup): void {
	const cure = 'in a group only `hosts`, `vars` and `children` mean something, and each is a map';
	tree.notes.push({
		at,
		subject,
		reason,
		cure,
		...(group === undefined ? {} : { owner: { kind: 'group', name: group.name } }),
	});
}

interface Inside {
	readonly group: AnsibleGroup;
	readonly depth: number;
	readonly reading: Reading;
}

function readSection(key: string, entry: LooseEntry, place: Inside): void {
	const { group, reading } = place;
	if (key !== 'hosts' && key !== 'vars' && key !== 'children') {
		if (entry.value.kind !== 'none')
			passOver(`\`${key}\``, 'is passed over, as Ansible does', entry.at, reading, group);
		return;
	}
	const inside = entriesOf(entry.value);
	if (inside === undefined) {
		const message = `\`${key}\` of the group \`${group.name}\` is not a map`;
		report({ message, hint: 'write each name on a line of its own with a colon behind it' }, entry.at, reading);
		return;
	}
	for (const [name, one] of inside) sections[key](name, one, place);
}

/** A name alone is a map with nothing behind the name. */
function entriesOf(node: LooseNode): ReadonlyMap<string, LooseEntry> | undefined {
	if (node.kind === 'map') return node.entries;
	if (node.kind === 'none') return new Map();
	if (node.kind !== 'text') return undefined;
	return new Map([[node.text, { at: node.at, value: { kind: 'none', at: node.at } }]]);
}

const sections: Readonly<
	Record<'hosts' | 'vars' | 'children', (name: string, entry: LooseEntry, place: Inside) => void>
> = {
	hosts(word, { at, value }, { group, reading }) {
		const pattern = readHostPattern(word, mostHosts - reading.tree.hosts.size);
		const vars =
			value.kind === 'none' ? new Map<string, LooseEntry>() : value.kind === 'map' ? value.entries : undefined;
		if (!pattern.ok) report(patternWrong(pattern.error), at, reading);
		else if (vars === undefined)
			report(
				{ message: `what is said of the host \`${word}\` is not a map`, hint: 'write `name: value` under it' },
				at,
				reading,
			);
		else {
			const { names, port } = pattern.value;
			for (const [index, name] of names.entries()) {
				const host = reading.tree.host(name, group, at, port);
				for (const [key, one] of vars)
					host.vars.set(key, { value: toValue(one.value), at: one.at, shared: names.length, isRepeated: index > 0 });
			}
		}
	},
	vars(name, { at, value }, { group, reading }) {
		reading.tree.setGroupVariable(group, name, toValue(value), at);
	},
	children(name, entry, { group, depth, reading }) {
		const child = readGroup(name, entry, depth + 1, reading);
		if (child !== undefined && !group.children.has(child.name)) group.children.set(child.name, entry.at);
	},
};
