import { createHash } from 'node:crypto';
import { type RepoPath, sha256Digest } from '../../model/brand.ts';
import type { Script } from '../../model/unit.ts';
import { interpreterOf } from '../interpreter.ts';
import type { LockFile } from '../lock-file.ts';
import type { Path } from '../parse.ts';
import { resolveRepoPath } from '../repo-path.ts';
import { nearest } from '../suggest.ts';
import type { CheckContext } from './context.ts';
import { refuseReferences } from './references.ts';

/** A script that does not fit in here is no script. */
const maxScriptBytes = 16 * 1024 * 1024;

/** Reads a script of the repository and compares it with its pin; `undefined` when it is not there, which has been reported then. */
export function readScript(
	text: string,
	path: Path,
	interpreter: string | readonly string[] | undefined,
	context: CheckContext,
): Script | undefined {
	refuseReferences(text, path, context);
	const found = findFile(text, path, { code: 'HS1209', what: 'the script' }, context);
	if (found === undefined) return undefined;
	const digest = sha256Digest(createHash('sha256').update(found.bytes).digest('hex'));
	const pin = pinOf(found.file, digest, context.lock);
	warnAboutPin(found.file, pin, path, context);
	const words = typeof interpreter === 'string' ? interpreter.trim().split(/\s+/) : interpreter;
	return { path: found.file, digest, bytes: found.bytes, interpreter: words ?? interpreterOf(found.bytes), pin };
}

/** A file that the playbook names has to be in the repository. */
export function findFile(
	text: string,
	path: Path,
	{ code, what }: { readonly code: 'HS1209' | 'HS1210'; readonly what: string },
	{ file: from, repository, report }: CheckContext,
): { readonly file: RepoPath; readonly bytes: Uint8Array } | undefined {
	const file = resolveRepoPath(text, from);
	if (file === undefined) {
		report.add({
			code: 'HS1211',
			path,
			message: `\`${text}\` leaves the repository`,
			hint: 'use a path inside the repository',
		});
		return undefined;
	}
	const read = repository.readFile(file, maxScriptBytes);
	if (read.kind === 'file') return { file, bytes: read.bytes };
	const because = read.kind === 'too_large' ? 'it is larger than 16 MiB' : read.because;
	const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
	const near = nearest(
		file.slice(folder.length + 1),
		repository.list(folder as RepoPath).map(entry => entry.name),
	);
	const hint =
		near === undefined
			? `create it, or name another: paths start at ${startOf(text)}`
			: `did you mean \`${text.slice(0, text.length - file.slice(folder.length + 1).length)}${near}\`?`;
	report.add({ code, path, message: `${what} ${repository.display(file)} cannot be read: ${because}`, hint });
	return undefined;
}

const startOf = (text: string): string =>
	/^\.\.?\//.test(text) ? "the playbook's folder" : 'the root of the repository';

function pinOf(file: RepoPath, digest: string, lock: LockFile | undefined): Script['pin'] {
	const pinned = lock?.files.get(file);
	if (pinned === undefined) return 'missing';
	return pinned === digest ? 'matches' : 'differs';
}

function warnAboutPin(file: RepoPath, pin: Script['pin'], path: Path, { lock, report }: CheckContext): void {
	// Without any lock file one warning says it all; see `playbook.ts`.
	if (pin === 'matches' || lock === undefined) return;
	const [code, message] =
		pin === 'missing'
			? (['HS1402', `${file} is not pinned in hsctl.lock, so it will not be applied`] as const)
			: (['HS1403', `${file} has changed since it was pinned in hsctl.lock, so it will not be applied`] as const);
	report.add({ code, path, severity: 'warning', message, hint: 'read the script, then run `hsctl lock`' });
}
