/**
 * Does a text fit a pattern of `*` (any characters, also none), `?` (one character) and literal characters? Takes at most the
 * one length times the other: a pattern full of stars, which would stall a regular expression, is only a slow one here.
 */
export function matchesGlob(pattern: string, text: string): boolean {
	let sign = 0;
	let at = 0;
	let lastStar: { readonly sign: number; at: number } | undefined;
	while (at < text.length) {
		if (pattern[sign] === '*') {
			lastStar = { sign, at };
			sign += 1;
		} else if (pattern[sign] === '?' || pattern[sign] === text[at]) {
			sign += 1;
			at += 1;
		} else if (lastStar === undefined) {
			return false;
		} else {
			// The last star takes one character more, and the rest of the pattern is tried again from there.
			lastStar.at += 1;
			at = lastStar.at;
			sign = lastStar.sign + 1;
		}
	}
	while (pattern[sign] === '*') sign += 1;
	return sign === pattern.length;
}

export const isGlob = (text: string): boolean => text.includes('*') || text.includes('?');
