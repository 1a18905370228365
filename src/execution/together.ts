import type { HostName, UnitAddress } from '../model/brand.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Plan } from '../model/plan.ts';

/** What a host is told that has done everything but the commit. */
export type Word = 'confirm' | 'rollback';

/**
 * Decides for pools that commit on all hosts or on none: nobody is confirmed before everybody waits, and when one does not get
 * that far, nobody is. A pool that decides for itself is confirmed at once.
 */
export class Together {
	readonly #rounds = new Map<UnitAddress, Round>();

	constructor(plan: Plan) {
		for (const host of plan.hosts)
			for (const { address, decision, job } of host.units)
				if (job?.pool?.together === true && decision.kind === 'run') this.#roundOf(address).awaited.add(host.name);
	}

	#roundOf(unit: UnitAddress): Round {
		const round = this.#rounds.get(unit) ?? new Round();
		this.#rounds.set(unit, round);
		return round;
	}

	/** Resolves when it is known. */
	async decide(host: HostName, unit: UnitAddress): Promise<Word> {
		return this.#rounds.get(unit)?.arrive(host) ?? 'confirm';
	}

	/** The unit has ended on a host, waiting or not. */
	ended(host: HostName, unit: UnitAddress, { status }: Pick<Outcome, 'status'>): void {
		const round = this.#rounds.get(unit);
		if (round === undefined || !round.awaited.has(host)) return;
		if (status === 'changed' || status === 'ok') void round.arrive(host);
		else round.settle('rollback');
	}

	/** Nobody hears the host any more, or nothing new may start: it will not be waited for. */
	giveUp(): void {
		for (const round of this.#rounds.values()) round.settle('rollback');
	}
}

class Round {
	readonly awaited = new Set<HostName>();
	readonly #word = Promise.withResolvers<Word>();

	arrive(host: HostName): Promise<Word> {
		this.awaited.delete(host);
		if (this.awaited.size === 0) this.settle('confirm');
		return this.#word.promise;
	}

	settle(word: Word): void {
		this.#word.resolve(word);
	}
}
