import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import type { CliContext } from '../context.ts';

/** Follows the audit chain: a line that was changed or removed breaks it. */
export async function auditVerify({ composition, stdout, stderr }: CliContext): Promise<ExitCode> {
	const { lines, breaks } = await composition.verifyAudit();
	for (const { file, line } of breaks) stderr.write(`${file}:${line}: this line does not continue the one before it\n`);
	if (breaks.length > 0) return exitCodes.attention;
	stdout.write(`The audit chain is whole: ${lines} lines.\n`);
	return exitCodes.success;
}
