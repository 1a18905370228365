import { openBus } from '../execution/bus.ts';
import { runStarted } from '../execution/execute.ts';
import { joinHostPlans } from '../execution/host-plan.ts';
import { lookForRuns, type RememberedRun } from '../execution/look-for-runs.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Clock } from '../ports/clock.ts';
import type { CliContext, GlobalOptions } from './context.ts';
import { type HostOptions, hostsToAsk } from './hosts-to-ask.ts';
import { placeHere } from './place-run.ts';
import { tell } from './problem.ts';
import { takeOver } from './take-over.ts';

/** Asks the hosts which runs they remember whose ids begin with `prefix`, and writes those that the history lacks into it. */
export async function recallRuns(prefix: string, options: HostOptions, context: CliContext): Promise<Result<Recalled>> {
	const asked = await hostsToAsk(options, context);
	if (!asked.ok) return asked;
	const { composition, stderr } = context;
	const { runs, silent } = await lookForRuns(asked.value.hosts, prefix, {
		connectorFor: await composition.connectors(),
		random: composition.random,
		signal: new AbortController().signal,
		parallel: asked.value.parallel,
	});
	for (const { host, because } of silent) stderr.write(`hsctl: ${host} could not be asked: ${because}\n`);
	const isWhole = silent.length === 0 && options.limit === undefined;
	const kept: RememberedRun[] = [];
	const problems: Diagnostic[] = [];
	for (const one of runs) {
		const placed = await placeHere(one, context);
		if (!placed.ok) problems.push(...placed.error);
		else if (await keep(placed.value, { isWhole, options }, context)) kept.push(placed.value);
	}
	// One run that cannot be kept is in no other's way.
	if (problems.length > 0 && problems.length === runs.length) return fail(problems);
	tell(problems, context);
	return ok({ runs: kept, silent: silent.length });
}

export interface Recalled {
	/** New in the history, the oldest first. */
	readonly runs: readonly RememberedRun[];
	/** How many hosts could not be asked. */
	readonly silent: number;
}

interface Keeping {
	/** All hosts that may have a part in it have spoken. */
	readonly isWhole: boolean;
	readonly options: GlobalOptions;
}

/**
 * Writes a run into the history, or more hosts into one that came from there before; whether something is new. What is over is
 * read to its end at once; what still runs, or of which some host has not spoken, stays open.
 */
async function keep(one: RememberedRun, { isWhole, options }: Keeping, context: CliContext): Promise<boolean> {
	const { run, plan, isRunning, spokeAtMs, controller, user } = one;
	const { clock, openJournal, auditSink } = context.composition;
	const at = (ms: number): Clock => (ms > 0 ? { ...clock, now: () => new Date(ms) } : clock);
	const journal = await openJournal();
	try {
		const known = journal.find(run);
		if (known !== undefined && (known.finishedAt !== null || !journal.isAdopted(run))) return false;
		if (known === undefined) {
			journal.adopt(run, plan);
			const bus = openBus(run, [journal.sink(), await auditSink(run)], at(Date.parse(plan.createdAt)));
			await bus.emit(runStarted({ plan, controller, user }));
			await bus.close();
		} else {
			journal.replan(run, joinHostPlans([journal.plan(run), plan]));
		}
		const summary = journal.find(run);
		if (isWhole && !isRunning && summary !== undefined) {
			const then = { ...context, composition: { ...context.composition, clock: at(spokeAtMs) } };
			await takeOver(summary, { journal, options, openDisplays: async () => [] }, then);
		}
		return known === undefined;
	} finally {
		journal.close();
	}
}
