import type { HostName, RunId, UnitAddress } from '../model/brand.ts';
import type { NumberedEvent } from '../model/event.ts';
import type { ExitCode } from '../model/exit-code.ts';
import type { Plan } from '../model/plan.ts';
import type { EventSink } from './event-sink.ts';

/** A run as the history lists it. */
export interface RunSummary {
	readonly run: RunId;
	readonly startedAt: string;
	/** `null`: it has not ended, or the controller died. */
	readonly finishedAt: string | null;
	readonly playbook: string;
	readonly file: string;
	readonly purpose: 'do' | 'undo';
	readonly hosts: number;
	readonly exitCode: ExitCode | null;
}

/** The controller's history. Desired state is in the repository, observed state on the hosts; this is a record of what was seen. */
export interface Journal {
	/** Durable before it returns: called before any host is touched. This process is the run's writer from now on. */
	begin(run: RunId, plan: Plan): void;
	/** Adds a run that hosts remember and this history does not. Nobody writes it yet. */
	adopt(run: RunId, plan: Plan): void;
	/** Is another process there that writes this run? A run without an end and without a writer has lost its controller. */
	isBeingWritten(run: RunId): boolean;
	/** Was it added from what hosts remember? Then another controller began it, and may still be at work. */
	isAdopted(run: RunId): boolean;
	/** Another plan for an adopted run: more hosts have spoken. */
	replan(run: RunId, plan: Plan): void;
	/** Makes this process the writer of a run that has lost its own; `false`: another process is the writer, and stays it. */
	takeOver(run: RunId): boolean;
	/** The sink that records this run's events. */
	sink(): EventSink;
	/**
	 * Newest first: in the order in which they began here, whatever the clock said then; what others began is sorted in by its id,
	 * which holds the time of its controller.
	 */
	runs(limit: number): readonly RunSummary[];
	/** A run by its id, by the beginning of it, or as `last`; `undefined` when none or several match. */
	find(prefix: string): RunSummary | undefined;
	/** In order; those behind a number when one is given. */
	events(run: RunId, after?: number): Iterable<NumberedEvent>;
	plan(run: RunId): Plan;
	/** The units of a playbook that are done on a host as far as this history knows, and when each was last seen so (RFC 3339 UTC). */
	seenDone(playbook: string, host: HostName): ReadonlyMap<UnitAddress, string>;
	close(): void;
}
