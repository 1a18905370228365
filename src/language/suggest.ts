/** The candidate that `word` was probably meant to be, or undefined when none is near enough to be named. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
	let best: string | undefined;
	// A word of which every letter would change is no misspelling.
	let least = Math.min(furthest(word), word.length - 1) + 1;
	for (const candidate of candidates) {
		// A difference in length is a lower bound: most candidates are out without looking at their letters.
		if (Math.abs(candidate.length - word.length) >= least) continue;
		const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
		if (distance < least) {
			least = distance;
			best = candidate;
		}
	}
	return best;
}

/** Two slips in a word of five letters, three in a long one, one in a short one: more and the guess would be noise. */
function furthest(word: string): number {
	if (word.length <= 3) return 1;
	return word.length <= 8 ? 2 : 3;
}

/** Damerau-Levenshtein in its restricted form: insert, delete, replace, and swap of two neighbours cost one each. */
function editDistance(from: string, to: string): number {
	let beforeLast: readonly number[] = [];
	let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, column) => column);
	for (let row = 1; row <= from.length; row++) {
		const current = [row];
		for (let column = 1; column <= to.length; column++) {
			const same = from[row - 1] === to[column - 1];
			const replaced = (last[column - 1] ?? 0) + (same ? 0 : 1);
			let cost = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, replaced);
			if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
				cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
			}
			current.push(cost);
		}
		beforeLast = last;
		last = current;
	}
	return last[to.length] ?? 0;
}
