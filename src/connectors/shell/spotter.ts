/** Finds words in a stream of bytes, wherever chunks break. */
export class Spotter {
	readonly #wanted: Buffer;
	#tail: Buffer = Buffer.alloc(0);

	constructor(wanted: string) {
		this.#wanted = Buffer.from(wanted);
	}

	/** What follows the words in what has come; `undefined`: they are not there yet. */
	push(chunk: Uint8Array): Buffer | undefined {
		const seen = Buffer.concat([this.#tail, chunk]);
		const at = seen.indexOf(this.#wanted);
		if (at === -1) {
			this.#tail = seen.subarray(Math.max(0, seen.length - this.#wanted.length + 1));
			return undefined;
		}
		this.#tail = Buffer.alloc(0);
		return seen.subarray(at + this.#wanted.length);
	}
}
