/** A string (or number) that has been checked once and is not to be mixed up with its like. */
export type Brand<Base, Name extends string> = Base & { readonly __brand: Name };

/** `hotfix.git_cve`: section (singular) and id. One unit's name in every plan, event and receipt. */
export type UnitAddress = Brand<string, 'UnitAddress'>;
/** A host by its inventory name. */
export type HostName = Brand<string, 'HostName'>;
/** One execution of `apply` or `rollback`: 26 characters, sorts by time (ULID). */
export type RunId = Brand<string, 'RunId'>;
/** `sha256:` and 64 hex digits: a digest of bytes. */
export type Digest = Brand<string, 'Digest'>;
/** 64 hex digits over everything that makes a job this job and no other: see `units/job-key.ts`. */
export type JobKey = Brand<string, 'JobKey'>;
/** An absolute path on a host. */
export type HostPath = Brand<string, 'HostPath'>;
/** A path inside the playbook repository: relative, `/`-separated, without `..`. */
export type RepoPath = Brand<string, 'RepoPath'>;

export const unitAddress = (section: string, id: string): UnitAddress => `${section}.${id}` as UnitAddress;
export const asUnitAddress = (text: string): UnitAddress => text as UnitAddress;
export const hostName = (text: string): HostName => text as HostName;
export const asRunId = (text: string): RunId => text as RunId;
export const sha256Digest = (hex: string): Digest => `sha256:${hex}` as Digest;
export const asDigest = (text: string): Digest => text as Digest;
export const asJobKey = (hex: string): JobKey => hex as JobKey;
export const hostPath = (text: string): HostPath => text as HostPath;
export const repoPath = (text: string): RepoPath => text as RepoPath;
