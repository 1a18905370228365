import type { Diagnostic } from '../../model/diagnostic.ts';
import type { DiagnosticCode } from '../../model/diagnostic-code.ts';
import type { SourceText } from '../source.ts';

/** A problem with a line of a file that is imported. Lines count from 1. */
export function problemInLine(
	source: SourceText,
	line: number,
	problem: { readonly code: DiagnosticCode; readonly message: string; readonly hint: string },
): Diagnostic {
	return { severity: 'error', ...problem, at: lineSpan(source, line) };
}

function lineSpan({ text, span }: SourceText, line: number): Diagnostic['at'] & object {
	let start = 0;
	for (let before = 1; before < line; before += 1) {
		const end = text.indexOf('\n', start);
		if (end === -1) break;
		start = end + 1;
	}
	const end = text.indexOf('\n', start);
	return span(start, end === -1 ? text.length : end);
}

/** A problem that is no line's own. */
export const problemOf = (code: DiagnosticCode, message: string, hint: string): Diagnostic => ({
	severity: 'error',
	code,
	message,
	hint,
});
