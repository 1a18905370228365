import { type ExitCode, exitCodes, highestOf } from '../model/exit-code.ts';
import { type StatusCounts, type UnitStatus, unitStatuses } from '../model/outcome.ts';

/** What each status means for the caller; the highest of a run wins. */
const codeOfStatus: Readonly<Record<UnitStatus, ExitCode>> = {
	ok: exitCodes.success,
	changed: exitCodes.success,
	skipped: exitCodes.success,
	unreachable: exitCodes.unreachable,
	failed: exitCodes.failed,
	rolled_back: exitCodes.failed,
	blocked: exitCodes.failed,
	unknown: exitCodes.attention,
	rollback_failed: exitCodes.attention,
	refused: exitCodes.refused,
	not_started: exitCodes.incomplete,
};

export function exitCodeOf({ counts, isInterrupted, isOpen }: RunSoFar): ExitCode {
	if (isInterrupted) return exitCodes.interrupted;
	const codes = unitStatuses.filter(status => counts[status] > 0).map(status => codeOfStatus[status]);
	return highestOf(isOpen ? [...codes, exitCodes.attention] : codes);
}

export interface RunSoFar {
	readonly counts: StatusCounts;
	readonly isInterrupted: boolean;
	/** Some host goes on and we do not see it: nobody knows how it ends. */
	readonly isOpen: boolean;
}
