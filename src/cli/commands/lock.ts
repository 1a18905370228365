import { join } from 'node:path';
import { compareLocks, emptyLock, formatLock, type LockDifference, lockPath } from '../../language/lock-file.ts';
import { findPinned } from '../../language/pinned.ts';
import { readLock } from '../../language/read-lock.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { count } from '../../outputs/text/count.ts';
import type { Repository } from '../../ports/repository.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { findPlaybooks } from '../load.ts';
import { commandLineProblem, refuse } from '../problem.ts';
import { writeOut } from '../write-out.ts';

export interface LockOptions extends GlobalOptions {
	readonly check?: boolean;
}

/** Pins every script and module that the repository's playbooks can run; `--check` only compares. */
export async function lock(paths: readonly string[], options: LockOptions, context: CliContext): Promise<ExitCode> {
	const found = await findPlaybooks(paths.length === 0 ? ['.'] : paths, context);
	if (!found.ok) return refuse(found.error, context);
	const [first] = found.value;
	if (first === undefined) return exitCodes.success;
	if (found.value.some(playbook => playbook.root !== first.root)) {
		return refuse(
			[commandLineProblem('HS1801', 'the playbooks are in different repositories', 'lock one repository at a time')],
			context,
		);
	}
	// The whole repository is pinned, whichever playbook was named: one file cannot be true for half of it.
	const everything = await findPlaybooks([first.root], context);
	const all = everything.ok
		? [...new Set([...everything.value, ...found.value].map(playbook => playbook.path))]
		: found.value.map(playbook => playbook.path);
	const pinned = findPinned(all, first.repository);
	if (!pinned.ok) return refuse(pinned.error, context);
	const before = readLock(first.repository);
	// Written anew, a damaged one would pin in one go whatever was slipped in since it was whole.
	if (!before.ok) return refuse(before.error, context);
	const differences = compareLocks(before.value ?? emptyLock, pinned.value);
	if (options.check === true) return check(differences, first.repository, options.quiet === true, context);
	const file = join(first.root, lockPath);
	const problem = writeOut(file, formatLock(pinned.value));
	if (problem !== undefined) return refuse([problem], context);
	if (options.quiet !== true) {
		const { files, trees } = pinned.value;
		const pins = files.size === 1 ? '1 script or file' : `${files.size} scripts and files`;
		context.stdout.write(
			`${differences.map(sentence).join('')}${first.repository.display(lockPath)} pins ${pins}, ${count(trees.size, 'module')}.\n`,
		);
	}
	return exitCodes.success;
}

const words: Readonly<Record<LockDifference['kind'], string>> = {
	not_pinned: 'new     ',
	changed: 'changed ',
	gone: 'gone    ',
};

const sentence = ({ kind, path }: LockDifference): string => `  ${words[kind]} ${path}\n`;

const codes = { not_pinned: 'HS1402', changed: 'HS1403', gone: 'HS1404' } as const satisfies Record<
	LockDifference['kind'],
	Diagnostic['code']
>;
const messages: Readonly<Record<LockDifference['kind'], string>> = {
	not_pinned: 'is not pinned in hsctl.lock',
	changed: 'has changed since it was pinned in hsctl.lock',
	gone: 'is pinned in hsctl.lock and no playbook uses it any more',
};

function check(
	differences: readonly LockDifference[],
	repository: Repository,
	isQuiet: boolean,
	context: CliContext,
): ExitCode {
	if (differences.length === 0) {
		if (!isQuiet) context.stdout.write(`${repository.display(lockPath)} agrees with the repository.\n`);
		return exitCodes.success;
	}
	return refuse(
		differences.map(({ path, kind }) =>
			commandLineProblem(
				codes[kind],
				`${repository.display(path)} ${messages[kind]}`,
				'look at the change, then run `hsctl lock`',
			),
		),
		context,
	);
}
