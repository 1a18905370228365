import type { Diagnostic } from '../model/diagnostic.ts';
import type { ExitCode } from '../model/exit-code.ts';
import type { Journal, RunSummary } from '../ports/journal.ts';
import type { CliContext } from './context.ts';
import type { HostOptions } from './hosts-to-ask.ts';
import { commandLineProblem, refuse } from './problem.ts';
import { recallRuns } from './recall-runs.ts';

/**
 * Finds a run by its id, the beginning of it, or `last`, and closes the journal afterwards.
 * @param recall where to ask for a run that another controller began; absent: only the history counts
 */
export async function withRun(
	what: string,
	context: CliContext,
	recall: HostOptions | undefined,
	use: (run: RunSummary, journal: Journal) => ExitCode | Promise<ExitCode>,
): Promise<ExitCode> {
	const problems = recall === undefined ? [] : await recallMissing(what, recall, context);
	const journal = await context.composition.readJournal();
	try {
		const summary = what === '' ? undefined : journal.find(what);
		if (summary !== undefined) return await use(summary, journal);
		return refuse(problems.length > 0 ? problems : [notFound(what, journal)], context);
	} finally {
		journal.close();
	}
}

/** Asks the hosts when the history knows nothing of the kind; gives why there was nobody to ask, or why nothing was found. */
async function recallMissing(what: string, recall: HostOptions, context: CliContext): Promise<readonly Diagnostic[]> {
	if (!/^[0-9a-hjkmnp-tv-z]{4,26}$/i.test(what) || (await isKnown(what, context))) return [];
	const recalled = await recallRuns(what.toUpperCase(), recall, context);
	if (!recalled.ok)
		return recalled.error.map(problem => ({
			...problem,
			message: `the history has no run ${what}, and to ask the hosts for it: ${problem.message}`,
		}));
	if (recalled.value.runs.length > 0) return [];
	return [
		commandLineProblem(
			'HS1803',
			`neither the history nor any host that was asked has a run ${what}`,
			'see `hsctl history`; --playbook FILE asks the hosts of a playbook, as the user that it works as',
		),
	];
}

async function isKnown(what: string, { composition }: CliContext): Promise<boolean> {
	const journal = await composition.readJournal();
	try {
		return journal.runs(1000).some(({ run }) => run.startsWith(what.toUpperCase()));
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
		return say(
			message,
			'begin one with `hsctl apply PLAYBOOK`; `hsctl history` lists them, and with --from-hosts asks the hosts for theirs',
		);
	}
	const several = runs.filter(({ run }) => run.startsWith(what.toUpperCase())).length > 1;
	return several
		? say(`several runs begin with ${what}`, 'write more of its id')
		: say(`the history has no run ${what}`, 'see `hsctl history`, or say `last`');
}
