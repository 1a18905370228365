import stringWidth from 'string-width';

/** Cells that text takes on a terminal: wide characters count two, escape sequences none. */
export const widthOf = (text: string): number => (oneCellEach.test(text) ? text.length : stringWidth(text));

// ASCII and the glyphs of style.ts: nearly every line of ours, and measuring graphemes is what drawing costs most.
const oneCellEach = /^[\x20-\x7e·…→✓✗●⊘↺█░›│↑↓]*$/;

/** Fills up with spaces on the right; longer text stays as it is. */
export const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** Fills up with spaces on the left. */
export const padStart = (text: string, width: number): string => ' '.repeat(Math.max(0, width - widthOf(text))) + text;

/** Cuts text without escape sequences to a width; what was cut is announced by `cut`. */
export function clip(text: string, width: number, cut: string): string {
	if (width <= 0) return '';
	// A cell takes at most a few UTF-16 units: a very long line need not be measured to its end.
	const near = text.length > width * 8 ? text.slice(0, width * 8) : text;
	if (near === text && widthOf(text) <= width) return text;
	return takeCells(near, width - widthOf(cut)) + cut.slice(0, width);
}

const graphemes = new Intl.Segmenter();

/** The longest beginning that fits, never half a character. */
function takeCells(text: string, width: number): string {
	let taken = '';
	let cells = 0;
	for (const { segment } of graphemes.segment(text)) {
		cells += widthOf(segment);
		if (cells > width) return taken;
		taken += segment;
	}
	return taken;
}
