import type { Diagnostic } from '../../../model/diagnostic.ts';
import { fail, ok, type Result } from '../../../model/result.ts';
import type { SourceText } from '../../source.ts';
import type { Note, Place } from '../note.ts';
import type { JsonEntry, JsonNode } from './json-node.ts';

/**
 * Reads JSON with the place of each value. Of a key that is there twice the last one counts, as for every reader of JSON; that is
 * said in `notes`.
 */
export function readJson(source: SourceText, notes: Note[]): Result<JsonNode> {
	const reading: Reading = { source, text: source.text, notes, offset: 0, line: 1, depth: 0 };
	const value = readValue(reading);
	if (isProblem(value)) return fail([value]);
	skipBlanks(reading);
	if (reading.offset < source.text.length)
		return fail([
			wrong('there is something behind the end of the value', 'one file is one value: remove the rest', reading),
		]);
	return ok(value);
}

interface Reading {
	readonly source: SourceText;
	readonly text: string;
	readonly notes: Note[];
	offset: number;
	/** Counted along: to look for it anew at each value would take the length of a long line each time. */
	line: number;
	depth: number;
}

type Read<Value> = Value | Diagnostic;

const isProblem = (read: object): read is Diagnostic => 'severity' in read;

/** No file of the tools nests a tenth as deep. */
const deepest = 100;

function readValue(reading: Reading): Read<JsonNode> {
	skipBlanks(reading);
	const first = reading.text[reading.offset];
	if (first === '{' || first === '[') {
		if (reading.depth >= deepest)
			return wrong(`lists and maps are nested more than ${deepest} levels deep here`, 'check the brackets', reading);
		reading.depth += 1;
		const value = first === '{' ? readMap(reading) : readList(reading);
		reading.depth -= 1;
		return value;
	}
	const at = placeOf(reading);
	if (first === '"') {
		const text = readText(reading);
		return typeof text === 'string' ? { kind: 'text', at, text } : text;
	}
	return readWord(at, reading);
}

const blank = /[ \t\r\n]*/y;

function skipBlanks(reading: Reading): void {
	blank.lastIndex = reading.offset;
	for (const mark of blank.exec(reading.text)?.[0] ?? '') if (mark === '\n') reading.line += 1;
	reading.offset = blank.lastIndex;
}

function readList(reading: Reading): Read<JsonNode> {
	const at = placeOf(reading);
	const items: JsonNode[] = [];
	reading.offset += 1;
	for (;;) {
		const end = endOf(']', items.length > 0, reading);
		if (end === 'end') return { kind: 'list', at, items };
		if (end !== undefined) return end;
		const item = readValue(reading);
		if (isProblem(item)) return item;
		items.push(item);
	}
}

function readMap(reading: Reading): Read<JsonNode> {
	const at = placeOf(reading);
	const entries = new Map<string, JsonEntry>();
	reading.offset += 1;
	for (;;) {
		const end = endOf('}', entries.size > 0, reading);
		if (end === 'end') return { kind: 'map', at, entries };
		if (end !== undefined) return end;
		const problem = readEntry(entries, reading);
		if (problem !== undefined) return problem;
	}
}

function readEntry(entries: Map<string, JsonEntry>, reading: Reading): Diagnostic | undefined {
	skipBlanks(reading);
	const at = placeOf(reading);
	if (reading.text[reading.offset] !== '"') return wrong('a key is missing here', 'write it in double quotes', reading);
	const key = readText(reading);
	if (typeof key !== 'string') return key;
	skipBlanks(reading);
	if (reading.text[reading.offset] !== ':')
		return wrong('a colon is missing here', 'write a colon between the key and its value', reading);
	reading.offset += 1;
	const value = readValue(reading);
	if (isProblem(value)) return value;
	const twin = entries.get(key);
	if (twin !== undefined)
		reading.notes.push({
			at: twin.at,
			subject: `\`${key.slice(0, 80)}\``,
			reason: `is passed over: line ${at.line} says it again, and the last one counts`,
			cure: 'see that this is what was meant',
		});
	entries.delete(key);
	entries.set(key, { at, value });
	return undefined;
}

/** Passes over the comma in front of the next value, or over the closing bracket. */
function endOf(bracket: ']' | '}', isBehindValue: boolean, reading: Reading): 'end' | Diagnostic | undefined {
	skipBlanks(reading);
	const mark = reading.text[reading.offset];
	if (mark === bracket) {
		reading.offset += 1;
		return 'end';
	}
	if (!isBehindValue) return undefined;
	if (mark !== ',') {
		const hint = `write a comma in front of the next one, or \`${bracket}\` where nothing follows`;
		return wrong(`a comma or \`${bracket}\` is missing here`, hint, reading);
	}
	const comma = reading.offset;
	reading.offset += 1;
	skipBlanks(reading);
	return reading.text[reading.offset] === bracket
		? wrong('nothing follows this comma', 'remove the comma', { ...reading, offset: comma })
		: undefined;
}

/** From quote to quote, looked through by hand: an expression would need room for each character of a long text. */
function readText(reading: Reading): Read<string> {
	const { text, offset: start } = reading;
	let end = start + 1;
	while (end < text.length && text[end] !== '"' && text[end] !== '\n') end += text[end] === '\\' ? 2 : 1;
	if (text[end] !== '"') return wrong('a quote is opened here and not closed', 'close it on the same line', reading);
	const value = textOfQuoted(text.slice(start, end + 1));
	if (value === undefined)
		return wrong(
			'there is a tab in this text, or an escape that JSON does not have',
			'write a tab as `\\t`, and a backslash as two of them',
			reading,
		);
	reading.offset = end + 1;
	return value;
}

function textOfQuoted(quoted: string): string | undefined {
	try {
		const value: unknown = JSON.parse(quoted);
		return typeof value === 'string' ? value : undefined;
	} catch {
		return undefined;
	}
}

const word = /-?[A-Za-z0-9.+-]*/y;
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

function readWord(at: Place, reading: Reading): Read<JsonNode> {
	word.lastIndex = reading.offset;
	const text = word.exec(reading.text)?.[0] ?? '';
	const node = nodeOfWord(text, at);
	if (node === undefined)
		return text === ''
			? wrong('a value is missing here', 'write text in double quotes, a number, true, false or null', reading)
			: wrong(`\`${text.slice(0, 60)}\` is no value`, 'text goes in double quotes', reading);
	reading.offset += text.length;
	return node;
}

function nodeOfWord(text: string, at: Place): JsonNode | undefined {
	if (text === 'true' || text === 'false') return { kind: 'flag', at, isTrue: text === 'true' };
	if (text === 'null') return { kind: 'none', at };
	return number.test(text) ? { kind: 'number', at, text } : undefined;
}

const placeOf = ({ source, line }: Reading): Place => ({ file: source.file, line });

const wrong = (message: string, hint: string, { source, offset }: Reading): Diagnostic => ({
	severity: 'error',
	code: 'HS1905',
	message,
	at: source.span(offset, offset + 1),
	hint,
});
