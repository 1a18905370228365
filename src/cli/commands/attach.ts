import type { RunId } from '../../model/brand.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { runReport } from '../../outputs/run-report.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { Journal, RunSummary } from '../../ports/journal.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { openScreen } from '../displays.ts';
import type { HeardSignals } from '../hear-signals.ts';
import type { HostOptions } from '../hosts-to-ask.ts';
import { replay, takeOver } from '../take-over.ts';
import { withRun } from '../with-run.ts';

/** Shows a run from its beginning to its end: one that is over, one that another process watches, or one that has lost its controller. */
export const attach = (what: string, options: HostOptions, context: CliContext): Promise<ExitCode> =>
	withRun(what, context, options, async (summary, journal) => {
		if (summary.finishedAt !== null) {
			if (options.json === true) await replayAll(summary.run, journal, options, context);
			else context.stdout.write(runReport(journal.events(summary.run), context.stdout));
			return summary.exitCode ?? exitCodes.success;
		}
		const openDisplays = async ({ interrupts }: HeardSignals) => [
			await openScreen(options, () => interrupts.leave(), context, { isView: true }),
		];
		const code = journal.isBeingWritten(summary.run)
			? undefined
			: await takeOver(summary, { journal, options, openDisplays }, context);
		return code ?? watch(summary, journal, options, context);
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
	const displays = [await openScreen(options, leave, context, { isView: true })];
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
		for (const event of journal.events(run, seen)) {
			seen = event.seq;
			await replay([event], displays);
			if (event.type === 'run_finished') code = event.exit_code;
		}
		return code;
	};
}
