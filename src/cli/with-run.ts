import type { Diagnostic } from '../model/diagnostic.ts';
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
	const journal = await context.composition.readJournal();
	try {
		const summary = what === '' ? undefined : journal.find(what);
		if (summary !== undefined) return await use(summary, journal);
		return refuse([notFound(what, journal)], context);
	} finally {
		journal.close();
	}
}

function notFound(what: string, journal: Journal): Diagnostic {
	const runs = journal.runs(1000);
	const say = (message: string, hint: string) => commandLineProblem('HS1803', message, hint);
	if (what === '') return say('an empty word is no run', 'see `hsctl history`, or say `last`');
	if (runs.length === 0) {
		const message = what === 'last' ? 'there is no run yet' : `there is no run ${what}: the history is empty`;
		return say(message, 'begin one with `hsctl apply PLAYBOOK`; `hsctl history` lists them');
	}
	const several = runs.filter(({ run }) => run.startsWith(what.toUpperCase())).length > 1;
	return several
		? say(`several runs begin with ${what}`, 'write more of its id')
		: say(`the history has no run ${what}`, 'see `hsctl history`, or say `last`');
}
