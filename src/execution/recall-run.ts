import type { NumberedEvent } from '../model/event.ts';
import type { Host } from '../model/inventory.ts';
import type { Plan, PlannedHost } from '../model/plan.ts';
import type { AlreadyTold, ExecutionContext, HostAtWork } from './context.ts';
import { Outcomes } from './outcomes.ts';
import { Together } from './together.ts';

type Recalled = Pick<
	ExecutionContext,
	| 'plan'
	| 'outcomes'
	| 'hosts'
	| 'told'
	| 'secrets'
	| 'lockWaitMs'
	| 'scriptBytes'
	| 'fileBytes'
	| 'decideAgain'
	| 'together'
>;

/** What a plan and a journal know of a run, for a controller that did not begin it: no scripts, no looks, only what was told. */
export function recallRun(plan: Plan, events: readonly NumberedEvent[]): Recalled {
	const outcomes = new Outcomes();
	for (const event of events) {
		if (event.type !== 'unit_finished') continue;
		const { status, because, changed, exit_code: exitCode, duration_ms: durationMs } = event;
		outcomes.record(event.host, event.unit, {
			status,
			because,
			changed,
			durationMs,
			...(exitCode === null ? {} : { exitCode }),
		});
	}
	return {
		plan,
		outcomes,
		hosts: new Map(plan.hosts.flatMap(host => (host.reached ? [[host.name, recallHost(host)] as const] : []))),
		told: recallTold(events),
		// Nothing new is sent.
		secrets: new Map(),
		lockWaitMs: 0,
		scriptBytes: () => undefined,
		fileBytes: () => undefined,
		together: new Together(plan),
		decideAgain: () => undefined,
	};
}

function recallHost({ name, place, facts, units }: PlannedHost & { reached: true }): HostAtWork {
	const host: Host = { ...place, name, stateDir: facts.state.path, vars: new Map(), needs: [], groups: [] };
	return { host, become: units[0]?.effective.become ?? 'none', hasRunner: true, looks: new Map() };
}

function recallTold(events: readonly NumberedEvent[]): AlreadyTold {
	const started = new Set<string>();
	const printed = new Map<string, number>();
	for (const event of events) {
		if (event.type === 'unit_started') started.add(`${event.host} ${event.unit}`);
		if (event.type === 'output')
			printed.set(`${event.host} ${event.unit} ${event.stream}`, event.offset + event.length);
	}
	const [first] = events;
	return { ...(first === undefined ? {} : { begunAtMs: Date.parse(first.at) }), started, printed };
}
