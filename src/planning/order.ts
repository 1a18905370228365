import { orderByNeeds } from '../graph/order.ts';
import type { UnitAddress } from '../model/brand.ts';
import type { Decision, PlannedUnit } from '../model/plan.ts';
import { type Need, phases } from '../model/unit.ts';
import { blockedBy, satisfiesNeed } from '../units/hotfix.ts';
import type { DecidedUnit } from './decide.ts';

/** A decided unit with what it needs. */
export interface UnitWithNeeds {
	readonly unit: DecidedUnit;
	readonly needs: readonly Need[];
}

/** A unit's decision on every host that has it. */
export type DecisionsEverywhere = ReadonlyMap<UnitAddress, readonly Decision[]>;

/**
 * Puts one host's units in the order in which it will work through them, blocks what needs a unit that will not succeed
 * (down to the last grandchild), and marks what has to be decided again because a unit before it may change its condition.
 */
export function orderHost(units: readonly UnitWithNeeds[], everywhere: DecisionsEverywhere): readonly PlannedUnit[] {
	const byAddress = new Map(units.map(entry => [entry.unit.address, entry]));
	const inPhaseOrder = units.toSorted((a, b) => phases.indexOf(a.unit.phase) - phases.indexOf(b.unit.phase));
	const ordered = orderByNeeds(inPhaseOrder, entry => entry.needs.flatMap(need => byAddress.get(need.unit) ?? []));
	const planned = new Map<UnitAddress, PlannedUnit>();
	for (const entry of ordered) planned.set(entry.unit.address, placeUnit(entry, planned, everywhere));
	return [...planned.values()];
}

function placeUnit(
	{ unit, needs }: UnitWithNeeds,
	before: ReadonlyMap<UnitAddress, PlannedUnit>,
	everywhere: DecisionsEverywhere,
): PlannedUnit {
	const here = needs.flatMap(need => before.get(need.unit) ?? []);
	const barriers = needs.filter(need => need.hosts === 'all').map(need => need.unit);
	const decision = blockIfNeeded(unit.decision, here, barriers, everywhere);
	const stages = needs.map(need => (before.get(need.unit)?.stage ?? 0) + (need.hosts === 'all' ? 1 : 0));
	return {
		...unit,
		decision,
		recheck:
			decision.kind === 'skip' &&
			unit.job !== undefined &&
			here.some(need => need.decision.kind === 'run' || need.recheck),
		needs: here.map(need => need.address),
		barriers,
		after: [],
		stage: Math.max(0, ...stages),
	};
}

function blockIfNeeded(
	decision: Decision,
	here: readonly PlannedUnit[],
	barriers: readonly UnitAddress[],
	everywhere: DecisionsEverywhere,
): Decision {
	// What is done or skipped here has nothing left to wait for.
	if (decision.kind !== 'run') return decision;
	const inTheWay = here.find(need => !satisfiesNeed(need.decision));
	if (inTheWay !== undefined) return blockedBy(inTheWay.address, inTheWay.decision);
	for (const barrier of barriers) {
		const elsewhere = (everywhere.get(barrier) ?? []).find(other => !satisfiesNeed(other));
		if (elsewhere !== undefined) return blockedBy(barrier, elsewhere);
	}
	return decision;
}
