import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeUnseen, visible, visibleLine } from '../../src/outputs/visible.ts';

describe('visible', () => {
	it.each([
		['plain text', 'über 日本語 🎉\tx\n', 'über 日本語 🎉\tx\n'],
		['a colour', '\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
		['a window title', '\x1b]0;owned\x07', '\\x1b]0;owned\\x07'],
		['a clipboard write (OSC 52)', '\x1b]52;c;aGk=\x1b\\', '\\x1b]52;c;aGk=\\x1b\\'],
		['a device control string', '\x90q\x9c', '\\x90q\\x9c'],
		['CR LF', 'a\r\nb', 'a\nb'],
		['a progress bar', '10%\r50%\r', '10%\n50%\n'],
		['backspaces', 'no\b\bok', 'no\\x08\\x08ok'],
		['NUL and DEL', '\0\x7f', '\\x00\\x7f'],
		['C1', '\x9b2J\x85', '\\x9b2J\\x85'],
		['bidi overrides', 'a\u202eb\u2066c\u2069', 'a\\u202eb\\u2066c\\u2069'],
		['a lone surrogate', 'a\ud800b', 'a\\ud800b'],
	])('shows %s', (_what, text, shown) => {
		expect(visible(text)).toBe(shown);
	});

	it('C6: lets nothing through that moves the cursor, whatever a host prints', () => {
		const nasty = fc.string({
			unit: fc.oneof(
				fc.integer({ min: 0, max: 0x10ffff }).map(code => String.fromCharCode(code & 0xffff)),
				fc.constantFrom('\x1b', '\r', '\n', '\t', '\x9b', '\u202e', 'a'),
			),
		});
		fc.assert(
			fc.property(nasty, text => {
				const shown = visible(text);
				expect(shown).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
				expect(shown.isWellFormed()).toBe(true);
				expect(visible(shown)).toBe(shown);
			}),
			{ numRuns: 500 },
		);
	});

	it('C6: leaves JSON the same document, with nothing in it that a terminal obeys', () => {
		fc.assert(
			fc.property(fc.array(fc.string({ unit: 'binary' })), texts => {
				const json = escapeUnseen(JSON.stringify(['\x9b2J\u202e\x7f', ...texts]));
				expect(json).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u200e-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/);
				expect(JSON.parse(json)).toEqual(['\x9b2J\u202e\x7f', ...texts]);
			}),
		);
	});

	it('keeps a text of one line on one line', () => {
		fc.assert(fc.property(fc.string({ unit: 'binary' }), text => !/[\n\r\t]/.test(visibleLine(text))));
		expect(visibleLine('a\nb\tc\n')).toBe('a\\nb c');
	});
});
