import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { errnoWords } from '../../model/errno-words.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { planText } from '../../outputs/plan/human.ts';
import { planJson } from '../../outputs/plan/json.ts';
import { runReport } from '../../outputs/run-report.ts';
import { oneLineJson } from '../../outputs/text/json.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { commandLineProblem, refuse } from '../problem.ts';
import { refuseHistory } from '../refuse-history.ts';
import { readSavedPlan } from '../saved-plan.ts';
import { withRun } from '../with-run.ts';

export interface ShowOptions extends GlobalOptions {
	readonly diff?: boolean;
}

/** A saved plan, or what a run did: for ever, whatever became of the playbook since. */
export async function show(what: string, options: ShowOptions, context: CliContext): Promise<ExitCode> {
	const file = resolve(context.cwd, what);
	if (what === '' || !existsSync(file))
		return (await refuseHistory('read', context)) ?? showRun(what, options, context);
	const read = readText(file);
	return read.ok
		? showPlan(what, read.text, options, context)
		: refuse([commandLineProblem('HS1804', `${what} is not a saved plan: ${read.because}`, makeOne)], context);
}

type Read = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly because: string };

function readText(file: string): Read {
	try {
		return { ok: true, text: readFileSync(file, 'utf8') };
	} catch (error) {
		return { ok: false, because: errnoWords(error) };
	}
}

const makeOne = 'make one with `hsctl plan PLAYBOOK -o FILE`; a run is shown by its id, see `hsctl history`';

function showPlan(file: string, text: string, options: ShowOptions, context: CliContext): ExitCode {
	const plan = readSavedPlan(text);
	if (plan === undefined)
		return refuse([commandLineProblem('HS1804', `${file} is not a saved plan`, makeOne)], context);
	const { stdout } = context;
	stdout.write(options.json === true ? planJson(plan) : planText(plan, stdout, wordsOf(options)));
	return exitCodes.success;
}

const wordsOf = ({ verbose = false, diff = false }: ShowOptions) => ({ verbose, diffs: diff });

const showRun = (what: string, options: ShowOptions, context: CliContext): Promise<ExitCode> =>
	withRun(what, context, undefined, ({ run }, journal) => {
		const events = journal.events(run);
		if (options.json === true) for (const event of events) context.stdout.write(oneLineJson(event));
		else context.stdout.write(runReport(events, context.stdout, { ...wordsOf(options), plan: journal.plan(run) }));
		return exitCodes.success;
	});
