import type { DiagnosticCode } from './diagnostic-code.ts';

/** A stretch of a source file. Lines and columns count from 1; columns count UTF-16 units, as editors do. */
export interface Span {
	/** As the person named it: relative to where they stand. */
	readonly file: string;
	readonly line: number;
	readonly column: number;
	readonly endLine: number;
	readonly endColumn: number;
	/** The whole first line, so that a diagnostic can be shown without its file. */
	readonly sourceLine: string;
}

/** The playbook (or another input) is wrong: one cause, one cure. A unit that goes wrong on a host is a failure instead. */
export interface Diagnostic {
	readonly severity: 'error' | 'warning';
	readonly code: DiagnosticCode;
	/** What is wrong, in one clause: it begins in lower case (but for names) and ends without a full stop. */
	readonly message: string;
	readonly at?: Span;
	/** What to do about it, written the same way; a question keeps its mark. */
	readonly hint?: string;
}

export const isError = (diagnostic: Diagnostic): boolean => diagnostic.severity === 'error';
