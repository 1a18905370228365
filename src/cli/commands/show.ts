import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { planText } from '../../outputs/plan/human.ts';
import { planJson } from '../../outputs/plan/json.ts';
import { runReport } from '../../outputs/run-report.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { commandLineProblem, refuse } from '../problem.ts';
import { readSavedPlan } from '../saved-plan.ts';
import { withRun } from '../with-run.ts';

/** A saved plan, or what a run did: for ever, whatever became of the playbook since. */
export async function show(what: string, options: GlobalOptions, context: CliContext): Promise<ExitCode> {
	const file = resolve(context.cwd, what);
	return existsSync(file) ? showPlan(readFileSync(file, 'utf8'), options, context) : showRun(what, options, context);
}

function showPlan(text: string, options: GlobalOptions, context: CliContext): ExitCode {
	const plan = readSavedPlan(text);
	if (plan === undefined)
		return refuse(
			[commandLineProblem('HS1804', 'the file is not a saved plan', 'make one with `hsctl plan PLAYBOOK -o FILE`')],
			context,
		);
	const { stdout } = context;
	stdout.write(options.json === true ? planJson(plan) : planText(plan, stdout, { verbose: options.verbose === true }));
	return exitCodes.success;
}

const showRun = (what: string, options: GlobalOptions, context: CliContext): Promise<ExitCode> =>
	withRun(what, context, ({ run }, journal) => {
		const events = journal.events(run);
		if (options.json === true) for (const event of events) context.stdout.write(`${JSON.stringify(event)}\n`);
		else context.stdout.write(runReport(events, context.stdout));
		return exitCodes.success;
	});
