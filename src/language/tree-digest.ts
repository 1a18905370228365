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
	const entries = collect(root, '', repository);
	if (!entries.ok) return entries;
	const twins = firstTwins(entries.value.map(entry => entry.path));
	if (twins !== undefined) return fail(`\`${twins}\` differs from another name only in upper and lower case`);
	const lines = entries.value.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path))).map(line);
	return ok(sha256Digest(sha256(`hsctl-tree-v1\n${lines.join('')}`)));
}

interface Entry {
	readonly kind: 'file' | 'folder' | 'link';
	readonly executable: boolean;
	readonly path: string;
	/** Hex SHA-256 of the bytes, of the link's text, or of nothing for a folder. */
	readonly content: string;
}

const line = (entry: Entry): string =>
	`${entry.kind}\0${entry.executable ? 'x' : '-'}\0${entry.path}\0${entry.content}\n`;

function collect(root: RepoPath, below: string, repository: Repository): Result<Entry[], string> {
	const entries: Entry[] = [];
	for (const { name, kind } of repository.list(join(root, below))) {
		const path = below === '' ? name : `${below}/${name}`;
		if (name !== name.normalize('NFC') || name.includes('�')) return fail(`the name \`${path}\` is not plain UTF-8`);
		const found = kind === 'folder' ? folder(root, path, repository) : single(root, path, kind, repository);
		if (!found.ok) return found;
		entries.push(...found.value);
	}
	return ok(entries);
}

function folder(root: RepoPath, path: string, repository: Repository): Result<Entry[], string> {
	const inside = collect(root, path, repository);
	return inside.ok ? ok([{ kind: 'folder', executable: false, path, content: sha256('') }, ...inside.value]) : inside;
}

function single(
	root: RepoPath,
	path: string,
	kind: 'file' | 'link' | 'other',
	repository: Repository,
): Result<Entry[], string> {
	if (kind === 'other') return fail(`\`${path}\` is no file, folder or link`);
	if (kind === 'link') {
		const target = repository.readLink(join(root, path));
		if (leaves(path, target)) return fail(`the link \`${path}\` leaves the folder`);
		return ok([{ kind, executable: false, path, content: sha256(target) }]);
	}
	const read = repository.readFile(join(root, path), maxFileBytes);
	if (read.kind === 'too_large') return fail(`\`${path}\` is larger than 1 GiB`);
	if (read.kind === 'missing') return fail(`\`${path}\` cannot be read: ${read.because}`);
	return ok([{ kind, executable: read.executable, path, content: sha256(read.bytes) }]);
}

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

function firstTwins(paths: readonly string[]): string | undefined {
	const seen = new Set<string>();
	return paths.find(path => {
		const folded = path.toLowerCase();
		const twin = seen.has(folded);
		seen.add(folded);
		return twin;
	});
}

const join = (root: RepoPath, below: string): RepoPath => (below === '' ? root : repoPath(`${root}/${below}`));

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
