import type { Diagnostic } from '../../model/diagnostic.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { checkSource, type SourceText, tooLarge } from '../source.ts';
import { isEncrypted } from './ansible/encrypted.ts';
import { dynamicHint } from './ansible-yaml.ts';
import { detectFormat, type ImportFormat } from './format.ts';
import { type ImportFiles, inside, nameOf } from './import-files.ts';
import { jsonFormat } from './json/json-format.ts';
import type { Note } from './note.ts';
import { problemOf } from './problem.ts';

/** A file that is to be imported. */
export interface FoundSource {
	readonly source: SourceText;
	readonly format: ImportFormat;
}

export interface FoundSources {
	readonly sources: readonly FoundSource[];
	readonly notes: readonly Note[];
}

/** The files that the words mean, in their order: a folder is an inventory of Ansible, all files in it that Ansible would read. */
export function findSources(
	words: readonly string[],
	from: ImportFormat | undefined,
	files: ImportFiles,
): Result<FoundSources> {
	const finding: Finding = { files, from, sources: [], notes: [], problems: [] };
	for (const word of words) find(word, 0, finding);
	return finding.problems.length > 0 ? fail(finding.problems) : ok(finding);
}

interface Finding {
	readonly files: ImportFiles;
	readonly from: ImportFormat | undefined;
	readonly sources: FoundSource[];
	readonly notes: Note[];
	readonly problems: Diagnostic[];
}

function find(path: string, depth: number, finding: Finding): void {
	const { problems } = finding;
	const found = finding.files.look(path);
	if (path === '')
		problems.push(
			problemOf('HS1801', 'an empty word names no file', 'see where it comes from: a variable that is not set?'),
		);
	else if (found.kind === 'missing')
		problems.push(problemOf('HS1001', `${path} cannot be read: ${found.because}`, 'check the path'));
	else if (found.kind === 'too_large') problems.push(tooLarge(found.size, path));
	else if (found.kind === 'folder') findInFolder(path, found.entries, depth, finding);
	else findFile(path, found, finding);
}

const deepest = 8;

/** What Ansible passes over in a folder. */
const ignored =
	/^(?:\.|host_vars$|group_vars$|vars_plugins$)|(?:\.pyc|\.pyo|\.swp|\.bak|~|\.rpm|\.md|\.txt|\.rst|\.orig|\.ini|\.cfg|\.retry)$/;

type Entries = Extract<ReturnType<ImportFiles['look']>, { kind: 'folder' }>['entries'];

function findInFolder(path: string, entries: Entries, depth: number, finding: Finding): void {
	if (nameOf(path) === '.ssh') {
		const hint = `name the file: ${inside(path, 'config')}`;
		finding.problems.push(problemOf('HS1901', `${path} is a folder with keys in it`, hint));
		return;
	}
	const json = depth === 0 ? findJson(path, entries, finding) : [];
	if (json.length > 0) {
		for (const inner of json) find(inner, deepest, finding);
		return;
	}
	const before = finding.sources.length;
	for (const { name, kind } of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
		const inner = inside(path, name);
		if (name.endsWith('.ini'))
			finding.notes.push({
				at: { file: inner, line: 1 },
				subject: 'the file',
				reason: 'is not read: in a folder Ansible passes over all that ends in .ini',
				cure: `if it has hosts, import it by itself: \`hsctl import ${inner}\``,
			});
		if (ignored.test(name) || kind === 'other') continue;
		if (kind === 'file' || depth < deepest) find(inner, depth + 1, finding);
	}
	if (depth > 0 || finding.sources.length > before || finding.problems.length > 0) return;
	const ini = entries.find(({ name }) => name.endsWith('.ini'))?.name;
	const hint =
		ini === undefined ? 'name the file with the hosts' : `name the file: \`hsctl import ${inside(path, ini)}\``;
	finding.problems.push(problemOf('HS1901', `the folder ${path} has no inventory in it`, hint));
}

/** The index.json and manifest.json of a folder, of those in it, and of the folder `modules`; of rows, all that ends in .json. */
function findJson(path: string, entries: Entries, { from, files }: Finding): readonly string[] {
	if (from === 'nannyapi')
		return entries
			.filter(({ name, kind }) => kind === 'file' && /\.json$/i.test(name))
			.map(({ name }) => inside(path, name))
			.toSorted();
	if (from !== undefined && from !== 'homeserver') return [];
	const named = jsonIn(path, entries, true, files);
	return from === undefined ? named.filter(file => isOfHomeserver(file, files)) : named;
}

/** In the folder, in those in it, and in those of its `modules`. What begins with `_` or `.` is put away. */
function jsonIn(path: string, entries: Entries, isTop: boolean, files: ImportFiles): readonly string[] {
	const folders = entries.filter(({ name, kind }) => kind === 'folder' && !/^[._]/.test(name)).map(({ name }) => name);
	const below = folders.toSorted().flatMap(name => {
		const inner = inside(path, name);
		const found = files.look(inner);
		if (found.kind !== 'folder') return [];
		return jsonIn(inner, name === 'modules' && isTop ? found.entries : found.entries.filter(isFile), false, files);
	});
	return [...namedJson(path, entries), ...below];
}

const isFile = ({ kind }: Entries[number]): boolean => kind === 'file';

function isOfHomeserver(path: string, files: ImportFiles): boolean {
	const found = files.look(path);
	return found.kind === 'file' && jsonFormat(new TextDecoder().decode(found.bytes), path) === 'homeserver';
}

const namedJson = (path: string, entries: Entries): readonly string[] =>
	['manifest.json', 'index.json']
		.filter(name => entries.some(entry => entry.kind === 'file' && entry.name === name))
		.map(name => inside(path, name));

function findFile(path: string, file: { readonly bytes: Uint8Array }, finding: Finding): void {
	const { from, problems, sources } = finding;
	const begin = new TextDecoder().decode(file.bytes.subarray(0, 64));
	const refused = whatElse(path, begin, file.bytes);
	const source = checkSource(file.bytes, path);
	if (refused !== undefined) problems.push(refused);
	else if (!source.ok) problems.push(...source.error);
	else sources.push({ source: source.value, format: from ?? detectFormat(source.value.text, path) });
}

/** Files that are none of the formats and would give strange words, or show what nobody should see. */
function whatElse(path: string, begin: string, bytes: Uint8Array): Diagnostic | undefined {
	if (begin.startsWith('#!'))
		return problemOf(
			'HS1902',
			`${path} is a program that prints hosts, and is not run`,
			dynamicHint.replace('FILE', path),
		);
	if (isEncrypted(bytes))
		return problemOf('HS1902', `${path} is encrypted with ansible-vault`, dynamicHint.replace('FILE', path));
	if (begin.startsWith('-----BEGIN '))
		return problemOf('HS1901', `${path} is a key or a certificate`, 'name the file with the hosts');
	return undefined;
}
