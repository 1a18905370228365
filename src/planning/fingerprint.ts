import { createHash } from 'node:crypto';
import type { PlannedHost, PlannedUnit } from '../model/plan.ts';

/** Hex SHA-256 over everything that the decisions used and led to: the same fingerprint means the same plan, whenever it was made. */
export function fingerprint(hosts: readonly PlannedHost[]): string {
	const hash = createHash('sha256').update('hsctl/plan/v1\n');
	for (const host of hosts) {
		hash.update(`${JSON.stringify([host.name, host.reached])}\n`);
		for (const unit of host.units) hash.update(`${unitPrint(unit)}\n`);
	}
	return hash.digest('hex');
}

/** What one unit adds to the fingerprint; two plans are compared unit by unit with it. */
export const unitPrint = (unit: PlannedUnit): string =>
	JSON.stringify([
		unit.address,
		unit.decision.kind,
		unit.recheck,
		unit.needs,
		unit.barriers,
		unit.stage,
		unit.job ?? null,
		unit.observations,
	]);
