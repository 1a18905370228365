import type { Diagnostic } from '../../model/diagnostic.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { parseYaml } from '../parse.ts';
import { type SchemaName, schemaProblems } from '../schema-problems.ts';
import { sourceText } from '../source.ts';
import type { FoundSource } from './find-sources.ts';
import { convertHomeserver } from './homeserver/convert.ts';
import { folderOf, nameOf } from './import-files.ts';
import { JsonDocuments } from './json/json-documents.ts';
import { convertNannyapi } from './nannyapi/convert.ts';
import type { Note } from './note.ts';
import { possibleId } from './playbook/ids.ts';
import { PlaybookParts, type Surroundings } from './playbook/playbook-parts.ts';
import { seedStateText } from './playbook/seed-state.ts';
import { writeModules, writePlaybook } from './playbook/write-playbook.ts';
import { problemInLine, problemOf } from './problem.ts';
import { formatReaders } from './registry.ts';

export interface ImportedPlaybook {
	readonly kind: 'playbook';
	/** The file, formatted. */
	readonly text: string;
	/** The module.yaml that belong to it, by the folder as the person would name it. */
	readonly modules: ReadonlyMap<string, string>;
	/** What has run before, as a file. */
	readonly seedState: string;
	/** How many units have run before. */
	readonly done: number;
	/** Everything that is not in it as it was, by file and line. */
	readonly notes: readonly Note[];
	/** How many there are of each: hotfix, pool, module, exception, schedule. */
	readonly counts: ReadonlyMap<string, number>;
}

/** Files of JSON as a playbook; what stands in the way comes at once. */
export function importPlaybook(
	words: readonly string[],
	sources: readonly FoundSource[],
	surroundings: Surroundings,
): Result<ImportedPlaybook> {
	const documents = new JsonDocuments();
	const problems = sources.flatMap(({ source, format }) => {
		const reader = formatReaders[format];
		return reader.gathers === 'json' ? reader.read(source, documents) : [];
	});
	if (problems.length > 0) return fail(problems);
	const parts = new PlaybookParts(surroundings);
	parts.notes.push(...documents.notes);
	convertHomeserver(documents.homeserver, parts);
	convertNannyapi(documents.rows, parts);
	const order = sources.map(({ source }) => source.file);
	const notes = inOrder(parts.notes, order);
	const counts = countsOf(parts);
	if (counts.size === 0) return fail([nothingThere(sources, notes)]);
	const name = playbookName(words, sources, surroundings);
	const text = writePlaybook(name, parts, notes);
	if (!text.ok) return text;
	const modules = writeModules(parts.moduleFiles);
	if (!modules.ok) return modules;
	const tooMuch = [
		...limitsBroken(text.value, 'playbook', sources),
		...[...modules.value.values()].flatMap(module => limitsBroken(module, 'module', sources)),
	];
	if (tooMuch.length > 0) return fail(tooMuch);
	return ok({
		kind: 'playbook',
		text: text.value,
		modules: modules.value,
		seedState: seedStateText(name, parts.done),
		done: parts.done.length,
		notes,
		counts,
	});
}

/** As somebody reads them who goes through the files, each once. */
function inOrder(notes: readonly Note[], files: readonly string[]): readonly Note[] {
	const once = new Map(notes.map(note => [JSON.stringify(note), note]));
	return [...once.values()].toSorted(
		(a, b) => files.indexOf(a.at.file) - files.indexOf(b.at.file) || a.at.line - b.at.line,
	);
}

function countsOf(parts: PlaybookParts): ReadonlyMap<string, number> {
	const all = {
		hotfix: parts.hotfixes.size,
		pool: parts.pools.size,
		module: parts.modules.size,
		exception: parts.exceptions.size,
		schedule: parts.schedules.size,
	};
	return new Map(Object.entries(all).filter(([, amount]) => amount > 0));
}

function nothingThere(sources: readonly FoundSource[], notes: readonly Note[]): Diagnostic {
	const [first] = notes;
	const found = sources.find(({ source }) => source.file === first?.at.file) ?? sources[0];
	const because = first === undefined ? '' : `: ${first.subject} ${first.reason}`;
	const problem = {
		code: 'HS1901',
		message: `there is nothing to import here${because}`,
		hint: 'name the file with the hotfixes, modules or rows',
	} as const;
	return found === undefined
		? problemOf(problem.code, problem.message, problem.hint)
		: problemInLine(found.source, first?.at.line ?? 1, problem);
}

/** Texts and lists can be longer than the language takes them; everything else is seen to where it is read. */
function limitsBroken(text: string, which: SchemaName, sources: readonly FoundSource[]): readonly Diagnostic[] {
	const parsed = parseYaml(sourceText(text, 'what was made'));
	const problems = parsed.ok ? schemaProblems(parsed.value, which) : parsed.error;
	return problems.slice(0, 1).map(problem => {
		const said = {
			code: 'HS1901',
			message: `what would be made of this is no ${which} of hsctl: ${problem.message}`,
			hint: 'make it shorter, or import a part of it',
		} as const;
		const [first] = sources;
		return first === undefined ? problemOf(said.code, said.message, said.hint) : problemInLine(first.source, 1, said);
	});
}

/** After the folder of an index.json, or after the file; the first of several. */
function playbookName(
	[word = '']: readonly string[],
	sources: readonly FoundSource[],
	{ nameOf: nameOfFolder }: Surroundings,
): string {
	const name = nameOf(word);
	const isFolder = !sources.some(({ source }) => source.file === word);
	const isOfFolder = name === 'index.json' || name === 'manifest.json';
	if (isFolder || isOfFolder) return possibleId(nameOfFolder(isFolder ? word : folderOf(word)));
	return possibleId(name.replace(/\.json$/i, ''));
}
