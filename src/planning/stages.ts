import { orderByNeeds } from '../graph/order.ts';
import type { UnitAddress } from '../model/brand.ts';
import type { Need } from '../model/unit.ts';

/** What has an address and needs: a unit of the playbook. */
export interface Needing {
	readonly address: UnitAddress;
	readonly needs: readonly Need[];
}

/**
 * The stage of every unit: 0, or one more than the latest barrier above it. It belongs to the unit and not to the host: a host
 * without a barrier's unit has to wait for the hosts that have it. Needs outside of `units` are on no host and hold nobody up.
 */
export function stagesOf(units: readonly Needing[]): ReadonlyMap<UnitAddress, number> {
	const byAddress = new Map(units.map(unit => [unit.address, unit]));
	const stages = new Map<UnitAddress, number>();
	for (const unit of orderByNeeds(units, ({ needs }) => needs.flatMap(need => byAddress.get(need.unit) ?? []))) {
		const above = unit.needs.map(need => {
			const stage = stages.get(need.unit);
			return stage === undefined ? 0 : stage + (need.hosts === 'all' ? 1 : 0);
		});
		stages.set(unit.address, Math.max(0, ...above));
	}
	return stages;
}
