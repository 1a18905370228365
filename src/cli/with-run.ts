import type { ExitCode } from '../model/exit-code.ts';
import type { Journal, RunSummary } from '../ports/journal.ts';
import type { CliContext } from './context.ts';
import { commandLineProblem, refuse } from './problem.ts';

/** Finds a run by its id, the beginning of it, or `last`, and closes the journal afterwards. */
export async function withRun(
	what: string,
	context: CliContext,
	use: (run: RunSummary, journal: Journal) => ExitCode | Promise<ExitCode>,
): Promise<ExitCode> {
	const journal = await context.composition.openJournal();
	try {
		const summary = journal.find(what);
		if (summary !== undefined) return await use(summary, journal);
		const several = journal.runs(1000).filter(({ run }) => run.startsWith(what.toUpperCase())).length > 1;
		const message = several ? `several runs begin with ${what}` : `the history has no run ${what}`;
		return refuse(
			[commandLineProblem('HS1803', message, several ? 'write more of its id' : 'see `hsctl history`, or say `last`')],
			context,
		);
	} finally {
		journal.close();
	}
}
