import { createHash } from 'node:crypto';
import { type Digest, type RepoPath, sha256Digest } from '../../model/brand.ts';
import type { Repository } from '../../ports/repository.ts';
import { interpreterOf } from '../interpreter.ts';

/** A script that does not fit in here is no script. */
const maxScriptBytes = 16 * 1024 * 1024;

/** Of any other file: all of it is read, and sent. */
const maxFileBytes = 256 * 1024 * 1024;

/** What is in a script, or in one clause why it cannot be read. */
export type ScriptFile =
	| {
			readonly kind: 'script';
			readonly bytes: Uint8Array;
			readonly digest: Digest;
			/** From its `#!` line. */
			readonly interpreter: readonly string[];
	  }
	| { readonly kind: 'unreadable'; readonly because: string };

/** Reads and hashes each script once, and lists each folder once, whatever number of units name them. */
export class FilesOnce {
	readonly #repository: Repository;
	readonly #scripts = new Map<RepoPath, ScriptFile>();
	readonly #files = new Map<RepoPath, ScriptFile>();
	readonly #folders = new Map<RepoPath, readonly string[]>();
	readonly #spokenOf = new Set<RepoPath>();

	constructor(repository: Repository) {
		this.#repository = repository;
	}

	script(path: RepoPath): ScriptFile {
		return this.#read(path, this.#scripts, maxScriptBytes);
	}

	/** A file that is put on hosts; it may be larger than any script. */
	file(path: RepoPath): ScriptFile {
		return this.#read(path, this.#files, maxFileBytes);
	}

	#read(path: RepoPath, known: Map<RepoPath, ScriptFile>, most: number): ScriptFile {
		const file = known.get(path) ?? readScriptFile(path, this.#repository, most);
		known.set(path, file);
		return file;
	}

	namesIn(folder: RepoPath): readonly string[] {
		const known = this.#folders.get(folder);
		if (known !== undefined) return known;
		const names = this.#repository.list(folder).map(entry => entry.name);
		this.#folders.set(folder, names);
		return names;
	}

	/** For what is to be said of a file once, and not of every unit that names it. */
	isFirstTime(path: RepoPath): boolean {
		if (this.#spokenOf.has(path)) return false;
		this.#spokenOf.add(path);
		return true;
	}
}

function readScriptFile(path: RepoPath, repository: Repository, most: number): ScriptFile {
	const read = repository.readFile(path, most);
	if (read.kind === 'missing') return { kind: 'unreadable', because: read.because };
	if (read.kind === 'too_large') return { kind: 'unreadable', because: `it is larger than ${most / 1024 ** 2} MiB` };
	return {
		kind: 'script',
		bytes: read.bytes,
		digest: sha256Digest(createHash('sha256').update(read.bytes).digest('hex')),
		interpreter: interpreterOf(read.bytes),
	};
}
