import type { Diagnostic } from '../../model/diagnostic.ts';
import { diagnosticCodes } from '../../model/diagnostic-code.ts';
import { visible } from '../visible.ts';
import { inOrder } from './diagnostic-format.ts';

/** Workflow commands of GitHub Actions: an annotation a problem. */
export const githubDiagnostics = (diagnostics: readonly Diagnostic[]): string =>
	inOrder(diagnostics)
		.map(annotation => `${command(annotation)}\n`)
		.join('');

function command({ severity, code, message, at, hint }: Diagnostic): string {
	const title = `title=${property(`${code} ${diagnosticCodes[code].title}`)}`;
	const place = at === undefined ? '' : `file=${property(at.file)},line=${at.line},col=${at.column},`;
	return `::${severity} ${place}${title}::${commandText(hint === undefined ? message : `${message}\n${hint}`)}`;
}

/** The text of a workflow command: the percent sign first, it is what the others are written with. A CR has become a line end. */
export const commandText = (text: string): string => visible(text).replaceAll('%', '%25').replaceAll('\n', '%0A');

const property = (text: string): string => commandText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
