import { oneLine } from '../facts/one-line.ts';
import type { Comparator, Verdict, VersionBounds } from '../model/condition.ts';
import { within } from '../versions/compare.ts';

/** The one maker of verdicts: what a host printed is in them, so they are made fit to be shown here. */
export const verdict = (answer: Verdict['answer'], value: string, because: string): Verdict => ({
	answer,
	value: oneLine(value, 80),
	because: oneLine(because, 240),
});

/** `holds` or `fails` by a claim that came out one way or the other. */
export const claim = (holds: boolean, value: string, because: string): Verdict =>
	verdict(holds ? 'holds' : 'fails', value, because);

/** What bounds say of a version; a version that cannot be ordered is unreadable, never above or below. */
export function judgeVersion(bounds: VersionBounds, version: string, comparator: Comparator, subject: string): Verdict {
	const value = `${subject} ${version}`;
	const found = within(bounds, version, comparator, subject);
	if (found !== undefined) return claim(found.holds, value, found.because);
	return verdict('unreadable', value, `${value} cannot be compared by the ${comparator} order`);
}
