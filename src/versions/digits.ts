/** Compares two runs of digits as numbers of any length; an empty run is 0. Number() would round beyond 2^53. */
export function compareDigits(a: string, b: string): number {
	const left = withoutLeadingZeros(a);
	const right = withoutLeadingZeros(b);
	return left.length - right.length || compareText(left, right);
}

/** By UTF-16 code unit: the same on every machine, unlike `localeCompare`. */
export function compareText(a: string, b: string): number {
	if (a === b) return 0;
	return a < b ? -1 : 1;
}

export const withoutLeadingZeros = (digits: string): string => digits.replace(/^0+/, '');
