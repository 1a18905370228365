import type { HostName, UnitAddress } from '../model/brand.ts';
import { type Outcome, type StatusCounts, type UnitStatus, unitStatuses } from '../model/outcome.ts';

/** How every unit on every host has ended so far. */
export class Outcomes {
	readonly #byHost = new Map<HostName, Map<UnitAddress, Outcome>>();
	readonly #goesOn = new Map<HostName, Set<UnitAddress>>();
	readonly #counts = Object.fromEntries(unitStatuses.map(status => [status, 0])) as Record<UnitStatus, number>;

	/** A unit ends once, but for a change that the end of the run takes back; any other second word on it is a bug of ours. */
	record(host: HostName, unit: UnitAddress, outcome: Outcome): void {
		const ofHost = this.#byHost.get(host) ?? new Map<UnitAddress, Outcome>();
		const before = ofHost.get(unit);
		if (before !== undefined) {
			if (before.status !== 'changed' || outcome.status !== 'rolled_back')
				throw new Error(`${host} ${unit} has ended twice`);
			this.#counts[before.status] -= 1;
		}
		ofHost.set(unit, outcome);
		this.#byHost.set(host, ofHost);
		this.#counts[outcome.status] += 1;
	}

	/** We leave, and the host goes on with it by itself: how it ends is told by whoever attaches. */
	leaveOpen(host: HostName, unit: UnitAddress): void {
		this.#goesOn.set(host, (this.#goesOn.get(host) ?? new Set()).add(unit));
	}

	goesOn(host: HostName, unit: UnitAddress): boolean {
		return this.#goesOn.get(host)?.has(unit) ?? false;
	}

	/** On any host. */
	goesOnSomewhere(unit: UnitAddress): boolean {
		return [...this.#goesOn.values()].some(units => units.has(unit));
	}

	isOpenOn(host: HostName): boolean {
		return this.#goesOn.has(host);
	}

	/** Some host goes on without us: the run is not over. */
	get isOpen(): boolean {
		return this.#goesOn.size > 0;
	}

	of(host: HostName, unit: UnitAddress): Outcome | undefined {
		return this.#byHost.get(host)?.get(unit);
	}

	/** What became of a unit on every host that has it. */
	everywhere(unit: UnitAddress): readonly Outcome[] {
		return [...this.#byHost.values()].flatMap(ofHost => ofHost.get(unit) ?? []);
	}

	get counts(): StatusCounts {
		return { ...this.#counts };
	}
}

/** A need is satisfied by success, by what was done before, and by a unit that its condition skipped. */
export const hasSucceeded = (outcome: Outcome): boolean => ['ok', 'changed', 'skipped'].includes(outcome.status);
