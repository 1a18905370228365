import { repoPath } from '../model/brand.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { FileRead, Repository } from '../ports/repository.ts';
import { type LockFile, lockPath, parseLock } from './lock-file.ts';

/** The lock of a repository; `undefined`: there is none. One that is there and cannot be read is damaged, and not taken for none. */
export function readLock(repository: Repository): Result<LockFile | undefined> {
	if (!hasLock(repository)) return ok(undefined);
	const read = repository.readFile(lockPath, maxLockBytes);
	const lock = read.kind === 'file' ? parseLock(new TextDecoder().decode(read.bytes)) : fail(whyUnread(read));
	return lock.ok ? lock : fail([damaged(repository.display(lockPath), lock.error)]);
}

export const hasLock = (repository: Repository): boolean =>
	repository.list(repoPath('')).some(({ name }) => name === lockPath);

/** Room for half a million pins. */
const maxLockBytes = 64 * 1024 * 1024;

const whyUnread = (read: Exclude<FileRead, { kind: 'file' }>): string =>
	read.kind === 'missing' ? read.because : 'it is larger than 64 MiB';

const damaged = (shown: string, because: string): Diagnostic => ({
	severity: 'error',
	code: 'HS1405',
	message: `${shown} cannot be read: ${because}`,
	hint: 'restore it from git; or look at every script, remove it, and run `hsctl lock`',
});
