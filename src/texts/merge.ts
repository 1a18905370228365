import { diff3MergeRegions, type IRegion } from 'node-diff3';
import { sureLines } from './sure-lines.ts';
import { type NoText, textLines } from './text-lines.ts';

export type Merge =
	| { readonly kind: 'clean'; readonly bytes: Uint8Array }
	/** `first` is a line number in `theirs`, from 1; the line before which something was taken away, where nothing is left. */
	| { readonly kind: 'conflict'; readonly count: number; readonly first: number }
	| { readonly kind: 'impossible'; readonly because: NoText };

/**
 * Carries the change from `base` to `ours` (the new file) over to `theirs` (the file on the host), line by line. What is kept is
 * kept byte by byte: line ends, a missing last one, a byte order mark.
 *
 * A merge that is wrong is worse than none, so in doubt it is a conflict. Both changes count as far as they could reach in any
 * shortest reading of them: only lines that are kept for sure divide two changes. So what is clean here is clean for
 * `git merge-file`, with the same bytes (the tests hold one against the other). The other way round they differ: where lines
 * repeat or have moved, git takes one of several readings, and may be clean where this is not.
 */
export function merge(texts: {
	readonly base: Uint8Array;
	readonly theirs: Uint8Array;
	readonly ours: Uint8Array;
}): Merge {
	const [base, theirs, ours] = [textLines(texts.base), textLines(texts.theirs), textLines(texts.ours)];
	if (!base.ok) return impossible(base.error);
	if (!theirs.ok) return impossible(theirs.error);
	if (!ours.ok) return impossible(ours.error);
	const lines = { o: base.value, a: theirs.value, b: ours.value };
	const regions = regionsOf(lines);
	if (regions === undefined) return impossible('it is too large');

	const conflicts = regions.filter(region => !isClean(region, lines));
	const [first] = conflicts;
	if (first === undefined || first.stable) return clean(regions, lines);
	const place = Math.min(first.aStart + 1, Math.max(1, lines.a.length));
	return { kind: 'conflict', count: conflicts.length, first: place };
}

/** The letters of node-diff3: o is the base, a and b are what became of it. */
type Lines = Readonly<Record<'o' | 'a' | 'b', readonly string[]>>;

const impossible = (because: NoText): Merge => ({ kind: 'impossible', because });

/** node-diff3 looks for the next line from the front each time: its work grows with the square of this. */
const mostLines = 20_000;

function regionsOf({ o, a, b }: Lines): readonly IRegion<number>[] | undefined {
	if (Math.max(o.length, a.length, b.length) > mostLines) return undefined;
	const numbers = new Map<string, number>();
	for (const line of [...o, ...a, ...b]) if (!numbers.has(line)) numbers.set(line, numbers.size);
	const numbered = (lines: readonly string[]): readonly number[] => lines.map(line => numbers.get(line) ?? -1);
	const sureInA = sureLines(numbered(o), numbered(a));
	const sureInB = sureLines(numbered(o), numbered(b));
	if (sureInA === undefined || sureInB === undefined) return undefined;
	// A line's name is its place in the base if it was kept for sure, else one that the base has not: one reading is left.
	const namesInA = a.map((_, place) => sureInA.get(place) ?? -1);
	const namesInB = b.map((_, place) => sureInB.get(place) ?? -1);
	return diff3MergeRegions(namesInA, [...o.keys()], namesInB);
}

/** Only one of both has changed something here, or both have made the same of it. */
function isClean(region: IRegion<number>, { a, b }: Lines): boolean {
	if (region.stable) return true;
	const { aStart, aLength, bStart, bLength } = region;
	if (aLength !== bLength) return false;
	return a.slice(aStart, aStart + aLength).every((line, index) => line === b[bStart + index]);
}

function clean(regions: readonly IRegion<number>[], lines: Lines): Merge {
	const taken = regions.flatMap(region =>
		region.stable
			? lines[region.buffer].slice(region.bufferStart, region.bufferStart + region.bufferLength)
			: lines.a.slice(region.aStart, region.aStart + region.aLength),
	);
	return { kind: 'clean', bytes: new TextEncoder().encode(taken.join('')) };
}
