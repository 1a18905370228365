import type { HostName } from '../model/brand.ts';

/** One bundle: a host's work between two barriers. */
export interface Work {
	readonly host: HostName;
	readonly stage: number;
}

/**
 * What may start next. Pure and without recursion: hosts go side by side inside a stage, up to a limit, and a stage starts when
 * the one before is over on every host. Work is taken from the front of a list by an index, so 100,000 pieces cost 100,000 steps.
 */
export class Schedule {
	readonly #stages: readonly (readonly Work[])[];
	readonly #limit: number;
	#stage = 0;
	#next = 0;
	#running = 0;
	#parked = 0;
	#isStopped = false;

	constructor(work: readonly Work[], limit: number) {
		const last = work.reduce((latest, piece) => Math.max(latest, piece.stage), 0);
		const stages: Work[][] = Array.from({ length: last + 1 }, () => []);
		for (const piece of work) stages[piece.stage]?.push(piece);
		this.#stages = stages;
		this.#limit = limit;
	}

	/** The next piece that may start now, or `undefined`: wait for one to end, or it is all over. */
	start(): Work | undefined {
		if (this.#isStopped || this.#running >= this.#limit) return undefined;
		if (this.#next >= this.#current.length && this.#running + this.#parked === 0) this.#advance();
		const work = this.#current[this.#next];
		if (work === undefined) return undefined;
		this.#next += 1;
		this.#running += 1;
		return work;
	}

	end(): void {
		this.#running -= 1;
	}

	/** A piece that runs waits for others of its stage: it holds no place meanwhile. */
	park(): void {
		this.#running -= 1;
		this.#parked += 1;
	}

	/** It goes on; for a moment there may be one more than the limit. */
	unpark(): void {
		this.#running += 1;
		this.#parked -= 1;
	}

	/** Nothing new starts; what runs goes on. */
	stop(): void {
		this.#isStopped = true;
	}

	get isOver(): boolean {
		if (this.#running + this.#parked > 0) return false;
		return this.#isStopped || (this.#stage >= this.#stages.length - 1 && this.#next >= this.#current.length);
	}

	get #current(): readonly Work[] {
		return this.#stages[this.#stage] ?? [];
	}

	#advance(): void {
		while (this.#stage < this.#stages.length - 1 && this.#next >= this.#current.length) {
			this.#stage += 1;
			this.#next = 0;
		}
	}
}
