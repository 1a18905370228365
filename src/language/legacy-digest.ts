import { createHash } from 'node:crypto';
import { fail, ok, type Result } from '../model/result.ts';

/** A folder of this machine, for a checksum that depends on how its system lists it. */
export interface WalkedFolder {
	/** The entries of a folder below it (`''`: itself), in the order in which the file system gives them; or one clause why not. */
	list(path: string): Result<readonly WalkedEntry[], string>;
	read(path: string): Result<Uint8Array, string>;
}

export interface WalkedEntry {
	readonly name: string;
	/** What a link leads to; a folder behind one is `folder_link`. */
	readonly kind: 'file' | 'folder' | 'folder_link' | 'other';
}

/** The checksum that the updates of HOMESERVER have for a module. */
export interface LegacyDigest {
	/** 64 hex digits. */
	readonly hex: string;
	/** Folders beside each other: another file system may list them in another order, and give another checksum of the same files. */
	readonly ambiguous: readonly string[];
}

/**
 * One SHA-256 over the path and the bytes of each file, with nothing between them: the files of a folder by name, its folders as
 * the file system lists them. It confuses `a` with the text `bc` and `ab` with the text `c`, and sees no mode, no link and no empty
 * folder; it is here to be compared with, and pins nothing.
 */
export function legacyDigest(folder: WalkedFolder): Result<LegacyDigest, string> {
	const walking: Walking = { folder, hash: createHash('sha256'), ambiguous: [] };
	const problem = walk('', 0, walking);
	if (problem !== undefined) return fail(problem);
	return ok({ hex: walking.hash.digest('hex'), ambiguous: walking.ambiguous });
}

interface Walking {
	readonly folder: WalkedFolder;
	readonly hash: ReturnType<typeof createHash>;
	readonly ambiguous: string[];
}

const passedOver: ReadonlySet<string> = new Set(['checksum', 'checksum.sha', '__pycache__']);

const deepest = 200;

function walk(path: string, depth: number, walking: Walking): string | undefined {
	if (depth > deepest) return `its folders nest more than ${deepest} levels deep`;
	const listed = walking.folder.list(path);
	if (!listed.ok) return `\`${path === '' ? '.' : path}\` cannot be read: ${listed.error}`;
	const entries = listed.value.filter(({ name }) => !passedOver.has(name));
	const folders = entries.filter(({ kind }) => kind === 'folder');
	const files = entries.filter(({ name, kind }) => (kind === 'file' || kind === 'other') && !name.endsWith('.pyc'));
	for (const { name, kind } of files.toSorted(byCodePoint)) {
		const problem = feed(path === '' ? name : `${path}/${name}`, kind, walking);
		if (problem !== undefined) return problem;
	}
	if (folders.length > 1) walking.ambiguous.push(path === '' ? '.' : path);
	for (const { name } of folders) {
		const problem = walk(path === '' ? name : `${path}/${name}`, depth + 1, walking);
		if (problem !== undefined) return problem;
	}
	return undefined;
}

function feed(path: string, kind: WalkedEntry['kind'], { folder, hash }: Walking): string | undefined {
	if (path.includes('\uFFFD')) return `the name \`${path}\` is not plain UTF-8`;
	if (kind !== 'file') return `\`${path}\` is not a file, folder or link`;
	const read = folder.read(path);
	if (!read.ok) return `\`${path}\` cannot be read: ${read.error}`;
	hash.update(path).update(read.value);
	return undefined;
}

/** As Python sorts names: JavaScript would order text by UTF-16 units. */
const byCodePoint = (a: WalkedEntry, b: WalkedEntry): number =>
	Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));
