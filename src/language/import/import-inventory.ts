import { cyclePath } from '../../graph/cycle.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { unreachable } from '../../model/unreachable.ts';
import { layOut } from './ansible/lay-out.ts';
import { findGroupCycles, findTooDeep } from './ansible/precedence.ts';
import { AnsibleTree } from './ansible/tree.ts';
import { readVarsFolder } from './ansible/vars-folder.ts';
import type { InventoryDraft } from './draft.ts';
import type { FoundSource, FoundSources } from './find-sources.ts';
import { folderOf, type ImportFiles } from './import-files.ts';
import type { Note } from './note.ts';
import { problemOf } from './problem.ts';
import { formatReaders } from './registry.ts';
import { SshHosts } from './ssh-config.ts';
import { writeInventory } from './write-inventory.ts';

export interface ImportedInventory {
	readonly kind: 'inventory';
	/** The file, formatted. */
	readonly text: string;
	/** Everything that is not in it as it was, in the order in which it was found. */
	readonly notes: readonly Note[];
	readonly hosts: number;
	readonly groups: number;
}

/** Files of other tools as an inventory; what stands in the way comes at once. */
export function importInventory(
	words: readonly string[],
	{ sources, notes: found }: FoundSources,
	kind: 'ansible' | 'ssh',
	files: ImportFiles,
): Result<ImportedInventory> {
	const drafted = kind === 'ansible' ? ofAnsible(words, sources, files) : ofSsh(sources, files);
	if (!drafted.ok) return drafted;
	const { draft, notes } = drafted.value;
	const hosts = draft.groups.reduce((sum, group) => sum + group.hosts.length, 0);
	// The notes say where they went.
	if (hosts === 0) return fail([nothingThere(words, notes)]);
	const text = writeInventory(draft);
	if (!text.ok) return text;
	return ok({ kind: 'inventory', text: text.value, notes: [...found, ...notes], hosts, groups: draft.groups.length });
}

const nothingThere = (words: readonly string[], notes: readonly Note[]): Diagnostic => {
	const first = notes[0];
	const because = first === undefined ? '' : ` (${first.at.file}:${first.at.line}: ${first.subject} ${first.reason})`;
	return problemOf(
		'HS1901',
		`there is no host to import in ${words.join(', ')}${because}`,
		'name the file with the hosts',
	);
};

interface Drafted {
	readonly draft: InventoryDraft;
	readonly notes: readonly Note[];
}

function ofAnsible(words: readonly string[], sources: readonly FoundSource[], files: ImportFiles): Result<Drafted> {
	const tree = new AnsibleTree();
	const problems = sources.flatMap(({ source, format }) => {
		const reader = formatReaders[format];
		return reader.gathers === 'ansible' ? reader.read(source, tree) : [];
	});
	const known = { groups: new Set(['all', 'ungrouped', ...tree.groups.keys()]), hosts: new Set(tree.hosts.keys()) };
	const folders = new Set(words.map(word => (files.look(word).kind === 'folder' ? word : folderOf(word))));
	for (const folder of folders) {
		const { vars, notes, problems: wrong } = readVarsFolder(folder, known, files);
		tree.folders.push(vars);
		tree.notes.push(...notes);
		problems.push(...wrong);
	}
	const cycles = problems.length > 0 ? [] : findGroupCycles(tree);
	problems.push(...cycles.map(cycle => circular(cycle, tree)));
	const tooDeep = problems.length > 0 ? undefined : findTooDeep(tree);
	if (tooDeep !== undefined) {
		const message = `the group \`${tooDeep.slice(0, 80)}\` lies in more than 100 others, one around the other`;
		problems.push(problemOf('HS1010', message, 'take some of the groups away'));
	}
	return problems.length > 0 ? fail(problems) : ok(layOut(tree));
}

function circular(cycle: readonly [string, string, ...string[]], tree: AnsibleTree): Diagnostic {
	const [outer, inner] = cycle;
	const at = tree.groups.get(outer)?.children.get(inner) ?? tree.groups.get(inner)?.children.get(outer);
	const where = at === undefined ? '' : ` (${at.file}:${at.line})`;
	const message =
		outer === inner ? `the group \`${outer}\` contains itself` : `groups contain each other: ${cyclePath(cycle)}`;
	return problemOf('HS1903', `${message}${where}`, 'take one of them out of the other; Ansible refuses this, too');
}

function ofSsh(sources: readonly FoundSource[], files: ImportFiles): Result<Drafted> {
	const gathered = new SshHosts();
	const problems = sources.flatMap(({ source, format }) => {
		const reader = formatReaders[format];
		switch (reader.gathers) {
			case 'ssh':
				return reader.read(source, gathered, files);
			case 'ansible':
			case 'json':
				return [];
			default:
				return unreachable(reader);
		}
	});
	if (problems.length > 0) return fail(problems);
	const hosts = [...gathered.hosts.keys()].map(name => ({ name, vars: new Map<string, string>(), comments: [] }));
	const group = { name: nameFor(gathered), hosts, groups: [], vars: new Map<string, string>(), comments: [] };
	return ok({ draft: { groups: [group], comments: [] }, notes: gathered.notes });
}

/** A host and a group cannot share a name. */
function nameFor({ hosts }: SshHosts): string {
	let name = 'ssh_config';
	while (hosts.has(name)) name += '_';
	return name;
}
