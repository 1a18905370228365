import type { Style, Tone } from '../style.ts';
import { clip, widthOf } from '../text/width.ts';

/** A stretch of text in one colour. The text is visible text of one line, without tabs or escape sequences. */
export interface Part {
	readonly text: string;
	readonly tone: Tone;
}

export type Line = readonly Part[];

export const part = (text: string, tone: Tone = 'plain'): Part => ({ text, tone });

/** A line as it is written: never wider than the screen, because a line that wraps moves everything below it. */
export function paintLine(line: Line, columns: number, { paint, glyphs }: Style): string {
	let left = columns;
	let out = '';
	for (const { text, tone } of line) {
		const shown = clip(text, left, glyphs.cut);
		left -= widthOf(shown);
		out += paint(tone, shown);
		if (shown !== text) break;
	}
	return out;
}
