import { compareDigits, compareText } from './digits.ts';
import type { VersionOrder } from './order.ts';

/**
 * For what programs print, where no rule is written down: runs of digits count as numbers, runs of letters as text, and
 * everything else only divides. A missing number is 0 (`2.30` = `2.30.0`), `rc` and its like come before the release
 * (`2.30-rc1` < `2.30`), other letters after it (`1.0.2` < `1.0.2g` < `1.0.3`). A text with an epoch is not understood.
 */
export const looseOrder: VersionOrder = {
	isVersion: text => /^[vV]?\d[0-9A-Za-z.+~_^-]*$/.test(text),
	compare(a, b) {
		const left = runs(a);
		const right = runs(b);
		for (let index = 0; index < Math.max(left.length, right.length); index++) {
			const order = compareRun(left[index] ?? '0', right[index] ?? '0');
			if (order !== 0) return order;
		}
		return 0;
	},
};

const runs = (text: string): readonly string[] =>
	text
		.replace(/^[vV]/, '')
		.toLowerCase()
		.match(/\d+|[a-z]+/g) ?? [];

const beforeRelease: readonly string[] = ['dev', 'snapshot', 'alpha', 'beta', 'pre', 'preview', 'rc'];

/** Comparing run by run with 0 in place of what is missing keeps this a total order: the runs are ordered, so their rows are. */
function compareRun(a: string, b: string): number {
	const order = rank(a) - rank(b);
	if (order !== 0) return order;
	return /^\d/.test(a) ? compareDigits(a, b) : compareText(a, b);
}

/** Words before a release, by their place in the list · nothing, which is 0 · other words · numbers above 0. */
function rank(run: string): number {
	const early = beforeRelease.indexOf(run);
	if (early >= 0) return early - beforeRelease.length;
	if (/^0+$/.test(run)) return 0;
	return /^\d/.test(run) ? 2 : 1;
}
