import type { Digest, JobKey, UnitAddress } from './brand.ts';

/** How a job's process ended, in the runner's words. */
export const jobEnds = [
	'exit',
	'signal',
	'timeout',
	'cancelled',
	'output_limit',
	'refused',
	'adopted',
	// Of a pool: no file was replaced, every one is as it was, or not all could be put back and into use.
	'failed',
	'rolled_back',
	'rollback_failed',
] as const;

export type JobEnd = (typeof jobEnds)[number];

/** What has been done on a host: one file a unit and content, written by the host's runner when the job's end is known. */
export interface Receipt {
	readonly format: 'hsctl/receipt/v1';
	readonly unit: UnitAddress;
	readonly playbook: string;
	readonly key: JobKey;
	readonly attempt: number;
	readonly run: string;
	readonly status: 'ok' | 'failed' | 'undone';
	/** Of a failed undo: what it was to take back has a receipt of its own. */
	readonly purpose?: 'undo';
	readonly why: JobEnd;
	readonly exitCode: number;
	readonly script: Digest;
	readonly scriptPath: string;
	readonly user: string;
	/** RFC 3339 UTC by the host's clock; `durationMs` by its uptime. */
	readonly startedAt: string;
	readonly finishedAt: string;
	readonly durationMs: number;
	readonly bootId: string;
	readonly machineId: string;
	/** `systemd`, `setsid` or `fork`: how the work was detached from the connection. */
	readonly detachedBy: string;
	/** How far writes were forced to disk: `file` (fsync of file and folder) or `system` (whole-system sync). */
	readonly synced: string;
}

/** A job folder on the host that has no receipt yet. */
export interface OpenJob {
	readonly key: JobKey;
	readonly attempt: number;
	readonly state: JobState;
	/** What the state was seen by: pids, boot id. */
	readonly evidence: string;
}

/**
 * staged: published, never claimed · claimed: nobody alive and the start gate untouched · void: proved never started ·
 * running · orphan: its runner is dead, it lives · abandoned: its unknown end was settled by a later start ·
 * lost: both dead in this boot · interrupted: the host rebooted in the middle · damaged: its files cannot be read.
 */
export type JobState =
	| 'staged'
	| 'claimed'
	| 'void'
	| 'running'
	| 'orphan'
	| 'lost'
	| 'interrupted'
	| 'abandoned'
	| 'refused'
	| 'damaged'
	| 'finished';

/** All that a host remembers of one unit. */
export interface UnitMemory {
	readonly receipts: readonly Receipt[];
	/** Files that should be receipts and are not: their names. Treated as unknown, never as nothing. */
	readonly damaged: readonly string[];
	readonly jobs: readonly OpenJob[];
}
