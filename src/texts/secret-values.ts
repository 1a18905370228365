import type { Range } from './ranges.ts';
import { isSecretName, isSwitch, mayNameSecret } from './secret-name.ts';

/** What the lines after one with a secret name have to do with its value. */
export type Open =
	/** They belong to it up to and with the one that has this text in it. */
	| { readonly kind: 'until'; readonly text: string }
	/** They belong to it as long as they begin further right. `whole`: they are text, not names and values. */
	| { readonly kind: 'deeper'; readonly indent: number; readonly whole: boolean }
	/** They are in it until one begins with this bracket, no further right than the name. */
	| { readonly kind: 'bracket'; readonly closes: string; readonly indent: number }
	/** The next one goes on with it. */
	| { readonly kind: 'continued' }
	/** What the next one calls `value` is it. */
	| { readonly kind: 'named' };

export interface Values {
	readonly ranges: readonly Range[];
	readonly opens: Open | undefined;
}

/** The values in a line whose names say that they are secret. `named`: the line before has told such a name for a value here. */
export function secretValues(line: string, named: boolean): Values {
	if (!named && !mayNameSecret(line)) return { ranges: [], opens: undefined };
	const told = tellsName(line);
	const text = line.trimEnd().replaceAll(passesOn, name => '_'.repeat(name.length));
	const values: Value[] = [];
	for (const start of [...starts(text, named || told)].sort((a, b) => a.at - b.at))
		if (start.at >= (values.at(-1)?.end ?? 0)) values.push(readValue(text, start));
	const opens = values.findLast(value => value.opens !== undefined)?.opens;
	return { ranges: values.flatMap(({ ranges }) => ranges), opens: opens ?? (told ? { kind: 'named' } : undefined) };
}

/** Where nginx passes requests on to. */
const passesOn = /\b(?:fastcgi|grpc|memcached|proxy|scgi|uwsgi)_pass(?=[ \t]+[^\s=:])/g;

/** How many blanks (and dashes of a list) a line begins with. */
export const indentOf = (line: string): number => /^[\s-]*/.exec(line)?.[0].length ?? 0;

/** A line such as `- name: DB_PASSWORD` or `<add key="DbPassword" …`: what is called `value` there, or in the next line, is it. */
const tellsName = (line: string): boolean => [...line.matchAll(namesName)].some(([, name = '']) => isSecretName(name));

const namesName =
	/\b(?:name|key|id|var|variable|option|setting)["']?\s*[=:]\s*["']?([\w.-]{1,80})["']?(?=[\s,;/>}\])]|$)/gi;

/** Where a value begins, and what gave it its name. */
type Start =
	| { readonly kind: 'assigned' | 'word'; readonly at: number }
	/** Between `<tag>` and `</tag>`; a tag that is secret by its own name, not by an attribute, can go on in the next lines. */
	| { readonly kind: 'element'; readonly at: number; readonly closes: string; readonly own: boolean };

/** In no order, and some twice. */
const starts = (line: string, named: boolean): readonly Start[] => [
	...assignments(line, named),
	...words(line),
	...elements(line),
];

function* assignments(line: string, named: boolean): Generator<Start> {
	for (const { 0: sign, index } of line.matchAll(/[=:][=:>~]*[ \t]*/g)) {
		// A name is short: what stands further left is none.
		const told = nameBefore.exec(line.slice(Math.max(0, index - 80), index))?.[1] ?? '';
		// Of an address only the scheme stands in front of the colon.
		const name = line.startsWith('://', index) ? (/\S+$/.exec(told)?.[0] ?? '') : told;
		if (!isSecretName(name) && !(named && /^(?:value|content|default|data)$/i.test(name))) continue;
		yield { kind: /^[=:]\s*$/.test(sign) ? 'assigned' : 'word', at: index + sign.length };
	}
}

function* words(line: string): Generator<Start> {
	for (const pattern of [firstWord, option, beforeQuote, afterLogin, nextInList])
		for (const { 0: all, 1: name = '', index } of line.matchAll(pattern))
			if (isSecretName(name)) yield { kind: 'word', at: index + all.length };
	for (const { 0: all, index } of line.matchAll(/\bidentified\s+by\s+(?=\S)/gi))
		yield { kind: 'word', at: index + all.length };
}

function* elements(line: string): Generator<Start> {
	for (const { 0: all, 1: tag = '', 2: rest = '', index } of line.matchAll(/<([\p{L}_][\w.:-]*)([^<>]*)>/gu)) {
		const own = isSecretName(tag);
		if (rest.endsWith('/') || !(own || isSecretName(rest))) continue;
		yield { kind: 'element', at: index + all.length, closes: own ? `</${tag}` : '<', own };
	}
}

/** Up to three words, with quotes, brackets and the rest of a sign such as `+=` behind them. */
const nameBefore = /((?:[\p{L}\p{N}_.$-]+[ \t]+){0,2}[\p{L}\p{N}_.$-]+)[\\"'`)\]}*]*[ \t]*[+?:!.]*$/u;

/**
 * `name value` at the beginning of a line. In a comment more than one word is a sentence, not a value; and PAM has words of its
 * own behind `auth` and `password`.
 */
const firstWord =
	/^\s*(?:(?:[#;!*]+|\/\/+|--)[ \t]*(?=\S+[ \t]+(?:\S+|"[^"]*"|'[^']*')$))?(?:(?:export|set|setenv)[ \t]+)?["']?([\w.-]+)["']?[ \t]+(?![+?:!.]*[=:]|(?:required|requisite|sufficient|optional|include|substack)\b|\[[\w=\s]*\]\s)(?=\S)/g;

/** `--name value`. */
const option = /(?<=^|[\s"'])--?([\w-]+)[ \t]+(?=[^\s=:-])/g;

/** `name "value"`. */
const beforeQuote = /(?<![\w.-])([\w.-]+)[ \t]+(?=["'])/g;

/** `login somebody password value`. */
const afterLogin = /(?<=\b(?:login|user|username|account|machine)[ \t]+\S+[ \t]+)([\w-]+)[ \t]+(?=\S)/gi;

/** `'name', 'value'`. */
const nextInList = /["']([\w.-]+)["'][ \t]*,[ \t]*(?=["'])/g;

interface Value extends Values {
	/** Where the line can be read on. */
	readonly end: number;
}

/** What begins there, in a line without blanks at its end. */
function readValue(line: string, start: Start): Value {
	if (start.kind === 'element') return readElement(line, start);
	const text = line.slice(start.at);
	const quote = /^(?:"""|'''|["'`])/.exec(text)?.[0];
	return quote === undefined ? readBare(line, start.at, start.kind === 'assigned') : readQuoted(line, start.at, quote);
}

function readElement(line: string, { at, closes, own }: Start & { readonly kind: 'element' }): Value {
	const end = line.indexOf(closes, at);
	if (end < 0) return hide(at, line.length, own ? { kind: 'until', text: closes } : undefined);
	return isSwitch(line.slice(at, end).trim()) ? show(end) : hide(at, end);
}

function readQuoted(line: string, at: number, quote: string): Value {
	const from = at + quote.length;
	const to = closingQuote(line, from, quote);
	if (to === undefined) return hide(at, line.length, { kind: 'until', text: quote });
	const end = to + quote.length;
	// A quote that something is put together with is not all of the value.
	if (!endsValue.test(line.slice(end))) return hide(at, line.length);
	return isSwitch(line.slice(from, to)) ? show(end) : hide(from, to, undefined, end);
}

/** After a closing quote: the end, what divides values, an option or another name. */
const endsValue = /^\s*(?:$|[,;)\]}>/|&]|(?<=\s)(?:--?\w|[\w.-]+\s*[=:]))/;

function closingQuote(line: string, from: number, quote: string): number | undefined {
	for (let at = from; at < line.length; at += 1) {
		if (line[at] === '\\') at += 1;
		else if (line.startsWith(quote, at)) return at;
	}
	return undefined;
}

/** Without quotes nobody knows where a value ends: it is the rest of the line, and lines that are indented under it. */
function readBare(line: string, at: number, assigned: boolean): Value {
	const text = line.slice(at);
	const deeper = (whole: boolean): Open | undefined =>
		assigned ? { kind: 'deeper', indent: indentOf(line), whole } : undefined;
	if (text === '') return show(at, deeper(false));
	const closes = brackets.get(/^(?:\w+\s*)?([[{(])$/.exec(text)?.[1] ?? '');
	if (closes !== undefined) return show(line.length, { kind: 'bracket', closes, indent: indentOf(line) });
	const first = text.replace(/(?:[,;)\]}>/"'`]+|\s+(?:#|;|\/\/|\/\*|--|<!--).*)$/, '');
	if (isSwitch(first)) return show(at + first.length);
	if (text.endsWith('\\')) return hide(at, line.length, { kind: 'continued' });
	return hide(at, line.length, /[;,{([]$/.test(text) ? undefined : deeper(true));
}

const brackets: ReadonlyMap<string, string> = new Map([
	['[', ']'],
	['{', '}'],
	['(', ')'],
]);

const show = (end: number, opens?: Open): Value => ({ ranges: [], opens, end });

const hide = (from: number, to: number, opens?: Open, end = to): Value => ({
	ranges: from < to ? [{ from, to }] : [],
	opens,
	end,
});
