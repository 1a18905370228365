import type { Become } from '../../model/unit.ts';
import { Spotter } from './spotter.ts';

/** Hears in one stream when a password is asked for. */
export interface Questions {
	/** How often it was asked for in this chunk. */
	push(chunk: Uint8Array): number;
}

/** `nonce`: sudo asks by these very words; su and doas ask in words of their own behind them. */
export const questionsOf = (become: Become, nonce: string): Questions =>
	become === 'sudo' ? new ByNonce(nonce) : new BehindNonce(nonce);

class ByNonce implements Questions {
	readonly #spotter: Spotter;

	constructor(nonce: string) {
		this.#spotter = new Spotter(nonce);
	}

	push(chunk: Uint8Array): number {
		let count = 0;
		for (let rest = this.#spotter.push(chunk); rest !== undefined; rest = this.#spotter.push(rest)) count += 1;
		return count;
	}
}

class BehindNonce implements Questions {
	readonly #spotter: Spotter;
	#heard: string | undefined;

	constructor(nonce: string) {
		this.#spotter = new Spotter(nonce);
	}

	push(chunk: Uint8Array): number {
		if (this.#heard === undefined) {
			const rest = this.#spotter.push(chunk);
			if (rest === undefined) return 0;
			this.#heard = rest.toString('latin1');
		} else {
			this.#heard = (this.#heard + Buffer.from(chunk).toString('latin1')).slice(-kept);
		}
		// A question waits for its answer: nothing stands behind it.
		if (!/password[^\n]{0,80}: ?$/i.test(this.#heard)) return 0;
		this.#heard = '';
		return 1;
	}
}

const kept = 256;
