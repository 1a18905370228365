import type { Digest, RepoPath, UnitAddress } from './brand.ts';
import type { Condition } from './condition.ts';
import type { Span } from './diagnostic.ts';
import type { Selection } from './selection.ts';

/** The order of one host's work. A phase is order only: what fails in one does not stop the next. */
export const phases = ['preflight', 'hotfixes', 'pools', 'modules', 'patch', 'restarts', 'reboot', 'verify'] as const;
export type Phase = (typeof phases)[number];

/** `once`: until a receipt says done · `every`: at each apply · `on_change`: like once, and again when the content changes. */
export type RunPolicy = 'once' | 'every' | 'on_change';
/** What to do with a start whose end nobody saw. `auto`: retry if the unit's condition still says run, else ask. */
export type InterruptedPolicy = 'auto' | 'retry' | 'ask' | 'fail';
export type Become = 'none' | 'sudo' | 'doas' | 'su';

/** A dependency: when `unit` did not succeed, the needing unit is blocked. `all`: on every host it is planned for. */
export interface Need {
	readonly unit: UnitAddress;
	readonly hosts: 'same' | 'all';
	readonly at: Span;
}

/** A script of the repository and how it is started. */
export interface Script {
	readonly path: RepoPath;
	/** Of the bytes on the controller, now. */
	readonly digest: Digest;
	readonly bytes: Uint8Array;
	/** The words in front of the script's own path, for example `['/usr/bin/env', 'python3']`; from `interpreter` or the `#!` line. */
	readonly interpreter: readonly string[];
	/** What `hsctl.lock` says of it. */
	readonly pin: 'matches' | 'differs' | 'missing';
}

/** A fix that a script does, guarded by a condition, remembered by a receipt. */
export interface Hotfix {
	readonly kind: 'hotfix';
	readonly address: UnitAddress;
	readonly at: Span;
	readonly description?: string;
	/** The seed's `target_id`: a label, shown and never used. */
	readonly component?: string;
	readonly hosts: Selection;
	readonly needs: readonly Need[];
	readonly tags: readonly string[];
	readonly become?: Become;
	readonly when: Condition;
	readonly run: RunPolicy;
	readonly ifInterrupted: InterruptedPolicy;
	readonly timeoutMs: number;
	readonly script: Script;
	readonly undo?: Script;
	/** Values may hold `${host.x}` and are made whole per host in planning. */
	readonly env: ReadonlyMap<string, string>;
	readonly stdin?: string;
	readonly restarts: readonly string[];
}

/** One line for `/bin/sh -c`, or the words of a command. */
export type CommandText = string | readonly string[];

/** A file of the repository that is put on a host. */
export interface RepoFile {
	readonly path: RepoPath;
	readonly digest: Digest;
	readonly bytes: Uint8Array;
	/** What `hsctl.lock` says of it. */
	readonly pin: Script['pin'];
}

/** Files that are replaced together or not at all. */
export interface Pool {
	readonly kind: 'pool';
	readonly address: UnitAddress;
	readonly at: Span;
	readonly description?: string;
	readonly hosts: Selection;
	readonly needs: readonly Need[];
	readonly tags: readonly string[];
	readonly become?: Become;
	readonly when: Condition;
	readonly files: readonly PoolFile[];
	readonly onCustomised: 'skip' | 'replace' | 'fail' | 'merge';
	readonly onDeleted: 'skip' | 'create' | 'fail';
	readonly cwd?: string;
	readonly env: ReadonlyMap<string, string>;
	/** Judge the new files before any file of the host is touched. */
	readonly validate: readonly CommandText[];
	/** Put the files into use; run again after a restore. */
	readonly activate: readonly CommandText[];
	/** Decide: when one fails, every file is restored. */
	readonly check: readonly CommandText[];
	/** How long a new connection may take to confirm; 0: none has to; absent: as the paths of its files call for. */
	readonly confirmMs?: number;
	/** Commits on every host that it is planned for, or on none. */
	readonly together: boolean;
	/** How many changes of it can be taken back on a host. */
	readonly keep: number;
	readonly timeoutMs: number;
}

/** One file of a pool. Destination and command may hold references, which are made whole per host. */
export interface PoolFile {
	readonly src: RepoFile;
	readonly dest: string;
	/** Of the destination. */
	readonly at: Span;
	/** Octal digits. */
	readonly mode?: string;
	readonly owner?: string;
	readonly group?: string;
	/** Digests of shipped versions: a file with one of them was not customised. */
	readonly baseline: readonly Digest[];
	/** The shipped version that the new file and the host's own both come from. */
	readonly base?: RepoFile;
	readonly validate?: CommandText;
	readonly ifAbsent: 'create' | 'skip' | 'fail';
	readonly follow: boolean;
}

/** The commands that say at the end of a host's work whether all is well. */
export interface Verify {
	readonly at: Span;
	readonly check: readonly CommandText[];
	readonly onFailure: 'keep' | 'rollback_pools';
	readonly timeoutMs: number;
}

/** A section's unit that this version checks but cannot execute; `plan` and `apply` refuse it by name. */
export interface UnsupportedUnit {
	readonly kind: 'unsupported';
	readonly address: UnitAddress;
	readonly at: Span;
	readonly hosts: Selection;
	readonly needs: readonly Need[];
	readonly tags: readonly string[];
	readonly section: string;
}

/** A unit that this version can execute. */
export type WorkUnit = Hotfix | Pool;

export type Unit = WorkUnit | UnsupportedUnit;
