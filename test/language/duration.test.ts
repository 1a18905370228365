import { expect, it } from 'vitest';
import { parseDuration } from '../../src/language/duration.ts';

it.each([
	['500ms', 500],
	['300s', 300_000],
	['5m', 300_000],
	['24h', 86_400_000],
	['366d', 366 * 86_400_000],
	['0s', 0],
	['007s', 7_000],
	['367d', undefined],
	['999999999d', undefined],
	['1.5h', undefined],
	['5', undefined],
	['5 m', undefined],
	['-5m', undefined],
	['5M', undefined],
	['m', undefined],
	['', undefined],
	['5m\n', undefined],
])('%j lasts %s milliseconds', (text, expected) => {
	expect(parseDuration(text)).toBe(expected);
});
