import { fail, ok, type Result } from '../model/result.ts';

/** Why bytes are not treated as text. A clause for people. */
export type NoText = 'it is binary' | 'it is too large';

/** Files that people write are smaller by far; what is done with the lines of one takes less than a second. */
const largest = { bytes: 1024 * 1024, lines: 50_000 };

/**
 * The lines of a text, each with its end (LF, or CR LF), the last one maybe without: joined and encoded they are the same bytes
 * again. Text is UTF-8 without NUL; a byte order mark is part of the first line.
 */
export function textLines(bytes: Uint8Array): Result<readonly string[], NoText> {
	if (bytes.length > largest.bytes) return fail('it is too large');
	if (bytes.includes(0)) return fail('it is binary');
	try {
		const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
		const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
		return lines.length > largest.lines ? fail('it is too large') : ok(lines);
	} catch {
		return fail('it is binary');
	}
}
