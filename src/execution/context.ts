import type { HostName, RunId, UnitAddress } from '../model/brand.ts';
import type { Command } from '../model/command.ts';
import type { CrashPoint } from '../model/crash-point.ts';
import type { Host } from '../model/inventory.ts';
import type { Decision, Plan, PlannedUnit } from '../model/plan.ts';
import type { Become } from '../model/unit.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Connector } from '../ports/connection.ts';
import type { Bus } from './bus.ts';
import type { Interrupts } from './interrupts.ts';
import type { Outcomes } from './outcomes.ts';
import type { Together } from './together.ts';

/** What is known of a host beside its plan. */
export interface HostAtWork {
	readonly host: Host;
	readonly become: Become;
	/** The look showed the runner of this version, whole. */
	readonly hasRunner: boolean;
	readonly looks: ReadonlyMap<UnitAddress, readonly { readonly fact: string; readonly look: Command }[]>;
}

/** What a journal has of a run. Keys are `host unit`, and `host unit stream` for outputs. */
export interface AlreadyTold {
	/** When the run began, in milliseconds of the wall clock; absent when nothing was told of it yet. */
	readonly begunAtMs?: number;
	readonly started: ReadonlySet<string>;
	/** Bytes of each stream. */
	readonly printed: ReadonlyMap<string, number>;
}

/** Of the hosts at once, those that only wait do not count. */
export interface Slots {
	release(): void;
	take(): void;
}

export interface ExecutionContext {
	readonly plan: Plan;
	readonly run: RunId;
	readonly bus: Bus;
	readonly clock: Clock;
	readonly random: Random;
	readonly interrupts: Interrupts;
	readonly outcomes: Outcomes;
	/** Hosts at once. */
	readonly parallel: number;
	readonly controller: string;
	readonly user: string;
	readonly hosts: ReadonlyMap<HostName, HostAtWork>;
	/** How long another run on a host is waited for, in milliseconds; 0: not at all. */
	readonly lockWaitMs: number;
	/** The values of the plan's secrets; they go to the hosts and nowhere else. */
	readonly secrets: ReadonlyMap<string, string>;
	connectorFor(host: Host): Connector;
	/** `undefined` when the script is no longer what was planned. */
	scriptBytes(planned: PlannedUnit): Uint8Array | undefined;
	/** A file of a pool, by its place in the pool's work; `undefined` likewise. */
	fileBytes(host: HostName, planned: PlannedUnit, index: number): Uint8Array | undefined;
	/** The plan's own decision again, from new prints. `undefined`: nobody here can decide, the host waits. */
	/** Decides for pools that wait for a confirmation. */
	readonly together: Together;
	/** A host waits for others: another one may take its place meanwhile. */
	readonly slots?: Slots;
	decideAgain(host: HostName, unit: UnitAddress, printed: readonly string[]): Decision | undefined;
	/** The run is known from its hosts only: whoever began it may still be at work. */
	readonly isAdopted?: boolean;
	/** For a run that another controller began: what its journal holds already is not told twice. */
	readonly told?: AlreadyTold;
	/** Fault injection for tests: ends this process at a named point. */
	crash?(point: CrashPoint): void;
}
