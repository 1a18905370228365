/**
 * Which lines of an old text a new one has kept beyond doubt: the number of such a line in the new text → its number in the old
 * one, both counted from 0. A line is sure when every longest common subsequence of both keeps it, at the same place. What could
 * have been kept but need not be (one of several blank lines, a block that is there twice) is not sure: where exactly the change
 * lies is then a matter of taste. `undefined` when lines repeat so often that it would take seconds to know.
 */
export function sureLines(older: readonly number[], newer: readonly number[]): ReadonlyMap<number, number> | undefined {
	const places = placesOf(older, newer);
	if (places === undefined) return undefined;
	const upTo = ranks(places);
	const from = mirror(ranks(mirror(places).map(row => row.map(place => -place))));
	const longest = upTo.reduce((most, row) => row.reduce((a, b) => Math.max(a, b), most), 0);
	const pairs = new Map<number, readonly [place: number, line: number] | undefined>();
	for (const [line, row] of places.entries()) {
		for (const [index, place] of row.entries()) {
			const rank = upTo[line]?.[index] ?? 0;
			// The longest way to this pair and the longest way on make up a longest way through: some longest one keeps the pair.
			if (rank + (from[line]?.[index] ?? 0) - 1 !== longest) continue;
			// A second pair with the same rank: no longest one can have both, so neither is in all of them.
			pairs.set(rank, pairs.has(rank) ? undefined : [place, line]);
		}
	}
	return new Map([...pairs.values()].filter(pair => pair !== undefined));
}

/** Pairs of equal lines that are looked at: half a second of work. */
const mostPairs = 2_000_000;

/** For each line of the old text the places in the new one where the same line stands, ascending. */
function placesOf(older: readonly number[], newer: readonly number[]): readonly (readonly number[])[] | undefined {
	const all = new Map<number, number[]>();
	for (const [place, line] of newer.entries()) {
		const places = all.get(line);
		if (places === undefined) all.set(line, [place]);
		else places.push(place);
	}
	let pairs = 0;
	for (const line of older) pairs += all.get(line)?.length ?? 0;
	return pairs > mostPairs ? undefined : older.map(line => all.get(line) ?? []);
}

const mirror = (rows: readonly (readonly number[])[]): readonly (readonly number[])[] =>
	rows.map(row => row.toReversed()).reverse();

/** For each pair how long the longest common subsequence is that ends with it. */
function ranks(rows: readonly (readonly number[])[]): readonly (readonly number[])[] {
	/** The smallest place at which a common subsequence of this length, less one, can end so far. */
	const ends: number[] = [];
	return rows.map(row => {
		const found: number[] = [];
		// From the last to the first: pairs of one line must not count as following each other.
		for (const place of row.toReversed()) {
			const length = countBelow(ends, place);
			ends[length] = place;
			found.push(length + 1);
		}
		return found.reverse();
	});
}

/** How many of the ascending numbers are below a limit. */
function countBelow(numbers: readonly number[], limit: number): number {
	let low = 0;
	let high = numbers.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((numbers[middle] ?? limit) < limit) low = middle + 1;
		else high = middle;
	}
	return low;
}
