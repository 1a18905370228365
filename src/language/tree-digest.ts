import { createHash } from 'node:crypto';
import { type Digest, type RepoPath, repoPath, sha256Digest } from '../model/brand.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Repository } from '../ports/repository.ts';

/**
 * The digest of a folder: names, kinds, execute bits, link targets and bytes of everything in it, whatever order the
 * file system lists it in. One line an entry (`kind NUL execute NUL path NUL sha256 LF`), sorted by bytes, hashed under a version tag.
 * A name that two systems could read differently is refused (one clause why): the digest has to mean one tree.
 */
export function treeDigest(root: RepoPath, repository: Repository): Result<Digest, string> {
	const entries: Entry[] = [];
	const links = new Map<string, string>();
	const problem = collect('', { root, repository, entries, links }) ?? firstDetour(links) ?? firstTwins(entries);
	if (problem !== undefined) return fail(problem);
	if (entries.length === 0) return fail('it is not a folder, or it is empty');
	const lines = entries.sort((a, b) => Buffer.compare(a.sortedBy, b.sortedBy)).map(line);
	return ok(sha256Digest(sha256(`hsctl-tree-v1\n${lines.join('')}`)));
}

interface Entry {
	readonly kind: 'file' | 'folder' | 'link';
	readonly executable: boolean;
	readonly path: string;
	/** The path's UTF-8 bytes: JavaScript orders text by UTF-16 units, which is another order. */
	readonly sortedBy: Uint8Array;
	/** Hex SHA-256 of the bytes, of the link's text, or of nothing for a folder. */
	readonly content: string;
}

const line = (entry: Entry): string =>
	`${entry.kind}\0${entry.executable ? 'x' : '-'}\0${entry.path}\0${entry.content}\n`;

interface Collecting {
	readonly root: RepoPath;
	readonly repository: Repository;
	readonly entries: Entry[];
	/** What each link says. */
	readonly links: Map<string, string>;
}

/** Gathers what is below a folder of the tree; the clause says what is wrong with the first entry that cannot be part of a digest. */
function collect(folder: string, collecting: Collecting): string | undefined {
	for (const { name, kind } of collecting.repository.list(join(collecting.root, folder))) {
		const path = folder === '' ? name : `${folder}/${name}`;
		// A replacement character is what is left of bytes that are no UTF-8.
		if (name !== name.normalize('NFC') || name.includes('\uFFFD')) return `the name \`${path}\` is not plain UTF-8`;
		const problem = collectors[kind](path, collecting);
		if (problem !== undefined) return problem;
	}
	return undefined;
}

type EntryKind = ReturnType<Repository['list']>[number]['kind'];

const collectors: Readonly<Record<EntryKind, (path: string, collecting: Collecting) => string | undefined>> = {
	folder(path, collecting) {
		collecting.entries.push(entry('folder', path, ''));
		return collect(path, collecting);
	},
	link(path, { root, repository, entries, links }) {
		const target = repository.readLink(join(root, path));
		if (leaves(path, target)) return `the link \`${path}\` leaves the folder`;
		entries.push(entry('link', path, target));
		links.set(path, target);
		return undefined;
	},
	file(path, { root, repository, entries }) {
		const read = repository.readFile(join(root, path), maxFileBytes);
		if (read.kind === 'too_large') return `\`${path}\` is larger than 1 GiB`;
		if (read.kind === 'missing') return `\`${path}\` cannot be read: ${read.because}`;
		entries.push(entry('file', path, read.bytes, read.executable));
		return undefined;
	},
	other: path => `\`${path}\` is not a file, folder or link`,
};

const entry = (kind: Entry['kind'], path: string, content: string | Uint8Array, executable = false): Entry => ({
	kind,
	executable,
	path,
	sortedBy: Buffer.from(path),
	content: sha256(content),
});

const maxFileBytes = 1024 ** 3;

/** Walks the link's text from the folder it lies in; an absolute one leaves by itself. */
function leaves(path: string, target: string): boolean {
	if (target.startsWith('/')) return true;
	let depth = path.split('/').length - 1;
	for (const part of target.split('/')) {
		if (part === '..') depth -= 1;
		else if (part !== '' && part !== '.') depth += 1;
		if (depth < 0) return true;
	}
	return false;
}

/** Behind another link `..` leads elsewhere than the text says: out of the folder, in the end. */
function firstDetour(links: ReadonlyMap<string, string>): string | undefined {
	for (const [path, target] of links) {
		const here = path.split('/').slice(0, -1);
		for (const part of target.split('/')) {
			const behind = here.join('/');
			if (links.has(behind)) return `the link \`${path}\` passes through the link \`${behind}\``;
			if (part === '..') here.pop();
			else if (part !== '' && part !== '.') here.push(part);
		}
	}
	return undefined;
}

/** On a file system that does not tell upper from lower case the two would be one. */
function firstTwins(entries: readonly Entry[]): string | undefined {
	const seen = new Map<string, string>();
	for (const { path } of entries) {
		const folded = path.toLowerCase();
		const twin = seen.get(folded);
		if (twin !== undefined) return `\`${twin}\` and \`${path}\` differ only in upper and lower case`;
		seen.set(folded, path);
	}
	return undefined;
}

const join = (root: RepoPath, below: string): RepoPath => (below === '' ? root : repoPath(`${root}/${below}`));

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
