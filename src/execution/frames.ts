import { bytesToText } from './bytes-text.ts';

/** One answer of a program: `NONCE NAME LENGTH`, a line end, that many bytes, a line end. */
export interface Frame {
	readonly name: string;
	readonly bytes: Uint8Array;
	readonly text: string;
}

/**
 * The frames in a program's print. What does not start with the nonce (a profile's greeting, a warning of the shell) is passed
 * over; a frame that is not whole ends the list, and whoever misses its name knows that the answer was cut.
 */
export function readFrames(printed: Uint8Array, nonce: string): readonly Frame[] {
	const frames: Frame[] = [];
	for (let at = 0; at < printed.length; ) {
		const end = printed.indexOf(newline, at);
		if (end === -1) break;
		const [mark, name, length] = bytesToText(printed.subarray(at, end)).split(' ');
		at = end + 1;
		if (mark !== nonce || name === undefined || !/^\d{1,9}$/.test(length ?? '')) continue;
		const stop = at + Number(length);
		if (stop > printed.length) break;
		const bytes = printed.subarray(at, stop);
		frames.push({ name, bytes, text: bytesToText(bytes) });
		at = stop + 1;
	}
	return frames;
}

/** What a probe prints whose looks printed these texts: the host compares it byte for byte. */
export const frameText = (nonce: string, name: string, text: string, length: number): string =>
	`${nonce} ${name} ${length}\n${text}\n`;

const newline = 0x0a;
