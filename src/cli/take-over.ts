import { openBus } from '../execution/bus.ts';
import { attachRun } from '../execution/execute.ts';
import { readSecrets } from '../execution/read-secrets.ts';
import { recallRun } from '../execution/recall-run.ts';
import { Redactor } from '../execution/redactor.ts';
import { changedSecrets } from '../execution/secret-sums.ts';
import type { RunId } from '../model/brand.ts';
import type { NumberedEvent } from '../model/event.ts';
import type { ExitCode } from '../model/exit-code.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { Journal, RunSummary } from '../ports/journal.ts';
import type { CliContext, GlobalOptions } from './context.ts';
import { type HeardSignals, hearSignals } from './hear-signals.ts';
import { defaultParallel } from './plan-playbook.ts';
import { commandLineProblem, refuse } from './problem.ts';

export interface TakingOver {
	readonly journal: Journal;
	readonly options: GlobalOptions;
	/** Shown everything from the run's beginning. */
	openDisplays(heard: HeardSignals): Promise<readonly EventSink[]>;
}

/**
 * The controller of a run is gone: the hosts' own records are read to the end, and the journal is finished. It is a view: nothing is
 * asked of the hosts, and Ctrl-C leaves. `undefined`: another process came first.
 */
export async function takeOver(
	{ run }: RunSummary,
	{ journal, options, openDisplays }: TakingOver,
	context: CliContext,
): Promise<ExitCode | undefined> {
	const { clock, random, controller, user, connectors, auditSink, openSecrets } = context.composition;
	const plan = journal.plan(run);
	// Not to send them, but to hide them in what the hosts have printed.
	const secrets = await readSecrets(plan, await openSecrets(plan.request.playbook));
	if (!secrets.ok) return refuse(secrets.error, context);
	const changed = changedSecrets(run, plan.secretSums ?? {}, secrets.value);
	if (changed.length > 0) return refuse([rotated(run, changed)], context);
	if (!journal.takeOver(run)) return undefined;
	using heard = hearSignals(context, true);
	const displays = await openDisplays(heard);
	const events = [...journal.events(run)];
	await replay(events, displays);
	const bus = openBus(run, [journal.sink(), await auditSink(run), ...displays], clock, {
		lastSeq: events.at(-1)?.seq ?? 0,
		redactor: new Redactor(secrets.value),
	});
	let isOpen = false;
	try {
		const end = await attachRun({
			...recallRun(plan, events),
			isAdopted: journal.isAdopted(run),
			run,
			bus,
			clock,
			random,
			interrupts: heard.interrupts,
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

const rotated = (run: RunId, names: readonly string[]) =>
	commandLineProblem(
		'HS1812',
		`the secret ${names.map(name => `\`${name}\``).join(', ')} is another one now than run ${run} took`,
		'type it where it still has its old value: what the hosts printed of that could not be hidden',
	);

/** Shows what was told before. */
export async function replay(events: readonly NumberedEvent[], displays: readonly EventSink[]): Promise<void> {
	for (const event of events) for (const display of displays) await display.take(event);
}
