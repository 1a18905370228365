import { compareDigits, compareText } from './digits.ts';
import { splitVersion } from './epoch-version-release.ts';
import type { VersionOrder } from './order.ts';

/**
 * pacman's order, as vercmp(8) has it. The package release counts only where both sides have one, so `1.5` ranks the same
 * as `1.5-1` and as `1.5-2`: an order in which "same" does not carry over.
 */
export const alpmOrder: VersionOrder = {
	isVersion: text => shape.test(text) && /\d/.test(splitVersion(text).version),
	compare(a, b) {
		const left = splitVersion(a);
		const right = splitVersion(b);
		const order = compareDigits(left.epoch, right.epoch) || compareParts(left.version, right.version);
		if (order !== 0 || left.release === undefined || right.release === undefined) return order;
		return compareParts(left.release, right.release);
	},
};

/** Neither part ends in a separator: what vercmp makes of one there depends on the other side. */
const shape = /^(?:\d+:)?[A-Za-z0-9](?:[A-Za-z0-9._+~]*[A-Za-z0-9])?(?:-[A-Za-z0-9](?:[A-Za-z0-9._+~]*[A-Za-z0-9])?)?$/;

/** A run of digits or letters and how many separators stand before it. */
interface Segment {
	readonly separators: number;
	readonly text: string;
}

function compareParts(a: string, b: string): number {
	const left = segments(a);
	const right = segments(b);
	const common = Math.min(left.length, right.length);
	for (let index = 0; index < common; index++) {
		const order = compareSegment(left[index], right[index]);
		if (order !== 0) return order;
	}
	return remainder(right[common]) - remainder(left[common]);
}

const segments = (part: string): readonly Segment[] =>
	Array.from(part.matchAll(/([^A-Za-z0-9]*)(\d+|[A-Za-z]+)/g), ([, separators = '', text = '']) => ({
		separators: separators.length,
		text,
	}));

/** More separators win over what they separate: `2.0.a` is above `2.0a`. Numbers are above letters. */
function compareSegment(a: Segment | undefined, b: Segment | undefined): number {
	if (a === undefined || b === undefined) return 0;
	if (a.separators !== b.separators) return a.separators - b.separators;
	const leftIsNumber = /^\d/.test(a.text);
	const rightIsNumber = /^\d/.test(b.text);
	if (leftIsNumber !== rightIsNumber) return leftIsNumber ? 1 : -1;
	return leftIsNumber ? compareDigits(a.text, b.text) : compareText(a.text, b.text);
}

/**
 * What a side that goes on longer is worth, the other side having ended: letters that cling (`1.5b`) say pre-release and lose
 * to nothing at all, everything else (`1.5.1`, `1.5.b`) wins.
 */
function remainder(next: Segment | undefined): number {
	if (next === undefined) return 0;
	return next.separators === 0 && /^[A-Za-z]/.test(next.text) ? 1 : -1;
}
