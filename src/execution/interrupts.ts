/**
 * How far the person has asked the run to end: 0 not at all · 1 nothing new starts · 2 what runs is cancelled on the hosts ·
 * 3 we leave, and the hosts go on by themselves.
 */
export class Interrupts {
	#level = 0;
	readonly #listeners = new Set<(level: number) => void>();
	readonly #leaving = new AbortController();

	get level(): number {
		return this.#level;
	}

	/** Aborted at level 3: every wait for a host ends. */
	get leaving(): AbortSignal {
		return this.#leaving.signal;
	}

	/** One Ctrl-C more. */
	raise(): void {
		this.#raiseTo(this.#level + 1);
	}

	/** Whoever ends us from outside wants us gone at once, and nothing said to the hosts. */
	leave(): void {
		this.#raiseTo(3);
	}

	#raiseTo(level: number): void {
		if (this.#level >= 3) return;
		this.#level = level;
		for (const listener of this.#listeners) listener(this.#level);
		if (this.#level === 3) this.#leaving.abort();
	}

	/** Calls back at each raise; the returned function ends that. */
	onRaise(listener: (level: number) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}
}
