/** A value that must not be seen. It is no string and no shell word; printing it in any way gives `***`. */
export class Secret {
	readonly name: string;
	readonly #value: string;

	constructor(name: string, value: string) {
		this.name = name;
		this.#value = value;
	}

	/** The only way to the bytes. Callers pass them on a stdin and keep them nowhere. */
	reveal(): string {
		return this.#value;
	}

	toString(): string {
		return '***';
	}

	toJSON(): string {
		return '***';
	}
}
