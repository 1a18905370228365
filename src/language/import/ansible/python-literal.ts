import type { AnsibleValue } from './tree.ts';

/**
 * What Ansible makes of the value in an INI file: a literal of Python where it is one, else the text as it stands. Numbers and
 * truth values stay as they are written: hsctl knows text only.
 */
export function readLiteral(text: string): AnsibleValue {
	const reading: Reading = { text, at: 0, depth: 0 };
	const value = readValue(reading);
	skipBlanks(reading);
	const rest = text.slice(reading.at);
	// 80,443 without brackets is a tuple to Python, and to everybody else what it looks like.
	if (value === undefined || !/^(?:#.*)?$/.test(rest)) return { kind: 'text', text, isUnsafe: false };
	return value;
}

interface Reading {
	readonly text: string;
	at: number;
	depth: number;
}

/** `undefined`: this is no literal. */
type Literal = AnsibleValue | undefined;

const deepest = 50;

function readValue(reading: Reading): Literal {
	skipBlanks(reading);
	const first = reading.text.charAt(reading.at);
	if (first === '[' || first === '(' || first === '{') return readBrackets(first, reading);
	return readString(reading) ?? readWord(reading);
}

function skipBlanks(reading: Reading): void {
	while (/[ \t]/.test(reading.text.charAt(reading.at))) reading.at += 1;
}

const closing = { '[': ']', '(': ')', '{': '}' } as const;

function readBrackets(open: '[' | '(' | '{', reading: Reading): Literal {
	if (reading.depth >= deepest) return undefined;
	reading.at += 1;
	reading.depth += 1;
	const items = readItems(open, reading);
	reading.depth -= 1;
	if (items === undefined) return undefined;
	if (open === '(' && items.count === 1 && !items.hasComma) return items.last;
	return { kind: open === '{' && (items.hasColon || items.count === 0) ? 'map' : 'list' };
}

interface Items {
	count: number;
	last: AnsibleValue | undefined;
	hasComma: boolean;
	hasColon: boolean;
}

function readItems(open: '[' | '(' | '{', reading: Reading): Items | undefined {
	const items: Items = { count: 0, last: undefined, hasComma: false, hasColon: false };
	while (!takes(closing[open], reading)) {
		if (items.count > 0 && !items.hasComma) return undefined;
		items.last = readValue(reading);
		if (items.last === undefined) return undefined;
		items.count += 1;
		if (open === '{' && takes(':', reading)) {
			items.hasColon = true;
			if (readValue(reading) === undefined) return undefined;
		}
		items.hasComma = takes(',', reading);
	}
	return items;
}

function takes(character: string, reading: Reading): boolean {
	skipBlanks(reading);
	if (reading.text.charAt(reading.at) !== character) return false;
	reading.at += 1;
	return true;
}

const number =
	/[+-]?(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|[1-9](?:_?\d)*|0+)(?![\w.])/y;

function readWord(reading: Reading): Literal {
	const word = /[A-Za-z]\w*/y;
	word.lastIndex = reading.at;
	const name = word.exec(reading.text)?.[0];
	if (name !== undefined) {
		reading.at += name.length;
		if (name === 'None') return { kind: 'none' };
		return name === 'True' || name === 'False' ? { kind: 'text', text: name, isUnsafe: false } : undefined;
	}
	number.lastIndex = reading.at;
	const digits = number.exec(reading.text)?.[0];
	if (digits === undefined) return undefined;
	reading.at += digits.length;
	return { kind: 'text', text: digits, isUnsafe: false };
}

/** One string, or several beside each other, which are one. */
function readString(reading: Reading): Literal {
	let text: string | undefined;
	for (let piece = readQuoted(reading); piece !== undefined; piece = readQuoted(reading)) {
		text = `${text ?? ''}${piece}`;
		skipBlanks(reading);
	}
	return text === undefined ? undefined : { kind: 'text', text, isUnsafe: false };
}

const quoted = /([uU]|[bB]?[rR]?|[rR][bB])("""|'''|"|')/y;

function readQuoted(reading: Reading): string | undefined {
	quoted.lastIndex = reading.at;
	const opened = quoted.exec(reading.text);
	if (opened === null) return undefined;
	const [whole, prefix = '', quote = ''] = opened;
	const start = reading.at + whole.length;
	let end = start;
	while (end < reading.text.length && !reading.text.startsWith(quote, end))
		end += reading.text.charAt(end) === '\\' ? 2 : 1;
	if (!reading.text.startsWith(quote, end)) return undefined;
	reading.at = end + quote.length;
	const content = reading.text.slice(start, end);
	return /r/i.test(prefix) ? content : unescaped(content);
}

const escapes: Readonly<Record<string, string>> = {
	'\\': '\\',
	"'": "'",
	'"': '"',
	a: '\x07',
	b: '\b',
	f: '\f',
	n: '\n',
	r: '\r',
	t: '\t',
	v: '\v',
};

/** An escape that Python does not know stays as it is. */
const unescaped = (text: string): string =>
	text.replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([0-7]{1,3})|(.))/g, (whole, x, u, octal, other) => {
		if (x !== undefined || u !== undefined) return String.fromCharCode(Number.parseInt(x ?? u, 16));
		if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
		return Object.hasOwn(escapes, other) ? (escapes[other] ?? whole) : whole;
	});
