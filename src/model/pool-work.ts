import type { Digest, HostPath } from './brand.ts';

/** What a host is asked to do with the files of a pool, all of it or nothing. */
export type PoolWork =
	| {
			readonly kind: 'apply';
			readonly files: readonly PoolWorkFile[];
			readonly commands: readonly PoolCommand[];
			readonly cwd?: string;
			/** A new connection has to confirm within this time; 0: none has to. */
			readonly confirmMs: number;
			/** It is confirmed when it is on every host of the plan. */
			readonly together: boolean;
			/** How many changes of this pool the host keeps backups of. */
			readonly keep: number;
	  }
	/** Takes back what a committed transaction of the host has changed, by its own record. */
	| { readonly kind: 'undo'; readonly job: string; readonly together: false };

/** `same`: it is as it should be, and counts for the validation of the whole set only. */
export interface PoolWorkFile {
	readonly act: 'same' | 'replace' | 'create';
	readonly dest: HostPath;
	/** Of what will be there: the file of the repository, or that with somebody's change merged in. */
	readonly digest: Digest;
	/** Of the file of the repository. */
	readonly source: Digest;
	/** Of what is there, when there is something: the host compares before it replaces it. */
	readonly was?: Digest;
	/** Absent: as the old file has it; of a created one 0644 and whoever does the work. */
	readonly mode?: string;
	readonly owner?: string;
	readonly group?: string;
}

export interface PoolCommand {
	readonly kind: 'validate' | 'activate' | 'check';
	/** The number of the file that it judges, counted from 1; 0: it is about all of them. */
	readonly file: number;
	readonly words: readonly string[];
	/** As the playbook has it: what people know it by. */
	readonly text: string;
}
