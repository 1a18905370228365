import type { Diagnostic, Span } from '../model/diagnostic.ts';
import type { DiagnosticCode } from '../model/diagnostic-code.ts';
import { fail, ok, type Result } from '../model/result.ts';

/** The text of one input file, known to be UTF-8 without control characters. */
export interface SourceText {
	/** As the person named it. */
	readonly file: string;
	/** Without a byte order mark. Offsets count UTF-16 units of this text. */
	readonly text: string;
	/** The place between two offsets. `endOffset` is exclusive; offsets outside of the text are moved to its ends. */
	span(startOffset: number, endOffset: number): Span;
}

/** Bytes. Two and a half times a playbook of 10,000 hotfixes. */
export const sourceLimit = 4 * 1024 * 1024;

/** Turns bytes into text, or says what is wrong with them: size, encoding, control characters. */
export function checkSource(bytes: Uint8Array, file: string): Result<SourceText> {
	if (bytes.length > sourceLimit) return fail([tooLarge(bytes.length, file)]);
	if (looksLikeUtf16(bytes)) return fail([utf16(file)]);
	const text = decoded(bytes);
	if (text === undefined) return fail([invalidByte(bytes, file)]);
	const source = sourceText(text, file);
	const problems = controlCharacters(source);
	return problems.length > 0 ? fail(problems) : ok(source);
}

/** For text that is made here and not read from a file: the inline inventory of a test, an ad-hoc playbook. */
export function sourceText(text: string, file: string): SourceText {
	let starts: readonly number[] | undefined;
	const span = (startOffset: number, endOffset: number): Span => {
		starts ??= lineStarts(text);
		const start = Math.min(Math.max(startOffset, 0), text.length);
		const end = Math.min(Math.max(endOffset, start), text.length);
		const line = lineOf(starts, start);
		const endLine = lineOf(starts, end);
		return {
			file,
			line,
			column: start - (starts[line - 1] ?? 0) + 1,
			endLine,
			endColumn: end - (starts[endLine - 1] ?? 0) + 1,
			sourceLine: text.slice(starts[line - 1], starts[line] ?? text.length).replace(/\r?\n$/, ''),
		};
	};
	return { file, text, span };
}

function lineStarts(text: string): readonly number[] {
	const starts = [0];
	for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
	return starts;
}

/** The line that holds the offset, counting from 1. */
function lineOf(starts: readonly number[], offset: number): number {
	let low = 0;
	let high = starts.length;
	while (high - low > 1) {
		const middle = (low + high) >> 1;
		if ((starts[middle] ?? 0) <= offset) low = middle;
		else high = middle;
	}
	return low + 1;
}

export function tooLarge(size: number, file: string): Diagnostic {
	const mebibytes = (size / 1024 / 1024).toFixed(1);
	return {
		severity: 'error',
		code: 'HS1002',
		message: `${file} is too large: it has ${mebibytes} MiB, and the limit is ${sourceLimit / 1024 / 1024} MiB`,
		hint: 'check that this is the file you meant, or split the playbook',
	};
}

/** The byte order marks of UTF-16, and what UTF-16 text looks like without one: its first character is ASCII. */
const looksLikeUtf16 = (bytes: Uint8Array): boolean =>
	(bytes[0] === 0xff && bytes[1] === 0xfe) ||
	(bytes[0] === 0xfe && bytes[1] === 0xff) ||
	(bytes.length > 3 && (bytes[0] === 0) !== (bytes[1] === 0) && (bytes[2] === 0) !== (bytes[3] === 0));

const utf16 = (file: string): Diagnostic => ({
	severity: 'error',
	code: 'HS1003',
	message: 'the file is written in UTF-16',
	at: sourceText('', file).span(0, 0),
	hint: 'save the file as UTF-8, for example with `iconv -f UTF-16 -t UTF-8`',
});

/** The text without its byte order mark; undefined when the bytes are not UTF-8. `cut`: the last character may be incomplete. */
function decoded(bytes: Uint8Array, cut = false): string | undefined {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: cut });
	} catch {
		return undefined;
	}
}

function invalidByte(bytes: Uint8Array, file: string): Diagnostic {
	const offset = validPrefix(bytes);
	const before = new TextDecoder().decode(bytes.subarray(0, offset));
	const whole = sourceText(new TextDecoder().decode(bytes), file);
	const hex = (bytes[offset] ?? 0).toString(16).padStart(2, '0');
	return {
		severity: 'error',
		code: 'HS1003',
		message: `the byte 0x${hex} at position ${offset} is not UTF-8`,
		at: whole.span(before.length, before.length + 1),
		hint: 'save the file as UTF-8; from Latin-1, `iconv -f ISO-8859-1 -t UTF-8` converts it',
	};
}

/** How many bytes from the start are UTF-8: halving, because the decoder says only whether, not where. */
function validPrefix(bytes: Uint8Array): number {
	let good = 0;
	let bad = bytes.length;
	while (bad - good > 1) {
		const middle = (good + bad) >> 1;
		if (decoded(bytes.subarray(0, middle), true) !== undefined) good = middle;
		else bad = middle;
	}
	// A character may have begun before the byte that made it invalid; the place is where it began.
	while (good > 0 && decoded(bytes.subarray(0, good)) === undefined) good--;
	return good;
}

// YAML 1.2 §5.1 allows none of these. A lone carriage return is a line end to some readers and none to others, and the
// characters that turn the reading direction let a line say something else than it shows: both are refused with them.
const refusedCharacter =
	/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\r(?!\n)/g;

const mostControlCharacters = 20;

function controlCharacters(source: SourceText): readonly Diagnostic[] {
	const problems: Diagnostic[] = [];
	for (const found of source.text.matchAll(refusedCharacter)) {
		problems.push(controlCharacter(source, found[0], found.index));
		if (problems.length === mostControlCharacters) break;
	}
	return problems;
}

function controlCharacter(source: SourceText, character: string, offset: number): Diagnostic {
	const code: DiagnosticCode = 'HS1004';
	const number = `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
	return {
		severity: 'error',
		code,
		message: `there is ${characterName(character)} (${number}) here, which is not allowed`,
		at: source.span(offset, offset + 1),
		hint: 'remove it; in double quotes it can be written as an escape such as "\\x07"',
	};
}

function characterName(character: string): string {
	if (character === '\0') return 'a NUL character';
	if (character === '\r') return 'a carriage return without a line feed';
	if (character >= '\u202a' && character <= '\u2069')
		return 'an invisible character that changes the reading direction';
	return 'a control character';
}
