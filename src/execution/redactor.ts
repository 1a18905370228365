/** Shorter values would hide half of any text; nobody could tell what they hide. */
export const shortestHidden = 4;

/**
 * Hides secrets in bytes that hosts print and in sentences of ours: as they are, line by line, in base64 at any alignment, in hex,
 * URL-encoded, and as JSON and the shell quote them.
 */
export class Redactor {
	readonly #masks: ReadonlyMap<string, string>;
	readonly #all: RegExp | undefined;
	readonly #longest: number;

	constructor(secrets: ReadonlyMap<string, string> = new Map()) {
		const patterns = [...secrets].flatMap(([name, value]) => shapesOf(value).map(bytes => ({ name, bytes })));
		const masks = new Map<string, string>();
		for (const { name, bytes } of patterns) if (!masks.has(bytes)) masks.set(bytes, `[secret ${name}]`);
		// Where one is the beginning of another, the longer one wins.
		const sorted = [...masks.keys()].sort((a, b) => b.length - a.length);
		this.#masks = masks;
		this.#all = sorted.length === 0 ? undefined : new RegExp(sorted.map(escapeRegExp).join('|'), 'g');
		this.#longest = sorted[0]?.length ?? 0;
	}

	get hidesNothing(): boolean {
		return this.#all === undefined;
	}

	/** A whole text. */
	text(text: string): string {
		if (this.#all === undefined) return text;
		return Buffer.from(this.#replace(toByteText(Buffer.from(text))), 'latin1').toString('utf8');
	}

	/** Whole bytes: nothing comes behind them. */
	bytes(bytes: Uint8Array): Uint8Array {
		return this.#all === undefined ? bytes : Buffer.from(this.#replace(toByteText(bytes)), 'latin1');
	}

	/** How many of these bytes can be shown now: what follows may be the beginning of a secret whose rest is still to come. */
	safeLength(bytes: Uint8Array): number {
		if (this.#all === undefined) return bytes.length;
		const text = toByteText(bytes);
		let cut = text.length;
		for (let at = Math.max(0, text.length - this.#longest + 1); at < text.length; at += 1) {
			if (!this.#begins(text.slice(at))) continue;
			cut = at;
			break;
		}
		for (const match of text.matchAll(this.#all))
			if (match.index < cut && match.index + match[0].length > cut) return match.index;
		return cut;
	}

	#begins(end: string): boolean {
		for (const bytes of this.#masks.keys()) if (bytes.length > end.length && bytes.startsWith(end)) return true;
		return false;
	}

	#replace(text: string): string {
		return this.#all === undefined ? text : text.replace(this.#all, found => this.#masks.get(found) ?? '');
	}
}

const toByteText = (bytes: Uint8Array): string =>
	Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** UTF-8 bytes, one character a byte. */
function shapesOf(value: string): readonly string[] {
	const lines = value.split(/\r?\n/).filter(line => line.trim().length >= 2 * shortestHidden);
	const whole = value.length < shortestHidden ? [] : [value, value.trim()];
	return [...new Set([...whole, ...lines])]
		.filter(text => text.length >= shortestHidden)
		.flatMap(text => [...quoted(text), ...encoded(Buffer.from(text))])
		.filter(text => text.length >= shortestHidden);
}

function quoted(text: string): readonly string[] {
	const shapes = [
		text,
		encodeURIComponent(text.toWellFormed()),
		new URLSearchParams([['', text]]).toString().slice(1),
		JSON.stringify(text).slice(1, -1),
		text.replaceAll("'", "'\\''"),
	];
	return shapes.map(shape => toByteText(Buffer.from(shape)));
}

function encoded(bytes: Buffer): readonly string[] {
	return [bytes.toString('hex'), bytes.toString('hex').toUpperCase(), ...inBase64(bytes)];
}

/** Wherever the value begins in what is encoded, some of its characters are always these; those at the ends depend on neighbours. */
function inBase64(bytes: Buffer): readonly string[] {
	return [0, 1, 2].flatMap(before => {
		const whole = Buffer.concat([Buffer.alloc(before), bytes]);
		const first = Math.ceil((before * 8) / 6);
		const last = Math.floor((whole.length * 8) / 6);
		const own = whole.toString('base64').slice(first, last);
		return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
	});
}
