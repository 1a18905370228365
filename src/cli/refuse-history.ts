import type { HistoryProblem } from '../compose.ts';
import type { ExitCode } from '../model/exit-code.ts';
import { unreachable } from '../model/unreachable.ts';
import type { CliContext } from './context.ts';
import { commandLineProblem, refuse } from './problem.ts';

/** Runs are recorded, or only looked up. */
export type HistoryUse = 'read' | 'write';

/** Says that the history cannot be used, with the cure, and gives the exit code; nothing when all is well. Writes nothing. */
export async function refuseHistory(use: HistoryUse, context: CliContext): Promise<ExitCode | undefined> {
	const problem = await context.composition.findHistoryProblem(use);
	return problem === undefined
		? undefined
		: refuse(
				[
					commandLineProblem(
						'HS1807',
						`the history cannot be used: ${problem.path}: ${problem.because}`,
						cureOf(problem),
					),
				],
				context,
			);
}

const cureOf = ({ kind }: HistoryProblem): string => {
	switch (kind) {
		case 'damaged':
			return 'let `hsctl history --from-hosts` keep it aside and ask the hosts for their runs; nothing runs twice without it, because the hosts keep the truth';
		case 'closed':
			return 'make it writable for you, or set XDG_STATE_HOME to a folder that is';
		default:
			return unreachable(kind);
	}
};
