/** How a unit ended on a host. lower_snake, as in every machine output. */
export const unitStatuses = [
	'ok',
	'changed',
	'skipped',
	'unknown',
	'failed',
	'rolled_back',
	'rollback_failed',
	'blocked',
	'unreachable',
	'refused',
	'not_started',
] as const;
export type UnitStatus = (typeof unitStatuses)[number];

/** ok: was done before · changed: ran and succeeded · skipped: its condition does not hold. The rest is in docs/language.md. */
export interface Outcome {
	readonly status: UnitStatus;
	readonly because: string;
	readonly changed: boolean;
	readonly exitCode?: number;
	readonly durationMs: number;
}

export type StatusCounts = Readonly<Record<UnitStatus, number>>;
