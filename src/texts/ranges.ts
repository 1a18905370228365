/** A part of a line, from a place up to another one, which is not part of it. */
export interface Range {
	readonly from: number;
	readonly to: number;
}

/** The same line with another text in place of each part. Parts that meet or overlap become one. */
export function replaceRanges(line: string, ranges: readonly Range[], by: string): string {
	let text = '';
	let done = 0;
	let open = false;
	for (const { from, to } of ranges.toSorted((a, b) => a.from - b.from)) {
		if (to <= Math.max(done, from)) continue;
		if (!open || from > done) text += line.slice(done, from) + by;
		done = to;
		open = true;
	}
	return text + line.slice(done);
}
