import type { HostName, UnitAddress } from '../model/brand.ts';
import type { HostState } from '../model/event.ts';
import type { Outcome } from '../model/outcome.ts';
import type { ExecutionContext } from './context.ts';

/** What is told of one host in one stage: its states, and one end of each unit. */
export class HostTeller {
	readonly host: HostName;
	readonly #context: ExecutionContext;
	#state: HostState = 'waiting';

	constructor(host: HostName, context: ExecutionContext) {
		this.host = host;
		this.#context = context;
	}

	isSettled(unit: UnitAddress): boolean {
		return this.#context.outcomes.of(this.host, unit) !== undefined;
	}

	goesOn(unit: UnitAddress): boolean {
		return this.#context.outcomes.goesOn(this.host, unit);
	}

	tell(state: HostState, because: string): Promise<void> {
		this.#state = state;
		return this.#context.bus.emit({ type: 'host_state', host: this.host, state, because });
	}

	/** The last word on a host's stage; one that says more than `done` stands. */
	async rest(): Promise<void> {
		if (!lastWords.has(this.#state) && !this.#context.outcomes.isOpenOn(this.host)) await this.tell('done', '');
	}

	/** @param log the folder with its output on the host, when something ran */
	async finish(unit: UnitAddress, outcome: Outcome, log: string | null = null): Promise<void> {
		const { bus, outcomes, together } = this.#context;
		outcomes.record(this.host, unit, outcome);
		together.ended(this.host, unit, outcome);
		await bus.emit({
			type: 'unit_finished',
			host: this.host,
			unit,
			status: outcome.status,
			because: outcome.because,
			changed: outcome.changed,
			exit_code: outcome.exitCode ?? null,
			duration_ms: outcome.durationMs,
			log,
		});
	}

	/** The same end for all that have none yet. */
	async finishOpen(units: readonly UnitAddress[], status: Outcome['status'], because: string): Promise<void> {
		for (const unit of units)
			if (!this.isSettled(unit)) await this.finish(unit, { status, because, changed: false, durationMs: 0 });
	}

	/** No word on what has not ended: whoever attaches hears it from the host. */
	async leaveOpen(units: readonly UnitAddress[], because: string): Promise<void> {
		for (const unit of units) if (!this.isSettled(unit)) this.#context.outcomes.leaveOpen(this.host, unit);
		await this.tell('detached', because);
	}
}

const lastWords: ReadonlySet<HostState> = new Set(['unreachable', 'locked', 'detached']);
