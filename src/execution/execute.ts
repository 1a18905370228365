import { type ExitCode, exitCodes } from '../model/exit-code.ts';
import type { Outcome } from '../model/outcome.ts';
import type { PlannedHost } from '../model/plan.ts';
import type { ExecutionContext, Slots } from './context.ts';
import { exitCodeOf } from './exit-code-of.ts';
import { attachToHost, workOnHost } from './host-work.ts';
import { inParallel } from './in-parallel.ts';
import { outcomeOfDecision } from './outcome-of.ts';
import { Outcomes } from './outcomes.ts';
import { Schedule, type Work } from './schedule.ts';
import { Together } from './together.ts';

/** Does what the plan says and nothing else. Whatever goes wrong on a host is an outcome; only a failing journal rejects. */
export async function execute(context: Omit<ExecutionContext, 'outcomes' | 'together'>): Promise<RunEnd> {
	const whole: ExecutionContext = { ...context, outcomes: new Outcomes(), together: new Together(context.plan) };
	const { plan, bus, clock } = whole;
	const startedAt = clock.monotonicMs();
	await bus.emit(runStarted(whole));
	await settleUnreached(whole);
	await tellWarnings(whole);
	await pump(whole);
	await settleRest(whole, neverStarted);
	const exitCode = codeOf(whole);
	const unreached = plan.hosts.some(host => !host.reached);
	return endRun(whole, exitCode === exitCodes.success && unreached ? exitCodes.unreachable : exitCode, startedAt);
}

/** How a run ended for whoever watched. `isOpen`: some host goes on, and who attaches hears how it ends. */
export interface RunEnd {
	readonly code: ExitCode;
	readonly isOpen: boolean;
}

const codeOf = ({ outcomes, interrupts }: ExecutionContext): ExitCode =>
	exitCodeOf({ counts: outcomes.counts, isInterrupted: interrupts.level > 0, isOpen: outcomes.isOpen });

/** Watches what another controller has begun, to its end: the hosts' own records decide, and nothing new is sent. */
export async function attachRun(context: ExecutionContext): Promise<RunEnd> {
	const { plan, clock, parallel, told } = context;
	const now = clock.now().getTime();
	const startedAt = clock.monotonicMs() - Math.max(0, now - (told?.begunAtMs ?? now));
	const hosts = plan.hosts.flatMap(host => (host.reached ? [host] : []));
	await inParallel(hosts, parallel, async host => {
		for (const { stage } of stagesOf(host)) await attachToHost(host, stage, context);
	});
	await settleRest(context, notSeen);
	return endRun(context, codeOf(context), startedAt);
}

/** A run that some host still works on stays open: `attach` tells its end. */
async function endRun({ bus, clock, outcomes }: ExecutionContext, code: ExitCode, startedAt: number): Promise<RunEnd> {
	if (outcomes.isOpen) return { code, isOpen: true };
	await bus.emit({
		type: 'run_finished',
		counts: outcomes.counts,
		exit_code: code,
		duration_ms: Math.round(clock.monotonicMs() - startedAt),
	});
	return { code, isOpen: false };
}

/** What a run was begun to do, and by whom. */
export const runStarted = ({ plan, controller, user }: Pick<ExecutionContext, 'plan' | 'controller' | 'user'>) =>
	({
		type: 'run_started',
		playbook: plan.playbook.name,
		file: plan.playbook.file,
		purpose: plan.purpose,
		fingerprint: plan.fingerprint,
		controller,
		user,
		hosts: plan.hosts.map(host => ({
			host: host.name,
			units: host.units.map(unit => ({ unit: unit.address, action: unit.decision.kind })),
		})),
	}) as const;

async function settleUnreached({ plan, bus }: ExecutionContext): Promise<void> {
	for (const host of plan.hosts) {
		if (!host.reached)
			await bus.emit({ type: 'host_state', host: host.name, state: 'unreachable', because: host.because });
	}
}

async function tellWarnings({ plan, bus }: ExecutionContext): Promise<void> {
	for (const host of plan.hosts)
		for (const { code, message } of (host.reached && host.warnings) || [])
			await bus.emit({ type: 'warning', code, message, host: host.name });
}

/** Starts what may start, and waits for any to end. One promise a running host, none for a waiting one. */
async function pump(context: ExecutionContext): Promise<void> {
	const { plan, interrupts, parallel } = context;
	const hosts = new Map(plan.hosts.flatMap(host => (host.reached ? [[host.name, host] as const] : [])));
	const schedule = new Schedule([...hosts.values()].flatMap(stagesOf), parallel);
	const forget = interrupts.onRaise(() => {
		schedule.stop();
		context.together.giveUp();
	});
	const running = new Set<Promise<void>>();
	const failures: unknown[] = [];
	const startAll = (): void => {
		for (let work = schedule.start(); work !== undefined; work = schedule.start()) {
			const host = hosts.get(work.host);
			if (host === undefined) continue;
			const done: Promise<void> = workOnHost(host, work.stage, { ...context, slots })
				.catch((error: unknown) => {
					failures.push(error);
					schedule.stop();
				})
				.finally(() => {
					running.delete(done);
					schedule.end();
				});
			running.add(done);
		}
	};
	const slots: Slots = {
		release() {
			schedule.park();
			startAll();
		},
		take: () => schedule.unpark(),
	};
	for (startAll(); running.size > 0; startAll()) await Promise.race(running);
	forget();
	if (failures.length > 0) throw failures[0];
}

const stagesOf = (host: PlannedHost): readonly Work[] =>
	[...new Set(host.units.map(unit => unit.stage))].toSorted((a, b) => a - b).map(stage => ({ host: host.name, stage }));

const neverStarted: Outcome = {
	status: 'not_started',
	because: 'stopped before it started',
	changed: false,
	durationMs: 0,
};
/** Of a run that somebody else began: it may have ended long ago, or run still. */
const notSeen: Outcome = {
	status: 'unknown',
	because: 'nobody saw its end; the host goes on by itself',
	changed: false,
	durationMs: 0,
};

/** What was decided without a host keeps its word; `rest` is what can be said of everything else. */
async function settleRest({ plan, bus, outcomes }: ExecutionContext, rest: Outcome): Promise<void> {
	for (const host of plan.hosts) {
		for (const unit of host.units) {
			if (outcomes.of(host.name, unit.address) !== undefined || outcomes.goesOn(host.name, unit.address)) continue;
			const outcome = outcomeOfDecision(unit.decision, plan.purpose) ?? rest;
			outcomes.record(host.name, unit.address, outcome);
			await bus.emit({
				type: 'unit_finished',
				host: host.name,
				unit: unit.address,
				status: outcome.status,
				because: outcome.because,
				changed: false,
				exit_code: null,
				duration_ms: 0,
				log: null,
			});
		}
	}
}
