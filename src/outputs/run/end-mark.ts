import { decisionMarks, type Mark, statusMarks } from '../style.ts';
import type { UnitEnd, UnitFold } from './run-fold.ts';

/** Nothing failed, and still somebody has to decide: what a customer has changed keeps the unit away. */
export const isConflict = ({ action }: Pick<UnitFold, 'action'>, { status }: Pick<UnitEnd, 'status'>): boolean =>
	action === 'conflict' && status === 'skipped';

/** How a unit ended, as a sign and a word. */
export const endMark = (unit: Pick<UnitFold, 'action'>, end: Pick<UnitEnd, 'status'>): Mark =>
	isConflict(unit, end) ? decisionMarks.conflict : statusMarks[end.status];
