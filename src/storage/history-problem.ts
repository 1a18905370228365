import { accessSync, constants, existsSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { errnoWords } from '../model/errno-words.ts';

/** Why the history cannot be used: the system keeps it `closed`, or what lies there is no history (`damaged`). */
export interface HistoryProblem {
	readonly kind: 'closed' | 'damaged';
	readonly path: string;
	/** One clause. */
	readonly because: string;
}

/** Gives a damaged history another name, with what SQLite keeps beside it; the new name of the file, if there was one. */
export function setDamagedAside(file: string, now: Date): string | undefined {
	if (!existsSync(file) || closed(dirname(file), 'folder') !== undefined || damaged(file) === undefined)
		return undefined;
	const stamp = now.toISOString().replaceAll(/[:.]/g, '-');
	for (const suffix of ['', '-wal', '-shm'])
		if (existsSync(file + suffix)) renameSync(file + suffix, `${file}.damaged-${stamp}${suffix}`);
	return `${file}.damaged-${stamp}`;
}

/** Looks, and writes nothing: what is not there yet can be made when a folder above it is ours. To read, nothing has to be there. */
export function findHistoryProblem(file: string, use: 'read' | 'write'): HistoryProblem | undefined {
	const audit = join(dirname(file), 'audit');
	const closedAudit = use === 'write' && existsSync(audit) ? closed(audit, 'folder') : undefined;
	if (existsSync(file)) return closed(file, 'file') ?? closed(dirname(file), 'folder') ?? damaged(file) ?? closedAudit;
	if (use === 'read') return undefined;
	return closed(nearestThere(dirname(file)), 'folder') ?? closedAudit;
}

function nearestThere(path: string): string {
	return existsSync(path) || path === dirname(path) ? path : nearestThere(dirname(path));
}

/** SQLite keeps files beside its own, so the folder has to be writable even to read. */
function closed(path: string, kind: 'file' | 'folder'): HistoryProblem | undefined {
	try {
		const isFolder = statSync(path).isDirectory();
		if (isFolder !== (kind === 'folder'))
			return { kind: 'closed', path, because: isFolder ? 'it is a folder' : 'it is not a folder' };
		const { R_OK, W_OK, X_OK } = constants;
		accessSync(path, kind === 'folder' ? W_OK | X_OK : R_OK | W_OK);
		return undefined;
	} catch (error) {
		return { kind: 'closed', path, because: errnoWords(error) };
	}
}

function damaged(file: string): HistoryProblem | undefined {
	try {
		const database = new DatabaseSync(file, { timeout: 10_000 });
		try {
			database.prepare('SELECT name FROM sqlite_schema').all();
			return undefined;
		} finally {
			database.close();
		}
	} catch (error) {
		const because = error instanceof Error ? error.message : String(error);
		return /not a database|malformed/.test(because) ? { kind: 'damaged', path: file, because } : undefined;
	}
}
