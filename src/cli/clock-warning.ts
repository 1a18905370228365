import type { RunSummary } from '../ports/journal.ts';

/** What to say when this machine's clock stands before the last run of its history by more than a day; nothing when it does not. */
export function clockWarning(now: Date, last: Pick<RunSummary, 'startedAt'> | undefined): string | undefined {
	if (last === undefined || Date.parse(last.startedAt) - now.getTime() <= dayMs) return undefined;
	return `this machine's clock says ${spoken(now.toISOString())}, but the last run began on ${spoken(last.startedAt)}: the times of this run will be wrong`;
}

const dayMs = 24 * 60 * 60_000;

const spoken = (time: string): string => `${time.slice(0, 16).replace('T', ' ')} UTC`;
