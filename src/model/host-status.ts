import type { RunId, UnitAddress } from './brand.ts';
import type { HostLock } from './host-lock.ts';

/** What is so on a host, by its own records. */
export interface HostStatus {
	readonly lock: HostLock;
	/** Changes of pools that have not come to their end. */
	readonly open: readonly OpenChange[];
	/** Restarts that a finished unit asked for and that nobody has done yet. */
	readonly owedRestarts: readonly { readonly service: string; readonly run: RunId }[];
	/** By address, then by playbook. */
	readonly units: readonly UnitOnHost[];
	/** Changes of pools that can be taken back, of each pool the latest first. */
	readonly undoable: readonly KeptChange[];
	/** Names of files that should be receipts and cannot be read. */
	readonly damaged: readonly string[];
}

/** A unit by its latest receipt there, or by a start that has none. */
export interface UnitOnHost {
	readonly unit: UnitAddress;
	readonly playbook: string;
	/** running: now · unknown: its start has no known end. */
	readonly status: 'done' | 'failed' | 'undone' | 'running' | 'unknown';
	readonly run: RunId;
	/** RFC 3339 UTC by the host's clock; absent for what has no end. */
	readonly finishedAt?: string;
	/** Of a failure: how it ended, in the host's words: `exit`, `timeout`, `rolled_back`, … */
	readonly why?: string;
	/** Of a failure by `exit`. */
	readonly exitCode?: number;
	/** It was the undo that failed. */
	readonly purpose?: 'undo';
}

/** `ended`: all is done but its receipt · `unknown`: its record cannot be read. */
export type ChangeStage =
	| 'preparing'
	| 'committing'
	| 'confirming'
	| 'confirmed'
	| 'committed'
	| 'rolling'
	| 'restored'
	| 'rolled_back'
	| 'ended'
	| 'unknown';

/** A change of a pool that was begun and is not over. */
export interface OpenChange {
	readonly unit: UnitAddress;
	readonly playbook: string;
	readonly run: RunId;
	readonly stage: ChangeStage;
	/** Who brings it to its end: somebody who is at work now, a timer of the host, the host when it starts again, or nobody before the next run. */
	readonly worker: 'live' | 'guard' | 'boot' | 'none';
}

/** A change of a pool that stands, with what is kept of the time before it. */
export interface KeptChange {
	readonly unit: UnitAddress;
	readonly playbook: string;
	readonly run: RunId;
	/** RFC 3339 UTC by the host's clock; absent where it does not tell. */
	readonly committedAt?: string;
	/** How many it has replaced or created. */
	readonly files: number;
}
