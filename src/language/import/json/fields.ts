import type { Note, Owner, Place } from '../note.ts';
import { isNothing, type JsonMap, type JsonNode, kindWords } from './json-node.ts';

/** Where a map stands, and whom its notes are about. */
export interface About {
	/** `targets[3].version_check`; empty for the outermost one. */
	readonly path: string;
	readonly notes: Note[];
	readonly owner?: Owner;
}

/**
 * The fields of one map. Each is asked for by name; `rest` makes a note of every one that nobody has asked for, here and in all
 * maps below, so that nothing is dropped in silence.
 */
export class Fields {
	readonly at: Place;
	readonly #map: JsonMap;
	readonly #taken = new Set<string>();
	/** What has been asked for below: each map once, however often it is asked for. */
	readonly #inner = new Map<JsonMap, Fields>();
	#about: About;

	constructor(map: JsonMap, about: About) {
		this.at = map.at;
		this.#map = map;
		this.#about = about;
	}

	/** From here on, notes are about this unit, here and below. */
	set owner(owner: Owner) {
		this.#about = { ...this.#about, owner };
		for (const inner of this.#inner.values()) inner.owner = owner;
	}

	get keys(): readonly string[] {
		return [...this.#map.entries.keys()];
	}

	/** Whether there is anything in it. */
	has(key: string): boolean {
		return this.#node(key) !== undefined;
	}

	/** Without control characters, which no playbook takes, and with both halves of each character. */
	text(key: string): string | undefined {
		const node = this.#take(key);
		if (node === undefined) return undefined;
		if (node.kind === 'text') return this.#sound(node.text, key);
		return this.#otherKind(key, node, 'text');
	}

	/** Text where people write numbers, too: the digits as they stand there. */
	version(key: string): string | undefined {
		const node = this.#take(key);
		if (node?.kind !== 'number') return this.text(key);
		this.note(key, 'is a number there, and became text', undefined, 'harmless');
		return node.text;
	}

	flag(key: string): boolean | undefined {
		const node = this.#take(key);
		if (node === undefined) return undefined;
		return node.kind === 'flag' ? node.isTrue : this.#otherKind(key, node, 'true or false');
	}

	/** A whole number that is not negative. */
	amount(key: string): number | undefined {
		const node = this.#take(key);
		if (node === undefined) return undefined;
		if (node.kind === 'number' && /^\d{1,9}$/.test(node.text)) return Number(node.text);
		return this.#otherKind(key, node, 'a whole number');
	}

	/** Also one with nothing in it. */
	map(key: string): Fields | undefined {
		this.#taken.add(key);
		const node = this.#node(key);
		if (node === undefined || (node.kind !== 'map' && isNothing(node))) return undefined;
		if (node.kind !== 'map') return this.#otherKind(key, node, 'a map');
		return this.#open(node, this.pathOf(key));
	}

	/** The maps of a list. What else is in it is noted. */
	maps(key: string): readonly Fields[] {
		const path = this.pathOf(key);
		return this.#items(key).flatMap((item, index) => {
			if (item.kind === 'map') return [this.#open(item, `${path}[${index}]`)];
			this.#push(`${path}[${index}]`, item.at, `is ${kindWords[item.kind]}, not a map, and is left out`);
			return [];
		});
	}

	/** The texts of a list, with their numbers in it. */
	texts(key: string): readonly { readonly index: number; readonly text: string }[] {
		const path = this.pathOf(key);
		return this.#items(key).flatMap((item, index) => {
			const place = `${path}[${index}]`;
			if (item.kind !== 'text') {
				this.#push(place, item.at, `is ${kindWords[item.kind]}, not text, and is left out`);
				return [];
			}
			const text = this.#sound(item.text, place, item.at);
			return text === undefined || text === '' ? [] : [{ index, text }];
		});
	}

	/** The value is seen and does not go into the playbook, for this reason. Nothing is said where there is none. */
	leave(key: string, reason: string, cure?: string, weight: 'harmless' | 'matters' = 'harmless'): void {
		if (this.#take(key) !== undefined) this.note(key, reason, cure, weight);
	}

	/** Something to be said of a field, or of the whole map where the key is empty. `reason` and `cure` as in `Note`. */
	note(key: string, reason: string, cure?: string, weight: 'harmless' | 'matters' = 'matters'): void {
		const entry = this.#map.entries.get(/^\w+/.exec(key)?.[0] ?? '');
		this.#push(key === '' ? this.#about.path : this.pathOf(key), entry?.at ?? this.at, reason, cure, weight);
	}

	/** These are read elsewhere: nothing is to be said of them. */
	heed(...keys: readonly string[]): void {
		for (const key of keys) this.#taken.add(key);
	}

	/** Notes what nobody has asked for. */
	rest(): void {
		for (const [key, { value }] of this.#map.entries)
			if (!this.#taken.has(key) && !isNothing(value)) this.note(key, 'has no place in a playbook and is left out');
		for (const inner of this.#inner.values()) inner.rest();
	}

	/** `targets[3].id`, as people write it. */
	pathOf(key: string): string {
		const { path } = this.#about;
		const step = /^[\w$-]+(?:\[\d+\])*(?:\.[\w$-]+)*$/.test(key) ? key : JSON.stringify(key.slice(0, 60));
		return path === '' ? step : `${path}.${step}`;
	}

	#node(key: string): JsonNode | undefined {
		const value = this.#map.entries.get(key)?.value;
		return value === undefined || value.kind === 'none' ? undefined : value;
	}

	#take(key: string): JsonNode | undefined {
		this.#taken.add(key);
		const node = this.#node(key);
		return node === undefined || isNothing(node) ? undefined : node;
	}

	#items(key: string): readonly JsonNode[] {
		const node = this.#take(key);
		if (node === undefined) return [];
		if (node.kind === 'list') return node.items;
		this.#otherKind(key, node, 'a list');
		return [];
	}

	#open(map: JsonMap, path: string): Fields {
		const inner = this.#inner.get(map) ?? new Fields(map, { ...this.#about, path });
		this.#inner.set(map, inner);
		return inner;
	}

	#otherKind(key: string, node: JsonNode, wanted: string): undefined {
		this.note(key, `is ${kindWords[node.kind]}, not ${wanted}, and is left out`, 'see what was meant');
		return undefined;
	}

	#sound(text: string, key: string, at?: Place): string | undefined {
		if (text.isWellFormed() && !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(text)) return text;
		const reason = 'holds characters that no playbook takes, and is left out';
		if (at === undefined) this.note(key, reason, 'write it anew');
		else this.#push(key, at, reason, 'write it anew');
		return undefined;
	}

	#push(path: string, at: Place, reason: string, cure?: string, weight: 'harmless' | 'matters' = 'matters'): void {
		const { notes, owner } = this.#about;
		notes.push({
			at,
			subject: path === '' ? 'the file' : `\`${path.length > 120 ? `${path.slice(0, 119)}…` : path}\``,
			...(owner === undefined ? {} : { owner }),
			reason,
			...(cure === undefined ? {} : { cure }),
			...(weight === 'harmless' ? { isHarmless: true } : {}),
		});
	}
}
