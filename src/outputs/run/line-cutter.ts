import { visible } from '../visible.ts';

/** Where a stream of text that comes in pieces stands between two pieces. */
export interface StreamPlace {
	/** The line that has not ended yet, as it came. */
	readonly rest: string;
	/** Byte offset at which the next piece should start. */
	readonly next: number;
}

export interface Piece {
	readonly offset: number;
	readonly text: string;
}

export const streamStart: StreamPlace = { rest: '', next: 0 };

/** Cuts the next piece into whole, visible lines; says so when bytes were left out before it. Memory is bounded. */
export function cutPiece(
	place: StreamPlace,
	{ offset, text }: Piece,
): { readonly lines: readonly string[]; readonly place: StreamPlace } {
	const next = offset + Buffer.byteLength(text);
	const missing = offset - place.next;
	if (missing < smallestGap) return cutLines(place.rest + text, next);
	const after = cutLines(text, next);
	const gap = `[${missing} bytes are only in the log on the host]`;
	return { lines: [...lastLine(place), gap, ...after.lines], place: after.place };
}

/** The line that never ended, when there is one. */
export const lastLine = ({ rest }: StreamPlace): readonly string[] =>
	rest === '' ? [] : shown(rest.replace(/\r$/, ''));

// Redaction and repaired UTF-8 change lengths a little; what is really left out is far longer.
const smallestGap = 4096;
const longestLine = 4096;

function cutLines(text: string, next: number): { readonly lines: readonly string[]; readonly place: StreamPlace } {
	// A CR at the end may be the first half of CR LF, so it waits for the next piece.
	const parts = text.split(/\r\n|\n|\r(?!$)/);
	const rest = parts.pop() ?? '';
	const lines = parts.flatMap(shown);
	if (rest.length <= longestLine) return { lines, place: { rest, next } };
	return { lines: [...lines, ...shown(rest)], place: { rest: '', next } };
}

/** A line without end must not fill the memory or the screen: it is broken. */
function shown(line: string): readonly string[] {
	const parts: string[] = [];
	for (let start = 0; start === 0 || start < line.length; start += longestLine) {
		parts.push(visible(line.slice(start, start + longestLine)));
	}
	return parts;
}
