/** Why the system would not open, read or write something: one clause, in the words of a person and not in those of errno(3). */
export function errnoWords(error: unknown): string {
	const code = error instanceof Error && 'code' in error ? String(error.code) : '';
	return words[code] ?? (error instanceof Error ? error.message : String(error));
}

/** Only the machine can have caused it, and only a person there can mend it: a full disk, a missing permission, and the same from SQLite. */
export const isOfMachine = (error: unknown): boolean =>
	error instanceof Error &&
	(('code' in error && ofMachine.has(String(error.code))) ||
		('errcode' in error && sqliteOfMachine.has(Number(error.errcode) & 0xff)));

/** Another process has held the history locked for longer than anyone waits: BUSY of https://sqlite.org/rescode.html. */
export const isHeldByAnother = (error: unknown): boolean =>
	error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;

const ofMachine: ReadonlySet<string> = new Set('EACCES EPERM EROFS ENOSPC EDQUOT EFBIG EIO EMFILE ENFILE'.split(' '));

/** The low byte of https://sqlite.org/rescode.html: READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB. */
const sqliteOfMachine: ReadonlySet<number> = new Set([8, 10, 11, 13, 14, 26]);

const words: Readonly<Record<string, string>> = {
	EACCES: 'permission denied',
	EPERM: 'not permitted',
	EROFS: 'the file system is read-only',
	ENOSPC: 'no space left on the device',
	EDQUOT: 'the disk quota is used up',
	EFBIG: 'the file would be too large',
	EIO: 'the device has failed',
	EEXIST: 'something else is there',
	EISDIR: 'it is a folder',
	ENOTDIR: 'a part of its path is not a folder',
	ENOENT: 'its folder does not exist',
	ELOOP: 'its links go round in circles',
	ENAMETOOLONG: 'the name is too long',
	EMFILE: 'too many files are open',
	ENFILE: 'too many files are open on this machine',
};
