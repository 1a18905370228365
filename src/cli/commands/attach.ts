import { openBus } from '../../execution/bus.ts';
import { attachRun } from '../../execution/execute.ts';
import { readSecrets } from '../../execution/read-secrets.ts';
import { recallRun } from '../../execution/recall-run.ts';
import { Redactor } from '../../execution/redactor.ts';
import type { RunId } from '../../model/brand.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { runReport } from '../../outputs/run-report.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { Journal, RunSummary } from '../../ports/journal.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { openScreen } from '../displays.ts';
import { hearSignals } from '../hear-signals.ts';
import { defaultParallel } from '../plan-playbook.ts';
import { refuse } from '../problem.ts';
import { withRun } from '../with-run.ts';

/** Shows a run from its beginning to its end: one that is over, one that another process watches, or one that has lost its controller. */
export const attach = (what: string, options: GlobalOptions, context: CliContext): Promise<ExitCode> =>
	withRun(what, context, async (summary, journal) => {
		if (summary.finishedAt !== null) {
			if (options.json === true) await replayAll(summary.run, journal, options, context);
			else context.stdout.write(runReport(journal.events(summary.run), context.stdout));
			return summary.exitCode ?? exitCodes.success;
		}
		return journal.isBeingWritten(summary.run)
			? watch(summary, journal, options, context)
			: takeOver(summary, journal, options, context);
	});

/** The same lines as if it had been watched. */
async function replayAll(run: RunId, journal: Journal, options: GlobalOptions, context: CliContext): Promise<void> {
	const screen = await openScreen(options, () => {}, context);
	await replay([...journal.events(run)], [screen]);
	await screen.close();
}

const pollMs = 200;

/** Another process writes the journal: this one only reads it. Ctrl-C ends the view and nothing else. */
async function watch(
	{ run }: RunSummary,
	journal: Journal,
	options: GlobalOptions,
	context: CliContext,
): Promise<ExitCode> {
	let hasLeft = false;
	const leave = () => {
		hasLeft = true;
	};
	const forget = context.onSignal(leave);
	const displays = [await openScreen(options, leave, context)];
	const follow = newEvents(run, journal, displays);
	let code: ExitCode | undefined;
	while (code === undefined && !hasLeft && journal.isBeingWritten(run)) {
		code = await follow();
		await new Promise<void>(resolve => setTimeout(resolve, pollMs));
	}
	// The writer may have said its last word and gone between two looks.
	code ??= await follow();
	for (const display of displays) await display.close();
	forget();
	return code ?? (hasLeft ? exitCodes.interrupted : exitCodes.attention);
}

/** Shows what the journal has got since the last call; the run's exit code when it is over. */
function newEvents(run: RunId, journal: Journal, displays: readonly EventSink[]): () => Promise<ExitCode | undefined> {
	let seen = 0;
	return async () => {
		let code: ExitCode | undefined;
		for (const event of journal.events(run)) {
			if (event.seq <= seen) continue;
			seen = event.seq;
			await replay([event], displays);
			if (event.type === 'run_finished') code = event.exit_code;
		}
		return code;
	};
}

/** The controller that began it is gone: the hosts' own records are read to the end, and the journal is finished. */
async function takeOver(
	{ run }: RunSummary,
	journal: Journal,
	options: GlobalOptions,
	context: CliContext,
): Promise<ExitCode> {
	const { clock, random, controller, user, connectors, auditSink, openSecrets } = context.composition;
	const plan = journal.plan(run);
	// Not to send them, but to hide them in what the hosts have printed.
	const secrets = await readSecrets(plan, await openSecrets(plan.request.playbook));
	if (!secrets.ok) return refuse(secrets.error, context);
	journal.takeOver(run);
	using heard = hearSignals(context);
	const { interrupts } = heard;
	const displays = [await openScreen(options, () => interrupts.raise(), context)];
	const events = [...journal.events(run)];
	await replay(events, displays);
	const bus = openBus(run, [journal.sink(), await auditSink(run), ...displays], clock, {
		lastSeq: events.at(-1)?.seq ?? 0,
		redactor: new Redactor(secrets.value),
	});
	let isOpen = false;
	try {
		const recalled = recallRun(plan, events);
		const end = await attachRun({
			...recalled,
			run,
			bus,
			clock,
			random,
			interrupts,
			controller,
			user,
			parallel: options.parallel ?? defaultParallel,
			connectorFor: await connectors(),
		});
		isOpen = end.isOpen;
		return heard.exitCode(end.code);
	} finally {
		await bus.close();
		context.stderr.write(heard.farewell(run, isOpen) ?? '');
	}
}

async function replay(
	events: readonly Parameters<EventSink['take']>[0][],
	displays: readonly EventSink[],
): Promise<void> {
	for (const event of events) for (const display of displays) await display.take(event);
}
