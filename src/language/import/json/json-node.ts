import type { Place } from '../note.ts';

/** A value of a JSON file, with its place. */
export type JsonNode =
	| { readonly kind: 'text'; readonly at: Place; readonly text: string }
	/** Digits as they are written: `1.10` is not `1.1`. */
	| { readonly kind: 'number'; readonly at: Place; readonly text: string }
	| { readonly kind: 'flag'; readonly at: Place; readonly isTrue: boolean }
	| { readonly kind: 'none'; readonly at: Place }
	| { readonly kind: 'list'; readonly at: Place; readonly items: readonly JsonNode[] }
	| JsonMap;

export interface JsonMap {
	readonly kind: 'map';
	readonly at: Place;
	readonly entries: ReadonlyMap<string, JsonEntry>;
}

export interface JsonEntry {
	/** The place of the key. */
	readonly at: Place;
	readonly value: JsonNode;
}

/** How people are told what a value is. */
export const kindWords: Readonly<Record<JsonNode['kind'], string>> = {
	text: 'text',
	number: 'a number',
	flag: 'true or false',
	none: 'null',
	list: 'a list',
	map: 'a map',
};

/** Whether nothing is lost with it: null, no text, nothing in a list or map. */
export function isNothing(node: JsonNode): boolean {
	if (node.kind === 'text') return node.text === '';
	if (node.kind === 'list') return node.items.length === 0;
	return node.kind === 'none' || (node.kind === 'map' && node.entries.size === 0);
}
