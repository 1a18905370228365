import type { RunId } from '../../model/brand.ts';

/** The beginning of a run's id, which is its time to the millisecond: enough to type, and every verb takes it. */
export const shortRun = (run: RunId): string => run.slice(0, 10);
