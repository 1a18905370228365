import { compareDigits, compareText } from './digits.ts';
import { splitVersion } from './epoch-version-release.ts';
import type { VersionOrder } from './order.ts';

/**
 * rpm's order of epoch, version, release. A text without a release is below the same with one, as `rpm.vercmp` has it:
 * `max_version: "3.0.7"` does not admit `3.0.7-24.el9`.
 */
export const rpmOrder: VersionOrder = {
	isVersion: text =>
		/^(?:\d+:)?[A-Za-z0-9._+~^-]*[A-Za-z0-9._+~^]$/.test(text) && /\d/.test(splitVersion(text).version),
	compare(a, b) {
		const left = splitVersion(a);
		const right = splitVersion(b);
		return (
			compareDigits(left.epoch, right.epoch) ||
			compareSegments(left.version, right.version) ||
			compareReleases(left.release, right.release)
		);
	},
};

function compareReleases(a: string | undefined, b: string | undefined): number {
	if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
	return compareSegments(a, b);
}

/** Separators only divide: `1.0` and `1_0` rank the same. Digits, letters, `~` and `^` are segments. */
function compareSegments(a: string, b: string): number {
	const left = segments(a);
	const right = segments(b);
	for (let index = 0; index < Math.max(left.length, right.length); index++) {
		const order = compareSegment(left[index], right[index]);
		if (order !== 0) return order;
	}
	return 0;
}

const segments = (part: string): readonly string[] => part.match(/\d+|[A-Za-z]+|~|\^/g) ?? [];

function compareSegment(a: string | undefined, b: string | undefined): number {
	const byRank = rank(a) - rank(b);
	if (byRank !== 0 || a === undefined || b === undefined) return byRank;
	return /^\d/.test(a) ? compareDigits(a, b) : compareText(a, b);
}

/** `~` is below the end of the version, `^` above the end but below whatever else may follow, numbers above letters. */
function rank(segment: string | undefined): number {
	if (segment === '~') return 0;
	if (segment === undefined) return 1;
	if (segment === '^') return 2;
	return /^\d/.test(segment) ? 4 : 3;
}
