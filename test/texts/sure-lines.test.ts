import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sureLines } from '../../src/texts/sure-lines.ts';

describe('lines that are kept for sure', () => {
	it.each<[string, older: string, newer: string, sure: string]>([
		['all of a text that stays the same', 'abca', 'abca', '0>0 1>1 2>2 3>3'],
		['none of two texts with nothing in common', 'abc', 'xyz', ''],
		['those beside a line put in', 'abc', 'abxc', '0>0 1>1 2>3'],
		['not a line that is there twice now: either may be the new one', 'abc', 'abbc', '0>0 2>3'],
		['not a line of which one of two went away', 'abbc', 'abc', '0>0 3>2'],
		['not lines that changed their order: either may have moved', 'ab', 'ba', ''],
		['those on both sides of a block that moved', 'abcdxe', 'axbcde', '0>0 1>2 2>3 3>4 5>5'],
	])('are %s', (_what, older, newer, sure) => {
		expect(shown(sureLines(codes(older), codes(newer)))).toBe(sure);
	});

	it('are those that every longest common subsequence has', () => {
		const few = fc.array(fc.nat(2), { maxLength: 6 });
		fc.assert(
			fc.property(few, few, (older, newer) => {
				const all = longestCommon(older, newer);
				const inAll = all[0]?.filter(pair => all.every(pairs => pairs.includes(pair))) ?? [];
				expect(shown(sureLines(older, newer))).toBe(inAll.join(' '));
			}),
			{ numRuns: 1000 },
		);
	});

	it('are not asked for when lines repeat too often', () => {
		const same = new Array<number>(1500).fill(0);
		expect(sureLines(same, same)).toBeUndefined();
	});
});

const codes = (text: string): readonly number[] => [...text].map(letter => letter.codePointAt(0) ?? 0);

const shown = (sure: ReadonlyMap<number, number> | undefined): string =>
	[...(sure ?? [])].map(([place, line]) => `${line}>${place}`).join(' ');

/** By trying: all of the greatest length, each as its pairs. */
function longestCommon(older: readonly number[], newer: readonly number[]): readonly (readonly string[])[] {
	const found = (line: number, place: number): readonly (readonly string[])[] => {
		if (line === older.length) return [[]];
		const without = found(line + 1, place);
		const having = newer.flatMap((value, at) =>
			at >= place && value === older[line] ? found(line + 1, at + 1).map(pairs => [`${line}>${at}`, ...pairs]) : [],
		);
		return [...without, ...having];
	};
	const all = found(0, 0);
	const most = Math.max(...all.map(pairs => pairs.length));
	return all.filter(pairs => pairs.length === most);
}
