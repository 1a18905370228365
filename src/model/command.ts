/**
 * Shell text that only the `sh` tag can make. A bare string is not a Command and a Secret is not a word,
 * so the compiler refuses both where a Command is asked for.
 */
export class Command {
	readonly #text: string;

	private constructor(text: string) {
		this.#text = text;
	}

	/** The POSIX shell text. */
	get text(): string {
		return this.#text;
	}

	/** For the `sh` tag and for shell files that come with hsctl; nothing else may call it. */
	static trusted(text: string): Command {
		return new Command(text);
	}
}

/** What may stand in `${…}` of an `sh` template: values become quoted words, Commands are spliced in as they are. */
export type Word = string | number | Command | readonly string[];

/**
 * Makes a Command: every value arrives on the host byte for byte, whatever quotes, newlines or `$()` it holds.
 * A NUL cannot be said in shell text; it throws, because language checks refuse it long before.
 */
export function sh(parts: TemplateStringsArray, ...words: readonly Word[]): Command {
	const text = parts.raw.map((part, index) => part + (index < words.length ? quoteWord(words[index] ?? '') : ''));
	return Command.trusted(text.join(''));
}

/** Several commands after each other, a line each. */
export const joinCommands = (commands: readonly Command[]): Command =>
	Command.trusted(commands.map(command => command.text).join('\n'));

function quoteWord(word: Word): string {
	if (word instanceof Command) return word.text;
	if (typeof word === 'number') return String(word);
	if (typeof word === 'string') return quote(word);
	return word.map(quote).join(' ');
}

/** Single quotes keep everything literal in POSIX sh (XCU 2.2.2); a single quote itself has to leave them for a moment. */
export function quote(text: string): string {
	if (text.includes('\0')) throw new TypeError('a NUL cannot be passed through a shell');
	return /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
