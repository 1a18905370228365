import { applyPlan } from '../execution/apply-plan.ts';
import { openBus } from '../execution/bus.ts';
import { Interrupts } from '../execution/interrupts.ts';
import type { MadePlan } from '../execution/make-plan.ts';
import { type ExitCode, exitCodes } from '../model/exit-code.ts';
import type { CliContext, GlobalOptions } from './context.ts';
import { openDisplays, readReports } from './displays.ts';
import { defaultParallel } from './plan-playbook.ts';
import { refuse } from './problem.ts';
import { newRunId } from './run-id.ts';

/** Runs a plan under a journal: the intent is on disk before any host is touched, and every event before the next. */
export async function runPlan(made: MadePlan, options: GlobalOptions, context: CliContext): Promise<ExitCode> {
	const reports = readReports(options);
	if (!reports.ok) return refuse(reports.error, context);
	const { clock, random, controller, user, connectors, openJournal, auditSink } = context.composition;
	const run = newRunId(clock, random);
	const journal = await openJournal();
	const interrupts = new Interrupts();
	let ended: 'SIGTERM' | 'SIGHUP' | undefined;
	const forget = context.onSignal(signal => {
		// Whoever ends us from outside wants us gone at once; the hosts go on by themselves.
		if (signal !== 'SIGINT') ended = signal;
		for (let raises = signal === 'SIGINT' ? 1 : 3; raises > 0; raises -= 1) interrupts.raise();
	});
	try {
		const crash = (point: string) => crashHere(point, context.env.HSCTL_CRASH);
		crash('before-journal');
		journal.begin(run, made.plan);
		crash('after-journal');
		const displays = await openDisplays(options, reports.value, () => interrupts.raise(), context);
		const bus = openBus(run, [journal.sink(), await auditSink(run), ...displays], clock);
		try {
			const code = await applyPlan(made, {
				run,
				bus,
				clock,
				random,
				interrupts,
				parallel: options.parallel ?? defaultParallel,
				controller,
				user,
				connectorFor: await connectors(),
				crash,
			});
			crash('after-finish');
			return ended === undefined ? code : exitCodes.terminated;
		} finally {
			await bus.close();
			if (interrupts.level >= 3)
				context.stderr.write(
					`hsctl: left run ${run}; the hosts go on by themselves. See them with: hsctl attach ${run}\n`,
				);
		}
	} finally {
		forget();
		journal.close();
	}
}

/** Fault injection for tests: this process is gone as by `kill -9`. */
function crashHere(point: string, wanted: string | undefined): void {
	if (wanted === `controller-${point}`) process.kill(process.pid, 'SIGKILL');
}
