import type { Clock } from '../../ports/clock.ts';

/** Time that runs out, and can be held while a person thinks. */
export class Deadline {
	readonly #clock: Clock;
	readonly #onEnd: () => void;
	#stop: () => void = () => {};
	#ms = 0;

	constructor(clock: Clock, onEnd: () => void) {
		this.#clock = clock;
		this.#onEnd = onEnd;
	}

	/** Begins, or begins again with another time. */
	start(ms: number): void {
		this.#stop();
		this.#ms = ms;
		this.#stop = this.#clock.after(ms, this.#onEnd);
	}

	stop(): void {
		this.#stop();
		this.#ms = 0;
	}

	/** The time does not run while `work` does; afterwards it begins anew. */
	async hold<Result>(work: () => Promise<Result>): Promise<Result> {
		this.#stop();
		try {
			return await work();
		} finally {
			if (this.#ms > 0) this.start(this.#ms);
		}
	}
}
