import type { Span } from './diagnostic.ts';

/** What a condition counts as when it cannot be evaluated: `run` = it holds, `skip` = it does not, `fail` = the unit fails. */
export type Fallback = 'run' | 'skip' | 'fail';

/** Names of version orders; `loose` compares runs of digits as numbers and everything else as text. */
export type Comparator = 'semver' | 'deb' | 'rpm' | 'alpm' | 'loose';

/** Bounds on a version. At least one is there; `max_version` is inclusive, `below` is strict, `min_version` is inclusive. */
export interface VersionBounds {
	readonly below?: string;
	readonly max_version?: string;
	readonly min_version?: string;
}

/** The options of every leaf kind, by kind: as written in `when:`, defaults filled in. */
export interface ConditionOptions {
	readonly module_schema: VersionBounds & {
		readonly module: string;
		/** The file to read when no receipt tells the version, from the inventory's `module_schema_path`. */
		readonly path: string;
		readonly compare: Comparator;
		readonly if_missing: Fallback;
		readonly if_unreadable: Fallback;
	};
	readonly binary_version: VersionBounds & {
		readonly binary: string;
		readonly version_flag: string;
		readonly compare: Comparator;
		readonly if_missing: Fallback;
		readonly if_unreadable: Fallback;
	};
	readonly file_exists: { readonly path: string; readonly invert: boolean; readonly if_unreadable: Fallback };
	readonly file_sha256: {
		readonly path: string;
		/** 64 lower-case hex digits each; the file's digest has to be one of them. */
		readonly digests: readonly string[];
		readonly if_missing: Fallback;
		readonly if_unreadable: Fallback;
	};
	readonly package_version: VersionBounds & {
		readonly package: string;
		/** Absent: the order of the package manager that answers. */
		readonly compare?: Comparator;
		readonly if_missing: Fallback;
		readonly if_unreadable: Fallback;
	};
	readonly os: {
		readonly family?: readonly string[];
		readonly id?: readonly string[];
		readonly version?: VersionBounds;
		readonly if_unreadable: Fallback;
	};
	readonly unit_state: {
		readonly unit: string;
		/** Any of systemd's ActiveState words, for example `active`, `inactive`, `failed`. */
		readonly state: readonly string[];
		readonly if_missing: Fallback;
		readonly if_unreadable: Fallback;
	};
	readonly fact: {
		/** One of the names in `facts/registry.ts`, for example `arch` or `kernel`. */
		readonly name: string;
		readonly equals?: readonly string[];
		readonly version?: VersionBounds & { readonly compare: Comparator };
		readonly if_missing: Fallback;
	};
	readonly module_version: VersionBounds & {
		readonly module: string;
		readonly compare: Comparator;
		readonly if_missing: Fallback;
		readonly if_unreadable: Fallback;
	};
	readonly command: {
		/** The words of the command, or one string for `/bin/sh -c`. Read-only by contract. */
		readonly run: string | readonly string[];
		/** Exit codes that mean "holds"; any other up to 125 means "does not hold". */
		readonly exit_codes: readonly number[];
		/** When given, the first line of stdout must be this too. */
		readonly prints?: string;
		readonly timeout_ms: number;
		readonly if_missing: Fallback;
		readonly if_unreadable: Fallback;
	};
}

export type ConditionKind = keyof ConditionOptions;

/** One question about a host, with the place in the playbook that asks it. */
export type ConditionLeaf = {
	readonly [Kind in ConditionKind]: {
		readonly kind: Kind;
		readonly options: ConditionOptions[Kind];
		readonly at: Span;
	};
}[ConditionKind];

/** A parsed `when:`. */
export type Condition =
	| { readonly kind: 'always' }
	| { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
	| { readonly kind: 'not'; readonly of: Condition }
	| ConditionLeaf;

/** What one leaf says of what was seen on the host. */
export interface Verdict {
	/** `missing`: the thing asked about is not there; `unreadable`: it is there, and tells nothing usable. */
	readonly answer: 'holds' | 'fails' | 'missing' | 'unreadable';
	/** What was seen, in a few words a person can check: `git 2.29.2`, `absent`. */
	readonly value: string;
	/** One clause without a full stop: `git 2.29.2 is below 2.30.0`. */
	readonly because: string;
}

/** rule → fact → value, as `explain` and the plan print it. */
export type Trace =
	| {
			readonly kind: 'leaf';
			readonly condition: ConditionKind;
			/** The fact's name: `binary_version /usr/bin/git`. */
			readonly fact: string;
			readonly rule: string;
			readonly value: string;
			readonly holds: Truth;
			readonly because: string;
			readonly at: Span;
	  }
	| { readonly kind: 'all' | 'any' | 'not'; readonly holds: Truth; readonly of: readonly Trace[] };

/** `unknown`: it could not be evaluated, and the playbook said `fail` (the default). Never silently true or false. */
export type Truth = 'yes' | 'no' | 'unknown';

/** How a whole `when:` came out. `because` names the leaf that decided. */
export interface Judgement {
	readonly holds: Truth;
	readonly because: string;
	readonly trace: readonly Trace[];
	/** It is unknown because nobody has looked, and `because` says so. */
	readonly isUnseen?: boolean;
}
