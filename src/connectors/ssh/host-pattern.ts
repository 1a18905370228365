/**
 * Is the name one of a comma list with `*`, `?` and `!` (sshd(8), ssh_config(5))? A negated pattern that fits refuses the whole
 * list, wherever it stands. Case counts for nothing.
 */
export function matchesList(name: string, list: string): boolean {
	let isIn = false;
	for (const pattern of list.toLowerCase().split(',')) {
		const isNegated = pattern.startsWith('!');
		if (!matchesPattern(name.toLowerCase(), isNegated ? pattern.slice(1) : pattern)) continue;
		if (isNegated) return false;
		isIn = true;
	}
	return isIn;
}

/** `*` stands for any characters, `?` for one. Never goes back further than the last `*`, so no pattern can be slow. */
export function matchesPattern(text: string, pattern: string): boolean {
	let [at, place] = [0, 0];
	let star: readonly [at: number, place: number] | undefined;
	while (at < text.length) {
		if (pattern[place] === '*') {
			star = [at, place];
			place += 1;
		} else if (pattern[place] === '?' || (place < pattern.length && pattern[place] === text[at])) {
			at += 1;
			place += 1;
		} else if (star === undefined) {
			return false;
		} else {
			star = [star[0] + 1, star[1]];
			[at, place] = [star[0], star[1] + 1];
		}
	}
	while (pattern[place] === '*') place += 1;
	return place === pattern.length;
}
