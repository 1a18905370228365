import { quote } from '../../model/command.ts';
import type { PoolCommand } from '../../model/pool-work.ts';
import type { CommandText, Pool } from '../../model/unit.ts';
import { hole, type Put, quoteHoles, shellLine, valueOrHole } from '../shell-line.ts';

/** The commands of a pool as words, in the order in which a host runs them. */
export function commandsOf(pool: Pool, put: Put): readonly PoolCommand[] {
	const ofFiles = pool.files.flatMap(({ validate }, index): readonly PoolCommand[] =>
		validate === undefined
			? []
			: [{ kind: 'validate', file: index + 1, words: wordsAboutFile(validate, put), text: textOf(validate) }],
	);
	const ofAll = (['validate', 'activate', 'check'] as const).flatMap(kind =>
		pool[kind].map((command): PoolCommand => ({ kind, file: 0, words: wordsOf(command, put), text: textOf(command) })),
	);
	return [...ofFiles, ...ofAll];
}

const textOf = (command: CommandText): string => (typeof command === 'string' ? command.trim() : command.join(' '));

/** A line goes to the shell, words go to the program as they are. */
export const wordsOf = (command: CommandText, put: Put): readonly string[] =>
	typeof command === 'string' ? ['/bin/sh', '-c', shellLine(command, put)] : command.map(word => put(word));

/**
 * `%s` is the new file, whatever its path holds; `%%s` stands for the two characters. Where the file lies is known on the host only,
 * so it is a variable there, and even a list of words has to go through a shell: `exec` keeps that from finding a meaning of its own
 * in the first word.
 */
function wordsAboutFile(command: CommandText, put: Put): readonly string[] {
	const marked = (text: string): string =>
		text.replace(/%(%?)s/g, (_, twice) => (twice === '' ? hole(fileVariable) : '%s'));
	const line =
		typeof command === 'string'
			? quoteHoles(put(marked(command), valueOrHole))
			: ['exec', ...command.map(word => wordInLine(put(marked(word))))].join(' ');
	return ['/bin/sh', '-c', line];
}

/** The runner sets it: src/host/pool.sh. */
const fileVariable = 'HSCTL_FILE';

/** Nothing of it means anything to a shell but the file. */
const wordInLine = (word: string): string =>
	word === ''
		? "''"
		: word
				.split(hole(fileVariable))
				.map(part => (part === '' ? '' : quote(part)))
				.join(`"$${fileVariable}"`);
