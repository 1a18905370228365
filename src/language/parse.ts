import type { Alias, Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Diagnostic, Span } from '../model/diagnostic.ts';
import type { DiagnosticCode } from '../model/diagnostic-code.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { atMost } from './problem-list.ts';
import type { SourceText } from './source.ts';
import { deepest, readDocument } from './yaml-document.ts';

/** From the outside in: keys of maps, and indexes (from 0) of lists. */
export type Path = readonly (string | number)[];

/** A YAML document as plain values, with the place of each. Knows YAML, and nothing of the language. */
export interface Parsed {
	/**
	 * Maps are objects without a prototype, lists are arrays, the rest is text, number, boolean or null. Keys that start with
	 * `x-` are left out at every level. Aliases share one value: never write to it.
	 */
	readonly value: unknown;
	readonly source: SourceText;
	/** Every key that was left out because it starts with `x-`. */
	readonly ignored: readonly IgnoredKey[];
	/** The place of the value (or of the key that leads to it). Where there is nothing: the nearest thing around it. */
	at(path: Path, what?: 'key' | 'value'): Span;
	/** A scalar as it is written, quotes included, so that a hint can say `write "1.10"`; undefined for maps and lists. */
	scalarSource(path: Path): string | undefined;
	/** The keys of a map in the order of the file, which an object does not keep for keys such as `10`. */
	keys(path: Path): readonly string[];
}

export interface IgnoredKey {
	readonly path: Path;
	readonly at: Span;
}

/** Reads YAML 1.2 (core) strictly: one document, unique keys, no merge keys, no custom tags, bounded aliases and depth. */
export function parseYaml(source: SourceText): Result<Parsed> {
	const document = readDocument(source);
	if (!document.ok) return document;
	const reading: Reading = {
		source,
		problems: [],
		anchors: new Map(),
		targets: new Map(),
		ignored: [],
		path: [],
		nodes: 0,
		expanded: 0,
		height: 0,
	};
	const root = document.value.contents;
	const value = root === null ? null : readNode(root, reading);
	if (reading.problems.length > 0) return fail(atMost(100, reading.problems));
	return ok(parsed(value, document.value, reading));
}

interface Reading {
	readonly source: SourceText;
	readonly problems: Diagnostic[];
	/** What each anchor stands for, once it has been read to its end. An alias means the latest anchor of its name. */
	readonly anchors: Map<string, Anchored>;
	readonly targets: Map<Alias, Node>;
	readonly ignored: IgnoredKey[];
	/** Where the reading is. */
	readonly path: (string | number)[];
	/** Values so far, those behind aliases counted again for each alias. */
	nodes: number;
	/** Of those, the ones behind aliases. */
	expanded: number;
	/** Levels of nesting inside of the node that was read last: 0 for a scalar. */
	height: number;
}

interface Anchored {
	readonly node: Node;
	readonly value: unknown;
	readonly nodes: number;
	readonly height: number;
}

/** Values that aliases may add. The values are shared, so this bounds the time of whoever walks them, not the memory. */
const mostExpanded = 100_000;

// Recursion is safe here: readDocument has refused what nests deeper than `deepest`, and aliases are not followed but shared.
function readNode(node: Node, reading: Reading): unknown {
	if (isAlias(node)) return readAlias(node, reading);
	checkTag(node, reading);
	const anchor = 'anchor' in node ? node.anchor : undefined;
	const before = reading.nodes;
	reading.nodes++;
	// While it is being read the name means nothing, so that a value cannot hold itself.
	if (anchor !== undefined) reading.anchors.delete(anchor);
	const value = readContent(node, reading);
	if (anchor !== undefined) {
		reading.anchors.set(anchor, { node, value, nodes: reading.nodes - before, height: reading.height });
	}
	return value;
}

function readContent(node: Node, reading: Reading): unknown {
	if (isMap(node)) return readMap(node, reading);
	if (isSeq(node)) return readList(node, reading);
	reading.height = 0;
	if (!isScalar(node)) return null;
	if (typeof node.value === 'string' && node.value.includes('\0'))
		return report(
			node,
			'HS1004',
			'the escape `\\0` puts a NUL into this text',
			'remove it: no file name, command or variable of a host can hold one',
			reading,
		);
	return node.value;
}

function readList(list: YAMLSeq, reading: Reading): readonly unknown[] {
	const values: unknown[] = [];
	let height = 0;
	for (const [index, item] of list.items.entries()) {
		reading.path.push(index);
		values.push(readNode(asNode(item), reading));
		reading.path.pop();
		height = Math.max(height, reading.height);
	}
	reading.height = height + 1;
	return values;
}

function readMap(map: YAMLMap, reading: Reading): object {
	// Without a prototype no key can mean anything but itself.
	const values: Record<string, unknown> = Object.create(null);
	const first = new Map<string, Node>();
	let height = 0;
	for (const pair of map.items) {
		const key = readKey(pair, first, reading);
		reading.path.push(key ?? '');
		const value = pair.value === null ? null : readNode(asNode(pair.value), reading);
		height = Math.max(height, pair.value === null ? 0 : reading.height);
		if (key?.startsWith('x-'))
			reading.ignored.push({ path: [...reading.path], at: spanOf(asNode(pair.key), reading.source) });
		else if (key !== undefined) values[key] = value;
		reading.path.pop();
	}
	reading.height = height + 1;
	return values;
}

const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** The key as it is written, whatever YAML would make of it: the host `1.10` is not the host `1.1`. */
function readKey(pair: Pair, first: Map<string, Node>, reading: Reading): string | undefined {
	const node = asNode(pair.key);
	const problem = (code: DiagnosticCode, message: string, hint: string): undefined =>
		report(node, code, message, hint, reading);
	if (!isScalar(node) || (node.source === '' && node.type === 'PLAIN')) {
		return problem('HS1015', 'the key here is not a plain word', 'write a name, a colon, a space and the value');
	}
	checkTag(node, reading);
	const key = keyText(node);
	if (key === '<<' && node.type === 'PLAIN') {
		return problem(
			'HS1007',
			'merge keys (<<) are not understood',
			'write the keys out; an alias (*name) as a whole value is fine',
		);
	}
	if (forbiddenKeys.has(key)) return problem('HS1011', `\`${key}\` cannot be a key`, 'choose another name');
	const twin = first.get(key);
	if (twin) {
		const line = spanOf(twin, reading.source).line;
		return problem(
			'HS1006',
			`the key \`${shown(key)}\` is here twice; the first one is in line ${line}`,
			'rename or remove one of the two',
		);
	}
	first.set(key, node);
	return key;
}

const keyText = (node: Scalar): string => node.source ?? String(node.value);

function readAlias(alias: Alias, reading: Reading): unknown {
	const anchored = reading.anchors.get(alias.source);
	reading.height = 0;
	if (anchored === undefined) {
		const hint = 'put the anchor (&name) before its alias (*name), and not around it';
		return report(alias, 'HS1005', `there is no anchor \`&${shown(alias.source)}\` above this alias`, hint, reading);
	}
	reading.nodes += anchored.nodes;
	reading.expanded += anchored.nodes;
	reading.height = anchored.height;
	reading.targets.set(alias, anchored.node);
	if (reading.path.length + anchored.height > deepest)
		return reportOnce(alias, 'HS1010', 'the aliases nest too deeply', reading);
	if (reading.expanded > mostExpanded)
		return reportOnce(alias, 'HS1009', 'the aliases multiply into too many values', reading);
	return anchored.value;
}

/** The tags of the core schema, which only say what a value is anyway; `!!str 1.10` is a way to write text. */
const coreTags: ReadonlySet<string> = new Set(
	['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map(name => `tag:yaml.org,2002:${name}`),
);

function checkTag(node: Node, reading: Reading): void {
	if (isAlias(node) || node.tag === undefined || coreTags.has(node.tag)) return;
	const hint = 'remove the tag; put text that looks like something else in quotes';
	report(
		node,
		'HS1008',
		`the tag \`${shown(tagAsWritten(node.tag))}\` is not understood: a playbook is data`,
		hint,
		reading,
	);
}

const tagAsWritten = (tag: string): string => tag.replace(/^tag:yaml\.org,2002:/, '!!');

/** Names of somebody else's making are shown up to a length that fits on a line. */
const shown = (name: string): string => (name.length > 60 ? `${name.slice(0, 57)}…` : name);

function report(node: Node, code: DiagnosticCode, message: string, hint: string, reading: Reading): undefined {
	reading.problems.push({ severity: 'error', code, message, at: spanOf(node, reading.source), hint });
}

/** For what would be reported again at each of thousands of aliases. */
function reportOnce(node: Node, code: DiagnosticCode, message: string, reading: Reading): undefined {
	if (reading.problems.some(problem => problem.code === code)) return;
	report(node, code, message, 'write the values out', reading);
}

/** Items and keys of a document that was read from text are always nodes; the library's type allows for others. */
function asNode(item: unknown): Node {
	return item as Node;
}

function spanOf(node: Node, source: SourceText): Span {
	const [start, end] = node.range ?? [0, 0];
	return source.span(start, end);
}

function parsed(value: unknown, document: Document, { source, targets, ignored }: Reading): Parsed {
	const pairs = new Map<YAMLMap, ReadonlyMap<string, Pair>>();
	const pairsOf = (map: YAMLMap): ReadonlyMap<string, Pair> => {
		const known = pairs.get(map) ?? new Map(map.items.map(pair => [keyText(pair.key as Scalar), pair]));
		pairs.set(map, known);
		return known;
	};
	const resolved = (node: Node | null): Node | null =>
		node !== null && isAlias(node) ? (targets.get(node) ?? node) : node;

	/** As far along the path as the document goes. */
	const find = (path: Path): Found => {
		let found: Found = { key: undefined, value: resolved(document.contents), complete: true };
		for (const step of path) {
			const next = stepInto(found.value, step);
			if (next === undefined) return { ...found, complete: false };
			found = next;
		}
		return found;
	};
	const stepInto = (node: Node | null, step: string | number): Found | undefined => {
		if (isSeq(node)) {
			const item = node.items[Number(step)];
			return item === undefined ? undefined : { key: undefined, value: resolved(asNode(item)), complete: true };
		}
		if (!isMap(node)) return undefined;
		const pair = pairsOf(node).get(String(step));
		if (pair === undefined) return undefined;
		return { key: asNode(pair.key), value: resolved(pair.value === null ? null : asNode(pair.value)), complete: true };
	};
	return {
		value,
		source,
		ignored,
		at(path, what = 'value') {
			const { key, value: node, complete } = find(path);
			// What is missing is missed at the key around it; a value of no length is better shown by its key.
			const wanted = what === 'key' || !complete || isEmpty(node) ? (key ?? node) : node;
			return wanted === null ? source.span(0, 0) : spanOf(wanted, source);
		},
		scalarSource(path) {
			const { value: node, complete } = find(path);
			if (!complete || !isScalar(node) || !node.range) return undefined;
			return source.text.slice(node.range[0], node.range[1]);
		},
		keys(path) {
			const { value: node, complete } = find(path);
			if (!complete || !isMap(node)) return [];
			return [...pairsOf(node).keys()].filter(key => !key.startsWith('x-'));
		},
	};
}

interface Found {
	readonly key: Node | undefined;
	readonly value: Node | null;
	/** Whether the whole path was there. */
	readonly complete: boolean;
}

const isEmpty = (node: Node | null): boolean => node === null || !node.range || node.range[0] === node.range[1];
