import { quote } from '../../model/command.ts';
import type { PoolCommand } from '../../model/pool-work.ts';
import type { CommandText, Pool } from '../../model/unit.ts';

/** The commands of a pool as words, in the order in which a host runs them. */
export const commandsOf = (pool: Pool, fill: (command: CommandText) => CommandText): readonly PoolCommand[] => [
	...pool.files.flatMap(({ validate }, index): readonly PoolCommand[] =>
		validate === undefined ? [] : [{ kind: 'validate', file: index + 1, words: aboutFile(fill(validate)) }],
	),
	...(['validate', 'activate', 'check'] as const).flatMap(kind =>
		pool[kind].map((command): PoolCommand => ({ kind, file: 0, words: wordsOf(fill(command)) })),
	),
];

/** A line goes to the shell, words go to the program as they are. */
export const wordsOf = (command: CommandText): readonly string[] =>
	typeof command === 'string' ? ['/bin/sh', '-c', command] : command;

/** `%s` is the file: a word of its own or a part of one, whatever its path holds. */
function aboutFile(command: CommandText): readonly string[] {
	const line = typeof command === 'string' ? command : command.map(quoteAround).join(' ');
	return ['/bin/sh', '-c', typeof command === 'string' ? line.replaceAll('%s', file) : line];
}

const file = '"$HSCTL_FILE"';

const quoteAround = (word: string): string =>
	word
		.split('%s')
		.map(part => (part === '' ? '' : quote(part)))
		.join(file);

/** A command as people read it. */
export const shownCommand = ({ words }: PoolCommand): string =>
	words[0] === '/bin/sh' && words[1] === '-c' ? (words[2] ?? '').replaceAll(file, 'FILE') : words.join(' ');
