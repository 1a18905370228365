import type { NumberedEvent } from '../../model/event.ts';
import { cutPiece, lastLine, type StreamPlace, streamStart } from './line-cutter.ts';

/** The end of what a unit has printed, as visible lines. */
export interface Printed {
	/** Whole lines of both streams, in the order in which they came. */
	readonly both: readonly string[];
	readonly stderr: readonly string[];
	readonly places: Readonly<Record<'out' | 'err', StreamPlace>>;
	/** When the last piece came, RFC 3339 UTC. */
	readonly lastAt: string | null;
}

export const nothingPrinted: Printed = {
	both: [],
	stderr: [],
	places: { out: streamStart, err: streamStart },
	lastAt: null,
};

/** How many lines of stderr a failure shows. */
export const stderrSize = 20;

/** Keeps the last `size` lines of both streams and the last twenty of stderr. */
export function takeOutput(printed: Printed, event: Extract<NumberedEvent, { type: 'output' }>, size: number): Printed {
	const { lines, place } = cutPiece(printed.places[event.stream], event);
	const isErr = event.stream === 'err';
	return {
		both: append(printed.both, lines, size),
		stderr: isErr ? append(printed.stderr, lines, stderrSize) : printed.stderr,
		places: { ...printed.places, [event.stream]: place },
		lastAt: event.at,
	};
}

/** All lines there are, the unfinished ones included. */
export const bothLines = ({ both, places }: Printed): readonly string[] => [
	...both,
	...lastLine(places.out),
	...lastLine(places.err),
];

/** What says best why it failed: the end of stderr, or of stdout when stderr is silent. */
export function lastWords(printed: Printed): readonly string[] {
	const stderr = [...printed.stderr, ...lastLine(printed.places.err)];
	return (stderr.length > 0 ? stderr : bothLines(printed)).slice(-stderrSize);
}

/** The same after the end: only what `lastWords` needs is kept. */
export const keepLastWords = (printed: Printed): Printed => ({
	...nothingPrinted,
	both: lastWords(printed),
	lastAt: printed.lastAt,
});

const append = (kept: readonly string[], lines: readonly string[], size: number): readonly string[] =>
	lines.length === 0 ? kept : [...kept, ...lines].slice(-size);
