import { Redactor } from './redactor.ts';

/** A piece of a stream as it may be seen. */
export interface ShownPiece {
	/** Where its bytes begin in the stream. */
	readonly offset: number;
	/** How many bytes of the stream it stands for. */
	readonly length: number;
	readonly text: string;
}

/**
 * Makes text of a stream of bytes that comes in pieces: a character whose bytes come in two pieces is one character, and a secret
 * that comes in two pieces is hidden all the same.
 */
export class OutputText {
	readonly #redactor: Redactor;
	#held: Uint8Array = new Uint8Array();
	#offset = 0;

	constructor(redactor: Redactor = new Redactor()) {
		this.#redactor = redactor;
	}

	/** What can be shown with this piece. A gap in front of it is a gap: what was held back is shown first. */
	push(offset: number, bytes: Uint8Array): readonly ShownPiece[] {
		const before = offset === this.#offset + this.#held.length ? [] : this.end();
		if (this.#held.length === 0) this.#offset = offset;
		this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
		const safe = this.#redactor.safeLength(this.#held);
		return [...before, ...this.#show(safe === this.#held.length ? safe - brokenTail(this.#held) : safe)];
	}

	/** The rest, when nothing more comes. */
	end(): readonly ShownPiece[] {
		return this.#show(this.#held.length);
	}

	#show(length: number): readonly ShownPiece[] {
		if (length === 0) return [];
		const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(
			this.#redactor.bytes(this.#held.subarray(0, length)),
		);
		const piece = { offset: this.#offset, length, text };
		this.#held = this.#held.subarray(length);
		this.#offset += length;
		return [piece];
	}
}

/** Bytes at the end that are the beginning of a character of UTF-8 (RFC 3629): 0 to 3. */
function brokenTail(bytes: Uint8Array): number {
	for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
		const byte = bytes[bytes.length - back] ?? 0;
		if (byte >= 0xc0) return back < sizeOf(byte) ? back : 0;
		if (byte < 0x80) return 0;
	}
	return 0;
}

const sizeOf = (first: number): number => (first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2);
