import { type Diagnostic, isError } from '../../model/diagnostic.ts';
import { count } from '../text/count.ts';
import type { TextLook } from '../text-out.ts';

/** Makes the whole output of a check. `files`: every file that was checked, also those without a problem. */
export type DiagnosticFormat = (diagnostics: readonly Diagnostic[], files: readonly string[], look: TextLook) => string;

/** By file, then by place; problems without a place first. Equal places keep their order. */
export const inOrder = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] =>
	[...diagnostics].sort((one, other) => byFile(one, other) || byPlace(one, other));

/** `3 errors, 1 warning`. */
export function countProblems(diagnostics: readonly Diagnostic[]): string {
	const errors = diagnostics.filter(isError).length;
	return `${count(errors, 'error')}, ${count(diagnostics.length - errors, 'warning')}`;
}

/** All files that were checked or have a problem, in this order. */
export const filesOf = (diagnostics: readonly Diagnostic[], files: readonly string[]): readonly string[] => [
	...new Set([...files, ...diagnostics.flatMap(({ at }) => (at === undefined ? [] : [at.file]))]),
];

function byFile(one: Diagnostic, other: Diagnostic): number {
	const [left, right] = [one.at?.file ?? '', other.at?.file ?? ''];
	if (left === right) return 0;
	return left < right ? -1 : 1;
}

const byPlace = (one: Diagnostic, other: Diagnostic): number =>
	(one.at?.line ?? 0) - (other.at?.line ?? 0) || (one.at?.column ?? 0) - (other.at?.column ?? 0);
