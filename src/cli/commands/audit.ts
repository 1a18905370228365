import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import type { CliContext } from '../context.ts';
import { commandLineProblem, refuse } from '../problem.ts';

/** `audit verify`, the one thing that can be done with the audit files by now. */
export async function audit(word: string, context: CliContext): Promise<ExitCode> {
	if (word === 'verify') return auditVerify(context);
	return refuse(
		[commandLineProblem('HS1801', `audit knows \`verify\`, not \`${word}\``, 'write `hsctl audit verify`')],
		context,
	);
}

/** Follows the audit chain: a line that was changed or removed breaks it. */
async function auditVerify({ composition, stdout, stderr }: CliContext): Promise<ExitCode> {
	const { lines, breaks } = await composition.verifyAudit();
	for (const { file, line } of breaks) stderr.write(`${file}:${line}: this line does not continue the one before it\n`);
	if (breaks.length > 0) return exitCodes.attention;
	stdout.write(`The audit chain is whole: ${lines} lines.\n`);
	return exitCodes.success;
}
