import { type ExitCode, exitCodes } from '../model/exit-code.ts';
import type { Plan } from '../model/plan.ts';

/** A plan is a question that was answered: pending work is no failure, unless `--detailed-exitcode` asks to be told. */
export function planExitCode({ counts }: Plan, detailed: boolean): ExitCode {
	if (counts.refused > 0) return exitCodes.refused;
	if (counts.ask > 0) return exitCodes.attention;
	if (counts.fail > 0 || counts.unknown > 0) return exitCodes.failed;
	if (counts.unreachable > 0) return exitCodes.unreachable;
	return detailed && counts.run > 0 ? exitCodes.changesPending : exitCodes.success;
}
