import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ImportFormat } from '../../language/import/format.ts';
import { type ImportedInventory, importInventory } from '../../language/import/import-inventory.ts';
import { type Note, noteSentence } from '../../language/import/note.ts';
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
}

/** Makes an inventory of what other tools know about hosts: the inventory on stdout, what is not in it on stderr. */
export async function importFrom(
	words: readonly string[],
	options: ImportOptions,
	context: CliContext,
): Promise<ExitCode> {
	const { out } = options;
	const file = out === undefined ? undefined : resolve(context.cwd, out);
	if (file !== undefined && options.force !== true && existsSync(file))
		return refuse(
			[commandLineProblem('HS1801', `${out} exists already`, 'give --force to replace it, or name another file')],
			context,
		);
	const imported = importInventory(words, options.from, filesFrom(context.cwd, context.env.HOME));
	if (!imported.ok) return refuse(imported.error, context);
	if (file === undefined) context.stdout.write(imported.value.text);
	else {
		const problem = writeOut(file, imported.value.text);
		if (problem !== undefined) return refuse([problem], context);
	}
	tell(imported.value, options, context);
	return exitCodes.success;
}

function tell(imported: ImportedInventory, { out, quiet, verbose }: ImportOptions, { stderr }: CliContext): void {
	const { notes, hosts, groups } = imported;
	for (const line of noteLines(notes, verbose === true)) stderr.write(`${line}\n`);
	if (quiet === true) return;
	const amount = `${count(hosts, 'host')} in ${count(groups, 'group')}`;
	const lost = notes.length === 0 ? 'nothing was left out' : `${count(notes.length, 'note')} above`;
	stderr.write(`${out === undefined ? 'Read' : `${out} has`} ${amount}; ${lost}.\n`);
	stderr.write(
		out === undefined
			? 'Next: keep it with `-o inventory.yaml`, then `hsctl inventory list -i inventory.yaml`\n'
			: `Next: \`hsctl inventory list -i ${out}\`\n`,
	);
}

/** What is alike in one file is said three times and then counted; each stands beside its host in the inventory. */
function noteLines(notes: readonly Note[], all: boolean): readonly string[] {
	const alike = new Map<string, Note[]>();
	for (const note of notes) {
		const key = [note.at.file, note.owner === undefined ? '' : note.subject, note.reason, note.cure].join('\0');
		alike.set(key, [...(alike.get(key) ?? []), note]);
	}
	return [...alike.values()].flatMap(same => {
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
