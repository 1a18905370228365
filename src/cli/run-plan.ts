import { applyPlan } from '../execution/apply-plan.ts';
import { openBus } from '../execution/bus.ts';
import type { MadePlan } from '../execution/make-plan.ts';
import { readSecrets } from '../execution/read-secrets.ts';
import { Redactor } from '../execution/redactor.ts';
import type { CrashPoint } from '../model/crash-point.ts';
import type { ExitCode } from '../model/exit-code.ts';
import type { EventSink } from '../ports/event-sink.ts';
import { clockWarning } from './clock-warning.ts';
import type { CliContext, GlobalOptions } from './context.ts';
import { openScreen } from './displays.ts';
import { hearSignals } from './hear-signals.ts';
import { defaultParallel } from './plan-playbook.ts';
import { refuse } from './problem.ts';
import { newRunId } from './run-id.ts';

/** Runs a plan under a journal: the intent is on disk before any host is touched, and every event before the next. */
export async function runPlan(
	made: MadePlan,
	reports: readonly EventSink[],
	options: GlobalOptions,
	context: CliContext,
): Promise<ExitCode> {
	const { clock, random, controller, user, connectors, openJournal, auditSink, openSecrets } = context.composition;
	const secrets = await readSecrets(made.plan, await openSecrets(made.plan.request.playbook));
	if (!secrets.ok) return refuse(secrets.error, context);
	const run = newRunId(clock, random);
	const journal = await openJournal();
	using heard = hearSignals(context);
	const { interrupts } = heard;
	try {
		const crash = (point: CrashPoint) => crashHere(point, context.env.HSCTL_CRASH);
		const warning = clockWarning(clock.now(), journal.runs(1)[0]);
		if (warning !== undefined && options.quiet !== true) context.stderr.write(`hsctl: ${warning}\n`);
		crash('before-journal');
		journal.begin(run, made.plan);
		crash('after-journal');
		const screen = await openScreen(options, () => interrupts.raise(), context);
		const bus = openBus(run, [journal.sink(), await auditSink(run), screen, ...reports], clock, {
			redactor: new Redactor(secrets.value),
		});
		let isOpen = false;
		try {
			const end = await applyPlan(made, {
				run,
				bus,
				clock,
				random,
				interrupts,
				parallel: options.parallel ?? defaultParallel,
				controller,
				user,
				secrets: secrets.value,
				lockWaitMs: options.wait ?? 0,
				connectorFor: await connectors(),
				crash,
			});
			crash('after-finish');
			for (const sentence of await bus.close()) context.stderr.write(`hsctl: ${sentence}\n`);
			isOpen = end.isOpen;
			return heard.exitCode(end.code);
		} catch (error) {
			// What went wrong first is what has to be told.
			await bus.close().catch(() => []);
			throw error;
		} finally {
			context.stderr.write(heard.farewell(run, isOpen) ?? '');
		}
	} finally {
		journal.close();
	}
}

/** Fault injection for tests: this process is gone as by `kill -9`. */
function crashHere(point: CrashPoint, wanted: string | undefined): void {
	if (wanted === `controller-${point}`) process.kill(process.pid, 'SIGKILL');
}
