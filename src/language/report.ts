import type { Diagnostic, Span } from '../model/diagnostic.ts';
import type { DiagnosticCode } from '../model/diagnostic-code.ts';
import type { Parsed, Path } from './parse.ts';

/** A problem at a path of the document: the report finds its place. */
export interface Problem {
	readonly code: DiagnosticCode;
	readonly path: Path;
	/** Point at the key itself instead of its value. */
	readonly what?: 'key' | 'value';
	/** Point only at this piece of the text that is the value. */
	readonly piece?: string;
	/** Either as a function where finding the words takes a search: it is asked only for problems that are listed. */
	readonly message: string | (() => string);
	readonly hint: string | (() => string);
	readonly severity?: Diagnostic['severity'];
}

/** Nobody reads further, and ten thousand searches for the nearest name would take minutes. */
const mostOfEach = 100;

/** Gathers the problems of one document: the first hundred errors and the first hundred warnings, and how many more there are. */
export class Report {
	readonly #parsed: Parsed;
	readonly #own = { error: new Listed('error'), warning: new Listed('warning') };
	readonly #included: Diagnostic[] = [];

	constructor(parsed: Parsed) {
		this.#parsed = parsed;
	}

	add({ code, path, what, piece, message, hint, severity = 'error' }: Problem): void {
		this.#own[severity].add(() => ({
			severity,
			code,
			message: typeof message === 'string' ? message : message(),
			at: piece === undefined ? this.at(path, what) : this.#atPiece(path, piece),
			hint: typeof hint === 'string' ? hint : hint(),
		}));
	}

	/** Problems of another file that this one names. */
	include(diagnostics: readonly Diagnostic[]): void {
		for (const diagnostic of diagnostics) this.#included.push(diagnostic);
	}

	at(path: Path, what?: 'key' | 'value'): Span {
		return this.#parsed.at(path, what);
	}

	/** The whole value where the piece is not to be seen as it is, because of escapes or a line break. */
	#atPiece(path: Path, piece: string): Span {
		const whole = this.at(path);
		const start = whole.line === whole.endLine ? placeOf(piece, this.#parsed.scalarSource(path) ?? '') : -1;
		if (start === -1) return whole;
		const column = whole.column + start;
		return { ...whole, column, endColumn: column + piece.length };
	}

	/** In the order in which they were found. */
	get diagnostics(): readonly Diagnostic[] {
		return [...this.#own.error.diagnostics, ...this.#own.warning.diagnostics, ...this.#included];
	}
}

/** Where a name (or anything else) begins in a text, not counting those that are only a part of a longer name; -1: nowhere. */
function placeOf(piece: string, text: string): number {
	const isInName = (at: number) => /[\w.-]/.test(text.charAt(at));
	for (let at = text.indexOf(piece); at !== -1; at = text.indexOf(piece, at + 1)) {
		const end = at + piece.length;
		if (!(isInName(at) && isInName(at - 1)) && !(isInName(end - 1) && isInName(end))) return at;
	}
	return -1;
}

class Listed {
	readonly #severity: Diagnostic['severity'];
	readonly #listed: Diagnostic[] = [];
	#firstLeftOut: Diagnostic | undefined;
	#leftOut = 0;

	constructor(severity: Diagnostic['severity']) {
		this.#severity = severity;
	}

	add(make: () => Diagnostic): void {
		if (this.#listed.length < mostOfEach) this.#listed.push(make());
		else {
			this.#firstLeftOut ??= make();
			this.#leftOut += 1;
		}
	}

	get diagnostics(): readonly Diagnostic[] {
		if (this.#firstLeftOut === undefined) return this.#listed;
		// A single one takes no more room than the sentence about it.
		if (this.#leftOut === 1) return [...this.#listed, this.#firstLeftOut];
		const more: Diagnostic = {
			...this.#firstLeftOut,
			code: 'HS1016',
			message: `this is one of ${this.#leftOut} more ${this.#severity}s, which are not listed`,
			hint: 'correct the others first; often one cause is behind many of them',
		};
		return [...this.#listed, more];
	}
}
