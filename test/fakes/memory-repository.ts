import { type RepoPath, repoPath } from '../../src/model/brand.ts';
import type { FileRead, Repository } from '../../src/ports/repository.ts';

/** Text or bytes of a file, or one of the other things that a folder can hold. */
export type MemoryEntry =
	| string
	| Uint8Array
	| { readonly executable: string }
	/** A symbolic link and its text. */
	| { readonly link: string }
	/** A pipe, a device: neither file, folder nor link. */
	| { readonly other: true };

/** A repository without a disk: path → what is there. Folders are there when something is in them. */
export function memoryRepository(entries: Readonly<Record<string, MemoryEntry>>): Repository {
	const tree = new Map(Object.entries(entries));
	return {
		display: path => path || '.',
		readFile(path, maxBytes) {
			const real = follow(path, tree);
			return typeof real === 'string' ? readReal(real, maxBytes, tree) : real;
		},
		list(path) {
			const real = follow(path, tree);
			if (typeof real !== 'string') return [];
			return namesIn(real, tree).map(name => ({ name, kind: kindOf(joined(real, name), tree) }));
		},
		readLink(path) {
			const entry = tree.get(path);
			if (!isLink(entry)) throw new Error(`${path} is no link`);
			return entry.link;
		},
	};
}

type Tree = ReadonlyMap<string, MemoryEntry>;

/** Where a path leads when every link on the way is followed, as realpath(3) does it; or why it leads nowhere. */
function follow(path: RepoPath, tree: Tree): string | Extract<FileRead, { kind: 'missing' }> {
	let ahead = path.split('/').filter(part => part !== '');
	let real: string[] = [];
	let links = 0;
	while (ahead.length > 0) {
		const [part = '', ...rest] = ahead;
		ahead = rest;
		if (part === '.') continue;
		if (part === '..') {
			if (real.length === 0) return missing('it is a link that leaves the repository');
			real = real.slice(0, -1);
			continue;
		}
		const entry = tree.get(joined(real.join('/'), part));
		if (!isLink(entry)) {
			real.push(part);
			continue;
		}
		links += 1;
		if (links > 40) return missing('its links go round in circles');
		if (entry.link.startsWith('/')) return missing('it is a link that leaves the repository');
		ahead = [...entry.link.split('/').filter(step => step !== ''), ...ahead];
	}
	return real.join('/');
}

function readReal(path: string, maxBytes: number, tree: Tree): FileRead {
	const entry = tree.get(path);
	if (entry === undefined) {
		if (namesIn(path, tree).length > 0) return missing('it is a folder');
		const isBelowFile = ancestors(path).some(above => tree.has(above));
		return missing(isBelowFile ? 'a part of its path is not a folder' : 'it does not exist');
	}
	if (isLink(entry) || isOther(entry)) return missing('it is not a regular file');
	const content = typeof entry === 'object' && 'executable' in entry ? entry.executable : entry;
	const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
	if (bytes.length > maxBytes) return { kind: 'too_large', size: bytes.length };
	return { kind: 'file', bytes, executable: typeof entry === 'object' && 'executable' in entry };
}

function kindOf(path: string, tree: Tree): 'file' | 'folder' | 'link' | 'other' {
	const entry = tree.get(path);
	if (entry === undefined) return 'folder';
	if (isLink(entry)) return 'link';
	return isOther(entry) ? 'other' : 'file';
}

function namesIn(folder: string, tree: Tree): readonly string[] {
	const start = folder === '' ? '' : `${folder}/`;
	const below = [...tree.keys()].filter(path => path.startsWith(start)).map(path => path.slice(start.length));
	const names = new Set(below.map(path => path.split('/')[0] ?? ''));
	return [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

const ancestors = (path: string): readonly string[] =>
	path.split('/').map((_, index, parts) => parts.slice(0, index).join('/'));

const joined = (folder: string, name: string): RepoPath => repoPath(folder === '' ? name : `${folder}/${name}`);

const missing = (because: string) => ({ kind: 'missing', because }) as const;

const isLink = (entry: MemoryEntry | undefined): entry is { readonly link: string } =>
	typeof entry === 'object' && 'link' in entry;

const isOther = (entry: MemoryEntry): entry is { readonly other: true } =>
	typeof entry === 'object' && 'other' in entry;
