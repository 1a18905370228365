import { asDigest, type Digest, type RepoPath, repoPath } from '../model/brand.ts';
import { fail, ok, type Result } from '../model/result.ts';

/** Where the lock file lies in a repository. */
export const lockPath: RepoPath = repoPath('hsctl.lock');

/** What may run: the digest of every script, file and module tree that the repository's playbooks name. */
export interface LockFile {
	readonly files: ReadonlyMap<RepoPath, Digest>;
	/** Module folders, by `language/tree-digest.ts`. */
	readonly trees: ReadonlyMap<RepoPath, Digest>;
}

export const emptyLock: LockFile = { files: new Map(), trees: new Map() };

/** One clause on what is wrong: the caller knows the place. */
export function parseLock(text: string): Result<LockFile, string> {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return fail('it is not JSON');
	}
	if (!isObject(value) || value.format !== format) return fail(`its format is not ${format}`);
	const files = digestMap(value.files);
	const trees = digestMap(value.trees);
	if (files === undefined || trees === undefined)
		return fail('a digest in it is not `sha256:` and 64 hexadecimal digits');
	return ok({ files, trees });
}

/** Sorted by path and spaced for people, so that a diff shows one changed script as one changed line. */
export function formatLock(lock: LockFile): string {
	const sorted = (map: ReadonlyMap<RepoPath, Digest>) => Object.fromEntries([...map].sort(([a], [b]) => byText(a, b)));
	return `${JSON.stringify({ format, files: sorted(lock.files), trees: sorted(lock.trees) }, null, '\t')}\n`;
}

/** What differs between what is pinned and what is there. */
export interface LockDifference {
	readonly path: RepoPath;
	readonly kind: 'not_pinned' | 'changed' | 'gone';
}

/** `pinned` against `now`, sorted by path; empty when they agree. */
export function compareLocks(pinned: LockFile, now: LockFile): readonly LockDifference[] {
	const differences = [...compareMaps(pinned.files, now.files), ...compareMaps(pinned.trees, now.trees)];
	return differences.sort((a, b) => byText(a.path, b.path));
}

/** Not by the rules of a language: the file has to come out the same everywhere. */
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function compareMaps(pinned: ReadonlyMap<RepoPath, Digest>, now: ReadonlyMap<RepoPath, Digest>): LockDifference[] {
	const present = [...now].flatMap(([path, digest]): LockDifference[] => {
		const pin = pinned.get(path);
		if (pin === undefined) return [{ path, kind: 'not_pinned' }];
		return pin === digest ? [] : [{ path, kind: 'changed' }];
	});
	const gone = [...pinned.keys()]
		.filter(path => !now.has(path))
		.map((path): LockDifference => ({ path, kind: 'gone' }));
	return [...present, ...gone];
}

const format = 'hsctl/lock/v1';

function digestMap(value: unknown): ReadonlyMap<RepoPath, Digest> | undefined {
	if (!isObject(value)) return undefined;
	const entries = Object.entries(value);
	if (!entries.every(([, digest]) => typeof digest === 'string' && /^sha256:[0-9a-f]{64}$/.test(digest)))
		return undefined;
	return new Map(entries.map(([path, digest]) => [repoPath(path), asDigest(String(digest))]));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
