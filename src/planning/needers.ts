import type { UnitAddress } from '../model/brand.ts';
import type { Need, WorkUnit } from '../model/unit.ts';

/** What a unit waits for. */
export type NeedsOf = (unit: WorkUnit) => readonly Need[];

/**
 * What is undone is undone before what it needed, so each waits for those that needed it, wherever they are. Who was not undone
 * still needs it, and blocks it.
 */
export function needersAmong(units: Iterable<WorkUnit>): NeedsOf {
	const needers = new Map<UnitAddress, Need[]>();
	for (const { address, needs } of new Set(units))
		for (const need of needs) {
			const known = needers.get(need.unit) ?? [];
			needers.set(need.unit, known);
			known.push({ ...need, unit: address });
		}
	return ({ address }) => needers.get(address) ?? [];
}
