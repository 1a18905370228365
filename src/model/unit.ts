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

export type Unit = Hotfix | UnsupportedUnit;
