/** Lets a number of callers in at once; the others wait in line. Leaving twice is harmless. */
export class Gate {
	readonly #size: number;
	readonly #waiting: (() => void)[] = [];
	#inside = 0;

	constructor(size: number) {
		this.#size = size;
	}

	get inside(): number {
		return this.#inside;
	}

	/** Gives the way out. Rejects with the signal's reason when it comes first. */
	async enter(signal?: AbortSignal): Promise<() => void> {
		signal?.throwIfAborted();
		if (this.#inside < this.#size) this.#inside += 1;
		else await this.#wait(signal);
		let isInside = true;
		return () => {
			if (!isInside) return;
			isInside = false;
			const next = this.#waiting.shift();
			// The place is handed over: nobody who comes later gets in between.
			if (next === undefined) this.#inside -= 1;
			else next();
		};
	}

	#wait(signal: AbortSignal | undefined): Promise<void> {
		return new Promise((resolve, reject) => {
			const leave = (): void => {
				this.#waiting.splice(this.#waiting.indexOf(enter), 1);
				reject(signal?.reason);
			};
			const enter = (): void => {
				signal?.removeEventListener('abort', leave);
				resolve();
			};
			this.#waiting.push(enter);
			signal?.addEventListener('abort', leave, { once: true });
		});
	}
}
