import { createHash } from 'node:crypto';
import { type Digest, sha256Digest } from '../model/brand.ts';
import type { FileAction, PlannedFile } from '../model/plan.ts';
import { merge } from '../texts/merge.ts';
import { unifiedDiff } from '../texts/unified-diff.ts';
import type { SeenFile } from '../units/pool/file-look.ts';
import type { PoolFileOnHost } from '../units/pool/pool-on-host.ts';

export const digestOf = (bytes: Uint8Array): Digest => sha256Digest(createHash('sha256').update(bytes).digest('hex'));

/** The new version with the host's change in it; or in one clause why there can be none. */
export type MergedFile =
	| { readonly kind: 'clean'; readonly bytes: Uint8Array }
	| { readonly kind: 'impossible'; readonly because: string };

const noText = 'it is no text, or larger than 32 KiB';

/** @param there the bytes on the host, when they have been shown as they are */
export function mergeFile({ file }: PoolFileOnHost, there: Uint8Array | undefined): MergedFile {
	if (file.base === undefined) return { kind: 'impossible', because: 'the file has no `base`' };
	if (there === undefined) return { kind: 'impossible', because: `its bytes were not shown: ${noText}` };
	const merged = merge({ base: file.base.bytes, theirs: there, ours: file.src.bytes });
	if (merged.kind !== 'conflict') return merged;
	const where = merged.count === 1 ? 'one place' : `${merged.count} places`;
	return {
		kind: 'impossible',
		because: `both have changed ${where}, the first at line ${merged.first} of the host's file`,
	};
}

/**
 * The bytes with a digest: the repository's, those with the host's change merged in, or what is there already.
 * @param there the bytes on the host, when they have been shown as they are
 */
export function bytesOf(digest: Digest, wanted: PoolFileOnHost, there: Uint8Array | undefined): Uint8Array | undefined {
	const { src } = wanted.file;
	if (src.digest === digest) return src.bytes;
	if (there !== undefined && digestOf(there) === digest) return there;
	const merged = mergeFile(wanted, there);
	return merged.kind === 'clean' && digestOf(merged.bytes) === digest ? merged.bytes : undefined;
}

/** The bytes that were shown of a file, if they are those that were hashed: what is no text loses its NULs on the way. */
export const shownOf = (seen: SeenFile, there: Uint8Array | undefined): Uint8Array | undefined =>
	there !== undefined && seen.kind === 'file' && digestOf(there) === seen.digest ? there : undefined;

interface Texts {
	readonly wanted: PoolFileOnHost;
	readonly seen: SeenFile;
	readonly there: Uint8Array | undefined;
	/** Why nobody has been shown any bytes; absent: only those of this file may be missing. */
	readonly unseen?: string;
}

/** Adds what differs between what is there and what will be there, or would be if nothing stood in the way. */
export function withDiff(file: PlannedFile, { wanted, seen, there, unseen = noText }: Texts): PlannedFile {
	if (undiffed.has(file.action)) return file;
	const digest = file.digest ?? wanted.file.src.digest;
	const after = bytesOf(digest, wanted, there);
	if (after === undefined) return file;
	if (seen.kind === 'absent') return { ...file, diff: unifiedDiff({ path: file.dest, before: undefined, after }) };
	if (seen.kind !== 'file' || seen.digest === undefined || seen.digest === digest) return file;
	if (there === undefined) return { ...file, diff: { kind: 'unshown', because: unseen } };
	return { ...file, diff: unifiedDiff({ path: file.dest, before: there, after }) };
}

/** Of these nothing is put there, whatever is done about what is said of them. */
const undiffed: ReadonlySet<FileAction> = new Set<FileAction>(['same', 'skip', 'refuse']);
