import { opendirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { WalkedEntry, WalkedFolder } from '../language/legacy-digest.ts';
import { errnoWords } from '../model/errno-words.ts';
import { fail, ok, type Result } from '../model/result.ts';

/** A folder of this machine's disk. `readdir` would sort, so that the order of the file system is asked for entry by entry. */
export const walkedFolder = (root: string): WalkedFolder => ({
	list: path => trying(() => list(join(root, path))),
	read: path => trying(() => readFileSync(join(root, path))),
});

function list(folder: string): readonly WalkedEntry[] {
	const entries: WalkedEntry[] = [];
	using open = opendirSync(folder);
	for (let entry = open.readSync(); entry !== null; entry = open.readSync())
		entries.push({ name: entry.name, kind: kindOf(join(folder, entry.name), entry.isSymbolicLink()) });
	return entries;
}

function kindOf(path: string, isLink: boolean): WalkedEntry['kind'] {
	const found = statSync(path, { throwIfNoEntry: false });
	// A link that leads nowhere is a file that cannot be read.
	if (found === undefined) return 'file';
	if (found.isDirectory()) return isLink ? 'folder_link' : 'folder';
	return found.isFile() ? 'file' : 'other';
}

function trying<Value>(look: () => Value): Result<Value, string> {
	try {
		return ok(look());
	} catch (error) {
		return fail(errnoWords(error));
	}
}
