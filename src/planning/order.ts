import { orderByNeeds } from '../graph/order.ts';
import type { UnitAddress } from '../model/brand.ts';
import type { Decision, Plan, PlannedUnit } from '../model/plan.ts';
import { type Need, phases } from '../model/unit.ts';
import { blockedBy, satisfiesNeed } from '../units/hotfix.ts';
import type { DecidedUnit } from './decide.ts';

/** A decided unit with what it needs. */
export interface UnitWithNeeds {
	readonly unit: DecidedUnit;
	readonly needs: readonly Need[];
}

/** What the other hosts have to say about a host's order. */
export interface Elsewhere {
	/** Units that others wait for on all hosts and that will not succeed on one of them, with the decision there. */
	readonly inTheWay: ReadonlyMap<UnitAddress, Decision>;
	/** From `stages.ts`; units that are not in it are in stage 0. */
	readonly stages: ReadonlyMap<UnitAddress, number>;
}

/**
 * Puts one host's units in the order in which it will work through them, blocks what needs a unit that will not succeed
 * (down to the last grandchild), and marks what has to be decided again because a unit before it may change its condition. An undo
 * goes the other way round: what was done last comes first.
 */
export function orderHost(
	units: readonly UnitWithNeeds[],
	elsewhere: Elsewhere,
	purpose: Plan['purpose'] = 'do',
): readonly PlannedUnit[] {
	const byAddress = new Map(units.map(entry => [entry.unit.address, entry]));
	const doingOrder = units.toSorted((a, b) => phases.indexOf(a.unit.phase) - phases.indexOf(b.unit.phase));
	const inPhaseOrder = purpose === 'do' ? doingOrder : doingOrder.toReversed();
	const ordered = orderByNeeds(inPhaseOrder, entry => entry.needs.flatMap(need => byAddress.get(need.unit) ?? []));
	const planned = new Map<UnitAddress, PlannedUnit>();
	for (const entry of ordered) planned.set(entry.unit.address, placeUnit(entry, planned, { ...elsewhere, purpose }));
	return [...planned.values()];
}

type Ordering = Elsewhere & { readonly purpose: Plan['purpose'] };

function placeUnit(
	{ unit, needs }: UnitWithNeeds,
	before: ReadonlyMap<UnitAddress, PlannedUnit>,
	elsewhere: Ordering,
): PlannedUnit {
	const here = needs.flatMap(need => before.get(need.unit) ?? []);
	const barriers = needs.filter(need => need.hosts === 'all').map(need => need.unit);
	const decision = blockIfNeeded(unit.decision, here, barriers, elsewhere);
	return {
		...unit,
		decision,
		recheck:
			decision.kind === 'skip' &&
			unit.job !== undefined &&
			here.some(need => need.decision.kind === 'run' || need.decision.kind === 'unknown' || need.recheck),
		needs: here.map(need => need.address),
		barriers,
		after: [],
		stage: elsewhere.stages.get(unit.address) ?? 0,
	};
}

function blockIfNeeded(
	decision: Decision,
	here: readonly PlannedUnit[],
	barriers: readonly UnitAddress[],
	{ inTheWay, purpose }: Ordering,
): Decision {
	// What is done or skipped here has nothing left to wait for.
	if (decision.kind !== 'run') return decision;
	const unmet = here.filter(need => !satisfiesNeed(need.decision));
	// What is certain is said first.
	const blocker = unmet.find(need => need.decision.kind !== 'unknown') ?? unmet[0];
	if (blocker !== undefined) return blockedBy(blocker.address, blocker.decision, purpose);
	for (const barrier of barriers) {
		const other = inTheWay.get(barrier);
		if (other !== undefined) return blockedBy(barrier, other, purpose);
	}
	return decision;
}
