import type { JobKey } from '../model/brand.ts';
import type { UnitMemory } from '../model/receipt.ts';

/** The number of the next start of this content: one more than every start that the host knows of. The host refuses one that is taken. */
export function nextAttempt(key: JobKey, memory: UnitMemory): number {
	const known = [...memory.receipts, ...memory.jobs].filter(start => start.key === key);
	return 1 + Math.max(0, ...known.map(start => start.attempt));
}
