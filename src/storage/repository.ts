import { closeSync, constants, fstatSync, openSync, readdirSync, readlinkSync, readSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { RepoPath } from '../model/brand.ts';
import type { FileRead, Repository } from '../ports/repository.ts';

/** A repository on this machine's disk. `root` is absolute; `from` is where the person stands, for the names that are shown. */
export function diskRepository(root: string, from: string): Repository {
	const realRoot = realpathSync.native(root);
	const full = (path: RepoPath) => join(realRoot, path);
	/** With every link followed; `undefined`: that leads out of the repository. Throws for what is not there. */
	const inside = (path: RepoPath): string | undefined => {
		const real = realpathSync.native(full(path));
		return isInside(real, realRoot) ? real : undefined;
	};
	return {
		display: path => relative(from, full(path)) || '.',
		readFile(path, maxBytes) {
			try {
				const real = inside(path);
				if (real === undefined) return { kind: 'missing', because: 'it is a link that leaves the repository' };
				return readRegular(real, maxBytes);
			} catch (error) {
				return { kind: 'missing', because: because(error) };
			}
		},
		list(path) {
			try {
				const real = inside(path);
				if (real === undefined) return [];
				return readdirSync(real, { withFileTypes: true })
					.map(entry => ({ name: entry.name, kind: kindOf(entry) }))
					.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
			} catch {
				return [];
			}
		},
		readLink: path => readlinkSync(full(path)),
	};
}

const isInside = (path: string, root: string): boolean =>
	path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);

/** Size and kind are asked of the open file, so that nothing can change between the question and the reading. */
function readRegular(path: string, maxBytes: number): FileRead {
	const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
	try {
		const status = fstatSync(file);
		if (!status.isFile())
			return { kind: 'missing', because: status.isDirectory() ? 'it is a folder' : 'it is not a regular file' };
		if (status.size > maxBytes) return { kind: 'too_large', size: status.size };
		const bytes = Buffer.alloc(status.size);
		let filled = 0;
		while (filled < bytes.length) {
			const count = readSync(file, bytes, filled, bytes.length - filled, filled);
			if (count === 0) break;
			filled += count;
		}
		return { kind: 'file', bytes: bytes.subarray(0, filled), executable: (status.mode & 0o111) !== 0 };
	} finally {
		closeSync(file);
	}
}

function kindOf(entry: {
	isFile(): boolean;
	isDirectory(): boolean;
	isSymbolicLink(): boolean;
}): 'file' | 'folder' | 'link' | 'other' {
	if (entry.isSymbolicLink()) return 'link';
	if (entry.isDirectory()) return 'folder';
	return entry.isFile() ? 'file' : 'other';
}

const reasons: Readonly<Record<string, string>> = {
	ENOENT: 'it does not exist',
	EACCES: 'permission denied',
	ENOTDIR: 'a part of its path is not a folder',
	ELOOP: 'its links go round in circles',
};

function because(error: unknown): string {
	const code = error instanceof Error && 'code' in error ? String(error.code) : '';
	return reasons[code] ?? (error instanceof Error ? error.message : String(error));
}
