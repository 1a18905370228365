import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import type { Diagnostic } from '../../../model/diagnostic.ts';
import { fail, ok, type Result } from '../../../model/result.ts';
import type { SourceText } from '../../source.ts';
import { readDocument } from '../../yaml-document.ts';
import type { Note, Place } from '../note.ts';

/**
 * YAML as Ansible takes it: merge keys, tags, a key twice (the last one wins). Scalars are the text that is written: what YAML 1.1
 * would make of `yes` or `0644` is not asked.
 */
export type LooseNode =
	| { readonly kind: 'text'; readonly at: Place; readonly text: string; readonly isUnsafe: boolean }
	| { readonly kind: 'none' | 'list' | 'encrypted'; readonly at: Place }
	| { readonly kind: 'tagged'; readonly at: Place; readonly tag: string }
	| { readonly kind: 'map'; readonly at: Place; readonly entries: ReadonlyMap<string, LooseEntry> };

export interface LooseEntry {
	/** The place of the key. */
	readonly at: Place;
	readonly value: LooseNode;
}

/** `undefined`: there is nothing in the file. What is passed over goes to `notes`. */
export function readLooseYaml(source: SourceText, notes: Note[]): Result<LooseNode | undefined> {
	const document = readDocument(source);
	if (!document.ok) return document.error[0]?.code === 'HS1012' ? ok(undefined) : document;
	const reading: Reading = { source, notes, problems: [], anchors: new Map(), merged: 0 };
	const root = document.value.contents;
	const value = root === null ? undefined : nodeOf(root, reading);
	return reading.problems.length > 0 ? fail(reading.problems.slice(0, 20)) : ok(value);
}

interface Reading {
	readonly source: SourceText;
	readonly notes: Note[];
	readonly problems: Diagnostic[];
	/** What each anchor stands for, once it has been read to its end; aliases share it. */
	readonly anchors: Map<string, LooseNode>;
	/** Entries that merge keys have brought in. */
	merged: number;
}

// Recursion is safe here: readDocument has refused what nests deeply, and aliases are not followed but shared.
function nodeOf(node: Node, reading: Reading): LooseNode {
	const at = placeOf(node, reading);
	if (isAlias(node)) {
		const known = reading.anchors.get(node.source);
		if (known !== undefined) return known;
		const hint = 'put the anchor (&name) before its alias (*name), and not around it';
		report('HS1005', 'there is no anchor of that name above this alias', hint, node, reading);
		return { kind: 'none', at };
	}
	const value = contentOf(node, at, reading);
	if ('anchor' in node && node.anchor !== undefined) reading.anchors.set(node.anchor, value);
	return value;
}

function contentOf(node: Node, at: Place, reading: Reading): LooseNode {
	const tag = isAlias(node) ? undefined : node.tag;
	if (tag === '!vault' || tag === '!vault-encrypted') return { kind: 'encrypted', at };
	if (isSeq(node)) return { kind: 'list', at };
	if (isMap(node)) return mapOf(node, at, reading);
	if (!isScalar(node)) return { kind: 'none', at };
	if (tag !== undefined && tag !== '!unsafe' && !tag.startsWith('tag:yaml.org,2002:'))
		return { kind: 'tagged', at, tag };
	const text = textOf(node);
	const isNone = node.type === 'PLAIN' && tag === undefined && /^(?:~|null|Null|NULL|)$/.test(text);
	return isNone ? { kind: 'none', at } : { kind: 'text', at, text, isUnsafe: tag === '!unsafe' };
}

const textOf = (node: Scalar): string => (node.type === 'PLAIN' ? (node.source ?? '') : String(node.value));

function placeOf(node: Node, { source }: Reading): Place {
	return { file: source.file, line: source.span(node.range?.[0] ?? 0, node.range?.[0] ?? 0).line };
}

function report(
	code: Diagnostic['code'],
	message: string,
	hint: string,
	node: Node,
	{ source, problems }: Reading,
): void {
	const [start, end] = node.range ?? [0, 0];
	problems.push({ severity: 'error', code, message, at: source.span(start, end), hint });
}

function mapOf(map: YAMLMap, at: Place, reading: Reading): LooseNode {
	const entries = new Map<string, LooseEntry>();
	const merged = new Map<string, LooseEntry>();
	for (const pair of map.items) readPair(pair, { entries, merged }, reading);
	// What is written out wins over what is merged in, wherever the merge key stands.
	for (const [key, entry] of merged) if (!entries.has(key)) entries.set(key, entry);
	return { kind: 'map', at, entries };
}

type Entries = Map<string, LooseEntry>;

function readPair(
	{ key: keyNode, value: valueNode }: Pair,
	{ entries, merged }: { readonly entries: Entries; readonly merged: Entries },
	reading: Reading,
): void {
	const node = asNode(keyNode);
	if (!isScalar(node)) {
		report('HS1015', 'the key here is not a plain word', 'write a name, a colon, a space and the value', node, reading);
		return;
	}
	const at = placeOf(node, reading);
	const key = textOf(node);
	if (key === '<<' && node.type === 'PLAIN') {
		merge(asNode(valueNode), merged, reading);
		return;
	}
	const value: LooseNode = valueNode === null ? { kind: 'none', at } : nodeOf(asNode(valueNode), reading);
	const first = entries.get(key);
	if (first !== undefined)
		reading.notes.push({
			at: first.at,
			subject: `\`${key}\``,
			reason: `is passed over: line ${at.line} says it again, and Ansible takes the last one`,
			cure: 'see that this is what was meant',
		});
	entries.delete(key);
	entries.set(key, { at, value });
}

/** `<<: *one` or `<<: [*one, *other]`; of several the first one wins. */
function merge(node: Node, merged: Entries, reading: Reading): void {
	const sources = isSeq(node) ? node.items.map(asNode) : [node];
	for (const source of sources) {
		const from = nodeOf(source, reading);
		if (from.kind !== 'map') {
			report('HS1005', 'a merge key (<<) takes a map', 'give it an alias of a map', source, reading);
			continue;
		}
		reading.merged += from.entries.size;
		if (reading.merged > mostMerged) {
			if (!reading.problems.some(({ code }) => code === 'HS1009'))
				report('HS1009', 'the merge keys multiply into too many values', 'write the values out', source, reading);
			return;
		}
		for (const [key, entry] of from.entries) if (!merged.has(key)) merged.set(key, entry);
	}
}

const mostMerged = 200_000;

/** Items and keys of a document that was read from text are always nodes; the library's type allows for others. */
const asNode = (item: unknown): Node => item as Node;
