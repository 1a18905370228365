import { closeSync, globSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { FolderEntry, ImportFiles, Looked } from '../language/import/import-files.ts';
import { sourceLimit } from '../language/source.ts';
import { errnoWords } from '../model/errno-words.ts';

/** The files of this machine, from `cwd` on; `home` is where the user's ssh config looks for what it includes. */
export function filesFrom(cwd: string, home: string | undefined): ImportFiles {
	return {
		look: path => look(resolve(cwd, path)),
		included(pattern, from) {
			const isOfMachine = resolve(cwd, from).startsWith('/etc/ssh/');
			const base = isOfMachine || home === undefined ? dirname(resolve(cwd, from)) : join(home, '.ssh');
			const path = home === undefined ? pattern : pattern.replace(/^~(?=\/)/, () => home);
			return globSync(isAbsolute(path) ? path : join(base, path)).toSorted();
		},
	};
}

function look(path: string): Looked {
	try {
		if (statSync(path).isDirectory())
			return { kind: 'folder', entries: readdirSync(path).map(name => entryOf(path, name)) };
		return read(path);
	} catch (error) {
		return { kind: 'missing', because: isMissing(error) ? 'it does not exist' : errnoWords(error) };
	}
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

function entryOf(folder: string, name: string): FolderEntry {
	try {
		const found = statSync(join(folder, name));
		return { name, kind: found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other' };
	} catch {
		// A link that leads nowhere.
		return { name, kind: 'other' };
	}
}

/** Reads what a pipe gives, too: `hsctl import <(ansible-inventory --list --yaml)`. */
function read(path: string): Looked {
	const { size } = statSync(path);
	if (size > sourceLimit) return { kind: 'too_large', size };
	const descriptor = openSync(path, 'r');
	try {
		const parts: Buffer[] = [];
		let length = 0;
		while (length <= sourceLimit) {
			const part = Buffer.alloc(64 * 1024);
			const got = readSync(descriptor, part);
			if (got === 0) return { kind: 'file', bytes: Buffer.concat(parts) };
			parts.push(part.subarray(0, got));
			length += got;
		}
		return { kind: 'too_large', size: length };
	} finally {
		closeSync(descriptor);
	}
}
