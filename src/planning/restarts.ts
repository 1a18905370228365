import type { Span } from '../model/diagnostic.ts';
import type { PlannedUnit } from '../model/plan.ts';
import type { Become } from '../model/unit.ts';
import { restartAddress, restartJob } from '../units/restart.ts';

/** One restart of each service that a unit of this run asks for or that an earlier run still owes, after everything else. */
export function planRestarts(
	units: readonly PlannedUnit[],
	pending: readonly { readonly service: string; readonly run: string }[],
	become: Become,
): readonly PlannedUnit[] {
	const askers = new Map<string, PlannedUnit[]>();
	for (const unit of units) {
		if (unit.decision.kind !== 'run' && !unit.recheck) continue;
		for (const service of new Set(unit.job?.restarts)) {
			const known = askers.get(service);
			if (known === undefined) askers.set(service, [unit]);
			else known.push(unit);
		}
	}
	const owed = new Map(pending.map(({ service, run }) => [service, run]));
	const stage = units.reduce((last, unit) => Math.max(last, unit.stage), 0);
	return [...new Set([...askers.keys(), ...owed.keys()])].map(service =>
		restartUnit(service, { askers: askers.get(service) ?? [], owedBy: owed.get(service), become, stage }),
	);
}

interface RestartReason {
	readonly askers: readonly PlannedUnit[];
	readonly owedBy: string | undefined;
	readonly become: Become;
	readonly stage: number;
}

function restartUnit(service: string, { askers, owedBy, become, stage }: RestartReason): PlannedUnit {
	const job = restartJob(service, become === 'none' ? 'login' : 'root');
	const because =
		owedBy === undefined
			? `when ${askers.map(unit => unit.address).join(' or ')} changes something`
			: `still owed by run ${owedBy}`;
	return {
		address: restartAddress(service),
		phase: 'restarts',
		at: askers[0]?.at ?? nowhere,
		decision: { kind: 'run', because },
		recheck: false,
		needs: [],
		barriers: [],
		after: askers.map(unit => unit.address),
		stage,
		effective: { run: 'every', ifInterrupted: 'retry', timeoutMs: job.timeoutMs, become },
		observations: [],
		trace: [],
		job,
		notes: [],
	};
}

/** A restart owed by an earlier run may be named by no file any more. */
const nowhere: Span = { file: 'hsctl', line: 1, column: 1, endLine: 1, endColumn: 1, sourceLine: '' };
