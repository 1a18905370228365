import { createHash } from 'node:crypto';
import { type Digest, sha256Digest } from '../model/brand.ts';
import type { PlannedFile } from '../model/plan.ts';
import { merge } from '../texts/merge.ts';
import { unifiedDiff } from '../texts/unified-diff.ts';
import type { FileSight } from '../units/pool/file-look.ts';
import type { PoolFileOnHost } from '../units/pool/pool-on-host.ts';

export const digestOf = (bytes: Uint8Array): Digest => sha256Digest(createHash('sha256').update(bytes).digest('hex'));

/** The new version with the host's change in it; or in one clause why there can be none. */
export type MergedFile =
	| { readonly kind: 'clean'; readonly bytes: Uint8Array }
	| { readonly kind: 'impossible'; readonly because: string };

/** @param there the bytes on the host, when they have been shown */
export function mergeFile({ file }: PoolFileOnHost, there: Uint8Array | undefined): MergedFile {
	if (file.base === undefined) return { kind: 'impossible', because: 'the file has no `base`' };
	if (there === undefined)
		return { kind: 'impossible', because: 'its bytes were not shown: it is no text, or larger than 32 KiB' };
	const merged = merge({ base: file.base.bytes, theirs: there, ours: file.src.bytes });
	if (merged.kind !== 'conflict') return merged;
	const where = merged.count === 1 ? 'one place' : `${merged.count} places`;
	return {
		kind: 'impossible',
		because: `both have changed ${where}, the first at line ${merged.first} of the host's file`,
	};
}

interface Texts {
	readonly wanted: PoolFileOnHost | undefined;
	readonly sight: FileSight | undefined;
	readonly there: Uint8Array | undefined;
}

/** Adds what differs between what is there and what will be there, or would be. */
export function withDiff(file: PlannedFile, { wanted, sight, there }: Texts): PlannedFile {
	if (wanted === undefined || sight === undefined || file.action === 'same' || file.action === 'refuse') return file;
	const { bytes } = wanted.file.src;
	if (sight.seen.kind === 'absent')
		return { ...file, diff: unifiedDiff({ path: file.dest, before: undefined, after: bytes }) };
	if (sight.seen.kind !== 'file' || sight.seen.digest === wanted.file.src.digest) return file;
	// What was shown may be no text: then a NUL is lost on the way, and it is not what was hashed.
	if (there === undefined || digestOf(there) !== sight.seen.digest)
		return { ...file, diff: { kind: 'unshown', because: 'it is no text, or larger than 32 KiB' } };
	const merged = file.action === 'merge' ? mergeFile(wanted, there) : undefined;
	return {
		...file,
		diff: unifiedDiff({ path: file.dest, before: there, after: merged?.kind === 'clean' ? merged.bytes : bytes }),
	};
}
