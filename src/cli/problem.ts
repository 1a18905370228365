import type { Diagnostic } from '../model/diagnostic.ts';
import type { DiagnosticCode } from '../model/diagnostic-code.ts';
import { type ExitCode, exitCodes } from '../model/exit-code.ts';
import { humanDiagnostics } from '../outputs/diagnostics/human.ts';
import { styleFor } from '../outputs/style.ts';
import type { CliContext } from './context.ts';

/** Shows problems on stderr and gives the exit code for wrong input. */
export function refuse(diagnostics: readonly Diagnostic[], context: CliContext): ExitCode {
	tell(diagnostics, context);
	return exitCodes.invalid;
}

/** Shows problems on stderr. */
export function tell(diagnostics: readonly Diagnostic[], { stderr }: CliContext): void {
	const [ofFiles, ofWords] = [
		diagnostics.filter(({ at }) => at !== undefined),
		diagnostics.filter(({ at }) => at === undefined),
	];
	const { paint } = styleFor(stderr);
	for (const { code, message, hint } of ofWords) {
		stderr.write(`${paint('bad', `hsctl: ${code}`)}: ${message}\n${hint === undefined ? '' : `  = help: ${hint}\n`}`);
	}
	if (ofFiles.length > 0) stderr.write(humanDiagnostics(ofFiles, [], stderr));
}

/** A problem of the command line: it has no place in a file. */
export const commandLineProblem = (code: DiagnosticCode, message: string, hint: string): Diagnostic => ({
	severity: 'error',
	code,
	message,
	hint,
});
