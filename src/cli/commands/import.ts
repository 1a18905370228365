import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { alikeNotes } from '../../language/import/alike.ts';
import type { ImportFormat } from '../../language/import/format.ts';
import type { ImportedPlaybook } from '../../language/import/import-playbook.ts';
import { type Imported, importWords } from '../../language/import/import-words.ts';
import { type Note, noteSentence } from '../../language/import/note.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { count } from '../../outputs/text/count.ts';
import { visibleLine } from '../../outputs/visible.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { filesFrom } from '../import-files.ts';
import { commandLineProblem, refuse } from '../problem.ts';
import { writeOut } from '../write-out.ts';

export interface ImportOptions extends GlobalOptions {
	readonly from?: ImportFormat;
	readonly out?: string;
	readonly force?: boolean;
	/** A file for what has run before hsctl was there. */
	readonly seedState?: string;
}

/** Makes an inventory or a playbook of what other tools know: the file on stdout, what is not in it on stderr. */
export async function importFrom(
	words: readonly string[],
	options: ImportOptions,
	context: CliContext,
): Promise<ExitCode> {
	const { cwd, env } = context;
	const inTheWay = [options.out, options.seedState].flatMap(file => whatIsThere(file, options, context));
	if (inTheWay.length > 0) return refuse(inTheWay, context);
	if (options.out !== undefined && options.seedState !== undefined && isSame(options.out, options.seedState, cwd))
		return refuse([commandLineProblem('HS1801', '-o and --seed-state name the same file', 'name two files')], context);
	const folder = options.out === undefined ? cwd : dirname(resolve(cwd, options.out));
	const imported = importWords(words, options.from, {
		files: filesFrom(cwd, env.HOME),
		pathOf: file => pathFrom(folder, resolve(cwd, file)),
		nameOf: name => basename(resolve(cwd, name)),
		keepsState: options.seedState !== undefined,
	});
	if (!imported.ok) return refuse(imported.error, context);
	if (imported.value.kind === 'inventory' && options.seedState !== undefined)
		return refuse([commandLineProblem('HS1801', '--seed-state is for playbooks', 'leave it out')], context);
	if (options.out === undefined) context.stdout.write(imported.value.text);
	const problem = writeFiles(imported.value, options, context);
	if (problem !== undefined) return refuse([problem], context);
	tell(imported.value, options, context);
	if (imported.value.kind === 'playbook') await tellOutside(words, folder, context);
	return exitCodes.success;
}

function whatIsThere(file: string | undefined, { force }: ImportOptions, { cwd }: CliContext): readonly Diagnostic[] {
	if (file === undefined || force === true || !existsSync(resolve(cwd, file))) return [];
	return [commandLineProblem('HS1801', `${file} exists already`, 'give --force to replace it, or name another file')];
}

const isSame = (one: string, other: string, cwd: string): boolean => resolve(cwd, one) === resolve(cwd, other);

/** As a playbook in `folder` names a file: from there, so that it does not matter where the repository begins. */
function pathFrom(folder: string, file: string): string {
	const path = relative(folder, file);
	return path.startsWith('../') || path === '..' ? path : `./${path}`;
}

/** Nothing is printed of what belongs beside another file: without -o it is left out, and said. */
function writeFiles(
	imported: Imported,
	{ out, seedState }: ImportOptions,
	{ cwd }: CliContext,
): Diagnostic | undefined {
	const files: (readonly [string, string])[] = [];
	if (out !== undefined) files.push([out, imported.text]);
	if (imported.kind === 'playbook') {
		if (out !== undefined)
			for (const [folder, text] of imported.modules) files.push([join(folder, 'module.yaml'), text]);
		if (seedState !== undefined) files.push([seedState, imported.seedState]);
	}
	for (const [file, text] of files) {
		const problem = writeOut(resolve(cwd, file), text);
		if (problem !== undefined) return problem;
	}
	return undefined;
}

function tell(imported: Imported, options: ImportOptions, { stderr }: CliContext): void {
	const { notes } = imported;
	const { out, quiet, verbose } = options;
	for (const line of noteLines(notes, verbose === true)) stderr.write(`${line}\n`);
	if (quiet === true) return;
	const lost = notes.length === 0 ? 'nothing was left out' : `${count(notes.length, 'note')} above`;
	stderr.write(`${out === undefined ? 'Read' : `${out} has`} ${amount(imported)}; ${lost}.\n`);
	if (imported.kind === 'playbook') tellFiles(imported, options, stderr);
	const [file, next] =
		imported.kind === 'inventory'
			? ['inventory.yaml', (name: string) => `hsctl inventory list -i ${name}`]
			: ['playbook.yaml', (name: string) => `hsctl validate ${name}`];
	stderr.write(
		out === undefined ? `Next: keep it with \`-o ${file}\`, then \`${next(file)}\`\n` : `Next: \`${next(out)}\`\n`,
	);
}

function amount(imported: Imported): string {
	if (imported.kind === 'inventory') return `${count(imported.hosts, 'host')} in ${count(imported.groups, 'group')}`;
	return [...imported.counts]
		.map(([unit, units]) => (unit === 'hotfix' && units !== 1 ? `${units} hotfixes` : count(units, unit)))
		.join(', ');
}

function tellFiles(
	{ modules, done }: ImportedPlaybook,
	{ out, seedState }: ImportOptions,
	stderr: CliContext['stderr'],
): void {
	const files = modules.size === 1 ? '1 module.yaml' : `${modules.size} module.yaml files`;
	if (modules.size > 0)
		stderr.write(
			out === undefined
				? `Not printed: ${files}; -o writes them, too.\n`
				: `Also written: ${files}, each in the folder of its module.\n`,
		);
	if (seedState !== undefined) stderr.write(`${seedState} has ${count(done, 'unit')} that ran before.\n`);
}

/** What a playbook names lies in its repository, or `validate` refuses it. */
async function tellOutside(words: readonly string[], folder: string, context: CliContext): Promise<void> {
	const place = await context.composition.findPlace(folder);
	if (place === undefined) return;
	for (const word of words) {
		const path = relative(place.root, resolve(context.cwd, word));
		if (!path.startsWith('../')) continue;
		context.stderr.write(
			visibleLine(`${word} lies outside of the repository ${place.root}: copy it there, and import it from there`),
		);
		context.stderr.write('\n');
	}
}

/** What is alike in one file is said three times and then counted. */
function noteLines(notes: readonly Note[], all: boolean): readonly string[] {
	return alikeNotes(notes).flatMap(same => {
		const shown = all || same.length <= mostAlike + 1 ? same : same.slice(0, mostAlike);
		const lines = shown.map(note => lineOf(note));
		const left = same.length - shown.length;
		return left === 0 ? lines : [...lines, `  and the same ${left} times more (-v says where)`];
	});
}

const mostAlike = 3;

const lineOf = (note: Note): string =>
	visibleLine(
		`${note.at.file}:${note.at.line}: ${noteSentence(note)}${note.cure === undefined ? '' : `; ${note.cure}`}`,
	);
