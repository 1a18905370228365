import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { styleFor } from '../../src/outputs/style.ts';
import { duration, elapsed, span } from '../../src/outputs/text/duration.ts';
import { clip, pad, widthOf } from '../../src/outputs/text/width.ts';
import { wrap, wrapIndented } from '../../src/outputs/text/wrap.ts';

describe('durations', () => {
	it.each([
		[0, '0.0s', '0s'],
		[940, '0.9s', '1s'],
		[9949, '9.9s', '10s'],
		[9960, '10s', '10s'],
		[59_600, '1m00s', '1m00s'],
		[252_000, '4m12s', '4m12s'],
		[3_780_000, '1h03m', '1h03m'],
		[-5, '0.0s', '0s'],
	])('says %d ms as %s, and while it grows as %s', (ms, measured, growing) => {
		expect([duration(ms), elapsed(ms)]).toEqual([measured, growing]);
	});

	it.each([
		[300_000, '5m'],
		[90_000, '90s'],
		[86_400_000, '1d'],
		[1500, '1500ms'],
	])('writes a timeout of %d ms as a person would: %s', (ms, written) => {
		expect(span(ms)).toBe(written);
	});
});

describe('widths', () => {
	it.each([
		['abc', 3],
		['日本', 4],
		['e\u0301', 1],
		['\x1b[31mred\x1b[39m', 3],
		['✓ › █', 5],
	])('%s takes %d cells', (text, cells) => {
		expect(widthOf(text)).toBe(cells);
	});

	it('cuts between characters, never in one, and says that it cut', () => {
		expect(clip('日本語', 5, '…')).toBe('日本…');
		expect(clip('日本語', 4, '…')).toBe('日…');
		expect(clip('abc', 3, '…')).toBe('abc');
		expect(clip('abc', 0, '…')).toBe('');
		expect(pad('日', 4)).toBe('日  ');
	});

	it('never cuts to more cells than there are, and never wraps to longer lines', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 4, max: 40 }), (text, width) => {
				expect(widthOf(clip(text, width, '…'))).toBeLessThanOrEqual(width);
				for (const line of wrap(text, width)) expect(widthOf(line)).toBeLessThanOrEqual(width);
			}),
		);
	});

	it("keeps a line's own indentation when it breaks it", () => {
		expect(wrapIndented('  one two three four', 14)).toEqual(['  one two', '    three four']);
	});
});

describe('style', () => {
	it('I1: writes no escape sequence without colour and only ASCII without unicode', () => {
		const { paint, glyphs } = styleFor({ color: false, unicode: false });
		expect(paint('bad', 'failed')).toBe('failed');
		expect(Object.values(glyphs).join('')).toMatch(/^[\x20-\x7e]+$/);
		expect(styleFor({ color: true, unicode: true }).paint('bad', 'failed')).toBe('\x1b[31mfailed\x1b[39m');
	});

	it('has only glyphs of one cell', () => {
		expect(Object.values(styleFor({ color: false, unicode: true }).glyphs).map(widthOf)).toEqual(Array(22).fill(1));
	});
});
