import { bundleContents } from '../../execution/bundle.ts';
import type { HostAtWork } from '../../execution/context.ts';
import { recallRun } from '../../execution/recall-run.ts';
import { sayWord } from '../../execution/run-bundle.ts';
import type { RunId } from '../../model/brand.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import type { PlannedHost } from '../../model/plan.ts';
import type { CliContext } from '../context.ts';
import type { HostOptions } from '../hosts-to-ask.ts';
import { withRun } from '../with-run.ts';

/** Ends what a run does on its hosts now, and lets nothing new start. What ended is told by the run itself: see `attach`. */
export const cancel = (what: string, options: HostOptions, context: CliContext): Promise<ExitCode> =>
	withRun(what, context, options, async ({ run, finishedAt }, journal) => {
		const { stderr } = context;
		if (finishedAt !== null) {
			stderr.write(`hsctl: run ${run} is over since ${finishedAt}; there is nothing to cancel\n`);
			return exitCodes.success;
		}
		const plan = journal.plan(run);
		const { hosts } = recallRun(plan, []);
		let code: ExitCode = exitCodes.success;
		for (const host of plan.hosts) {
			const at = hosts.get(host.name);
			if (!host.reached || at === undefined) continue;
			const problem = await cancelOnHost(run, host, at, context);
			stderr.write(`hsctl: ${host.name}: ${problem ?? 'told to cancel'}\n`);
			if (problem !== undefined) code = exitCodes.unreachable;
		}
		stderr.write(`hsctl: see how it ends: hsctl attach ${run}\n`);
		return code;
	});

/** One clause on what went wrong, or nothing. */
async function cancelOnHost(
	run: RunId,
	{ facts, units }: ReachedHost,
	{ host, become }: HostAtWork,
	{ composition }: CliContext,
): Promise<string | undefined> {
	const connectorFor = await composition.connectors();
	const opened = await connectorFor(host).open(host, become, new AbortController().signal);
	if (!opened.ok) return opened.because;
	await using connection = opened.connection;
	for (const stage of new Set(units.map(unit => unit.stage))) {
		await sayWord(
			'cancel',
			{ state: facts.state.path, name: bundleContents({ run, stage, units: [] }).name },
			connection,
		);
	}
	return undefined;
}

type ReachedHost = Extract<PlannedHost, { readonly reached: true }>;
