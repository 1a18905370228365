import { widthOf } from './width.ts';

/** Breaks text (no escape sequences) into lines of at most `width` cells, at spaces; a longer word is broken anywhere. */
export function wrap(text: string, width: number): readonly string[] {
	const lines: string[] = [];
	let line = '';
	for (const word of text.split(' ').flatMap(word => breakAnywhere(word, Math.max(1, width)))) {
		const longer = line === '' ? word : `${line} ${word}`;
		if (line === '' || widthOf(longer) <= width) line = longer;
		else {
			lines.push(line);
			line = word;
		}
	}
	return [...lines, line].map(text => text.trimEnd());
}

/** The same for a line with an indentation: it is kept, and what is broken off is indented a little more. */
export function wrapIndented(line: string, width: number): readonly string[] {
	const indent = line.length - line.trimStart().length;
	return wrap(line.trimStart(), Math.max(12, width - indent - 2)).map(
		(part, index) => ' '.repeat(indent + (index === 0 ? 0 : 2)) + part,
	);
}

const graphemes = new Intl.Segmenter();

/** What is wider than a whole line, in parts that are not; blanks count as much as anything else. */
export function breakAnywhere(word: string, width: number): readonly string[] {
	if (widthOf(word) <= width) return [word];
	const parts: string[] = [];
	let part = '';
	for (const { segment } of graphemes.segment(word)) {
		if (part !== '' && widthOf(part + segment) > width) {
			parts.push(part);
			part = '';
		}
		part += segment;
	}
	return [...parts, part];
}
