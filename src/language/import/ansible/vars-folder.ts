import type { Diagnostic } from '../../../model/diagnostic.ts';
import { checkSource, tooLarge } from '../../source.ts';
import { type FolderEntry, type ImportFiles, inside } from '../import-files.ts';
import type { Note, Owner } from '../note.ts';
import { problemOf } from '../problem.ts';
import { isEncrypted } from './encrypted.ts';
import { readLooseYaml } from './loose-yaml.ts';
import { toValue } from './to-value.ts';
import type { Definitions, VarsFolder } from './tree.ts';

/** Names of the inventory that files with variables can belong to. */
export interface KnownNames {
	readonly groups: ReadonlySet<string>;
	readonly hosts: ReadonlySet<string>;
}

/** Reads group_vars and host_vars of a folder: `NAME`, `NAME.yml`, `NAME.yaml`, `NAME.json`, or all files of a folder `NAME`. */
export function readVarsFolder(
	folder: string,
	known: KnownNames,
	files: ImportFiles,
): { readonly vars: VarsFolder; readonly notes: readonly Note[]; readonly problems: readonly Diagnostic[] } {
	const reading: Reading = { files, notes: [], problems: [] };
	const groups = readKind(inside(folder, 'group_vars'), 'group', known.groups, reading);
	const hosts = readKind(inside(folder, 'host_vars'), 'host', known.hosts, reading);
	return { vars: { groups, hosts }, notes: reading.notes, problems: reading.problems };
}

interface Reading {
	readonly files: ImportFiles;
	readonly notes: Note[];
	readonly problems: Diagnostic[];
}

/** The first that is there is the one that counts. */
const endings = ['', '.yml', '.yaml', '.json'];

function readKind(
	folder: string,
	kind: Owner['kind'],
	known: ReadonlySet<string>,
	reading: Reading,
): ReadonlyMap<string, Definitions> {
	const found = reading.files.look(folder);
	const all = new Map<string, Definitions>();
	if (found.kind !== 'folder') return all;
	const entries = new Map(found.entries.map(entry => [entry.name, entry]));
	for (const [name, [first, ...others]] of byOwner(found.entries, known)) {
		const owner: Owner = { kind, name };
		for (const other of others)
			say(
				inside(folder, other.name),
				owner,
				`is passed over: for Ansible ${first.name} is there before it`,
				'put what it says there',
				reading,
			);
		if (known.has(name))
			all.set(name, readEntry(inside(folder, first.name), entries.get(first.name) ?? first, owner, 0, reading));
		else
			say(
				inside(folder, first.name),
				undefined,
				`belongs to no ${kind} of the inventory`,
				'remove it, or correct its name',
				reading,
			);
	}
	return all;
}

function say(file: string, owner: Owner | undefined, reason: string, cure: string, { notes }: Reading): void {
	notes.push({ at: { file, line: 1 }, subject: 'the file', reason, cure, ...(owner === undefined ? {} : { owner }) });
}

/** What there is for each name, what counts first. A name that is known may hold dots: `web.example.org` ends in no ending. */
function byOwner(
	entries: readonly FolderEntry[],
	known: ReadonlySet<string>,
): ReadonlyMap<string, readonly [FolderEntry, ...FolderEntry[]]> {
	const found = new Map<string, [FolderEntry, ...FolderEntry[]]>();
	const usable = entries.filter(({ name, kind }) => kind !== 'other' && !/^\.|~$/.test(name));
	for (const ending of endings) {
		for (const entry of usable) {
			const bare = entry.name.slice(0, entry.name.length - ending.length);
			const isMeant = entry.name.endsWith(ending) && bare !== '';
			if (!isMeant || (ending === '' && !known.has(bare) && endsLikeYaml(entry))) continue;
			const owner = found.get(bare);
			if (owner === undefined) found.set(bare, [entry]);
			else if (!owner.includes(entry)) owner.push(entry);
		}
	}
	return found;
}

const endsLikeYaml = ({ name }: FolderEntry): boolean => /\.(?:ya?ml|json)$/.test(name);

const deepest = 8;

function readEntry(path: string, entry: FolderEntry, owner: Owner, depth: number, reading: Reading): Definitions {
	if (entry.kind !== 'folder') return readFile(path, owner, reading);
	const all: Definitions = new Map();
	const found = reading.files.look(path);
	if (found.kind !== 'folder' || depth >= deepest) return all;
	const usable = found.entries.filter(({ name, kind }) => {
		const ending = /(?!^)\.[^.]*$/.exec(name)?.[0] ?? '';
		return !/^\.|~$/.test(name) && (kind === 'folder' ? ending === '' : kind === 'file' && endings.includes(ending));
	});
	for (const one of usable.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
		for (const [name, definition] of readEntry(inside(path, one.name), one, owner, depth + 1, reading))
			all.set(name, definition);
	return all;
}

function readFile(path: string, owner: Owner, reading: Reading): Definitions {
	const vars: Definitions = new Map();
	const found = reading.files.look(path);
	if (found.kind === 'too_large') reading.problems.push(tooLarge(found.size, path));
	else if (found.kind === 'missing')
		reading.problems.push(problemOf('HS1001', `${path} cannot be read: ${found.because}`, 'check the path'));
	if (found.kind !== 'file') return vars;
	if (isEncrypted(found.bytes)) {
		const cure = 'keep what scripts need of it under `secrets` of the playbook; `ansible-vault view` shows it';
		say(path, owner, 'is left out: it is encrypted with ansible-vault', cure, reading);
		return vars;
	}
	const source = checkSource(found.bytes, path);
	const read = source.ok ? readLooseYaml(source.value, reading.notes) : source;
	if (!read.ok) reading.problems.push(...read.error);
	else if (read.value?.kind === 'map')
		for (const [name, { at, value }] of read.value.entries)
			vars.set(name, { value: toValue(value), at, shared: 1, isRepeated: false });
	else if (read.value !== undefined && read.value.kind !== 'none')
		reading.problems.push(problemOf('HS1903', `${path} holds no variables`, 'write `name: value` on each line'));
	return vars;
}
