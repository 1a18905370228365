import { type RepoPath, repoPath } from '../../model/brand.ts';
import type { RepoFile, Script } from '../../model/unit.ts';
import { lockPath } from '../lock-file.ts';
import { resolveRepoPath } from '../repo-path.ts';
import type { Problem } from '../report.ts';
import { nearest } from '../suggest.ts';
import type { CheckContext } from './context.ts';
import { refuseReferences } from './references.ts';

/** Where the playbook names a file. */
export type Place = Pick<Problem, 'path' | 'what'>;

/** Finds a script of the repository and compares it with its pin; `undefined` when it is not there, which has been reported then. */
export function readScript(
	text: string,
	place: Place,
	interpreter: string | readonly string[] | undefined,
	context: CheckContext,
): Script | undefined {
	const { files, lock, report } = context;
	if (refuseReferences(text, place.path, report)) return undefined;
	const file = findPath(text, place, context);
	if (file === undefined) return undefined;
	const found = files.script(file);
	if (found.kind === 'unreadable') {
		reportMissing({ text, file, place, code: 'HS1209', kind: 'script' }, found.because, context);
		return undefined;
	}
	const pinned = lock?.files.get(file);
	const pin = pinned === undefined ? 'missing' : pinned === found.digest ? 'matches' : 'differs';
	warnAboutPin(file, pin, place, context);
	const { bytes, digest } = found;
	return { path: file, digest, bytes, interpreter: wordsOf(interpreter) ?? found.interpreter, pin };
}

/** Finds any other file of the repository, read and compared with its pin in the same way. */
export function readRepoFile(text: string, place: Place, context: CheckContext): RepoFile | undefined {
	const { files, lock, report } = context;
	if (refuseReferences(text, place.path, report)) return undefined;
	const file = findPath(text, place, context);
	if (file === undefined) return undefined;
	const found = files.file(file);
	if (found.kind === 'unreadable') {
		reportMissing({ text, file, place, code: 'HS1210', kind: 'file' }, found.because, context);
		return undefined;
	}
	const pinned = lock?.files.get(file);
	const pin = pinned === undefined ? 'missing' : pinned === found.digest ? 'matches' : 'differs';
	warnAboutPin(file, pin, place, context);
	return { path: file, digest: found.digest, bytes: found.bytes, pin };
}

const wordsOf = (interpreter: string | readonly string[] | undefined): readonly string[] | undefined =>
	typeof interpreter === 'string' ? interpreter.trim().split(/\s+/) : interpreter;

/** Where a path of the playbook leads; `undefined` when that is out of the repository, which has been reported then. */
export function findPath(text: string, place: Place, { file: from, report }: CheckContext): RepoPath | undefined {
	const file = resolveRepoPath(text, from);
	if (file === undefined)
		report.add({
			...place,
			code: 'HS1211',
			message: `\`${text}\` leaves the repository`,
			hint: 'use a path inside the repository',
		});
	return file;
}

interface MissingFile {
	/** As written. */
	readonly text: string;
	readonly file: RepoPath;
	readonly place: Place;
	readonly code: 'HS1209' | 'HS1210';
	readonly kind: 'script' | 'file';
}

function reportMissing(
	{ text, file, place, code, kind }: MissingFile,
	because: string,
	{ report, files, repository }: CheckContext,
): void {
	report.add({
		...place,
		code,
		message: `the ${kind} ${repository.display(file)} cannot be read: ${because}`,
		hint: () => {
			const slash = file.lastIndexOf('/');
			const name = file.slice(slash + 1);
			const near = nearest(name, files.namesIn(repoPath(file.slice(0, Math.max(slash, 0)))));
			if (near === undefined || near === name) return createHint(text, place);
			return `did you mean \`${text.slice(0, text.length - name.length)}${near}\`?`;
		},
	});
}

const createHint = (text: string, place: Place): string =>
	place.what === 'key'
		? 'create it, or name another one with `script:`'
		: `create it, or correct the path: it starts at ${startOf(text)}`;

const startOf = (text: string): string =>
	/^\.\.?\//.test(text) ? "the playbook's folder" : 'the root of the repository';

function warnAboutPin(
	file: RepoPath,
	pin: Script['pin'],
	place: Place,
	{ lock, files, repository, report }: CheckContext,
): void {
	// Without any lock file one warning says it all; see `playbook.ts`.
	if (pin === 'matches' || lock === undefined || !files.isFirstTime(file)) return;
	const [shown, lockFile] = [repository.display(file), repository.display(lockPath)];
	report.add({
		...place,
		code: pin === 'missing' ? 'HS1402' : 'HS1403',
		severity: 'warning',
		message:
			pin === 'missing'
				? `${shown} is not pinned in ${lockFile}, so it will not be applied`
				: `${shown} has changed since it was pinned in ${lockFile}, so it will not be applied`,
		hint: 'read it, then run `hsctl lock`',
	});
}
