import { createHash } from 'node:crypto';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { inOrder } from './diagnostic-format.ts';

/** GitLab's code quality report: one JSON list. */
export function gitlabDiagnostics(diagnostics: readonly Diagnostic[], files: readonly string[]): string {
	const seen = new Map<string, number>();
	const entries = inOrder(diagnostics).map(diagnostic => {
		const identity = identityOf(diagnostic);
		const twin = seen.get(identity) ?? 0;
		seen.set(identity, twin + 1);
		return entry(diagnostic, sha256(`${identity}\0${twin}`), files[0] ?? '.');
	});
	return `${JSON.stringify(entries, null, 2)}\n`;
}

// The line number is no part of it: a problem that only moved is the same problem. Twins are told apart by their order.
const identityOf = ({ code, message, at }: Diagnostic): string =>
	[code, at?.file ?? '', message, at?.sourceLine.trim() ?? ''].join('\0');

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** GitLab refuses an entry without a path: a problem without a place is put on the first file that was checked. */
const entry = ({ severity, code, message, at, hint }: Diagnostic, fingerprint: string, file: string): object => ({
	description: hint === undefined ? message : `${message}; ${hint}`,
	check_name: code,
	fingerprint,
	severity: severity === 'error' ? 'major' : 'minor',
	location: { path: at?.file ?? file, lines: { begin: at?.line ?? 1 } },
});
