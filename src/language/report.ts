import type { Diagnostic, Span } from '../model/diagnostic.ts';
import type { DiagnosticCode } from '../model/diagnostic-code.ts';
import type { Parsed, Path } from './parse.ts';

/** A problem at a path of the document: the report finds its place. */
export interface Problem {
	readonly code: DiagnosticCode;
	readonly path: Path;
	/** Point at the key itself instead of its value. */
	readonly what?: 'key' | 'value';
	readonly message: string;
	readonly hint?: string;
	readonly severity?: 'error' | 'warning';
}

/** Gathers every problem of one document. */
export class Report {
	readonly #parsed: Parsed;
	readonly #diagnostics: Diagnostic[] = [];

	constructor(parsed: Parsed) {
		this.#parsed = parsed;
	}

	add({ code, path, what, message, hint, severity }: Problem): void {
		const at = this.at(path, what);
		this.#diagnostics.push({
			severity: severity ?? 'error',
			code,
			message,
			at,
			...(hint === undefined ? {} : { hint }),
		});
	}

	/** Problems of another file that this one names. */
	include(diagnostics: readonly Diagnostic[]): void {
		this.#diagnostics.push(...diagnostics);
	}

	at(path: Path, what?: 'key' | 'value'): Span {
		return this.#parsed.at(path, what);
	}

	get diagnostics(): readonly Diagnostic[] {
		return this.#diagnostics;
	}
}
