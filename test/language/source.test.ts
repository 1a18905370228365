import { describe, expect, it } from 'vitest';
import { checkSource, sourceLimit, sourceText } from '../../src/language/source.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const problem = (input: Uint8Array) => {
	const checked = checkSource(input, 'a.yaml');
	return checked.ok ? undefined : checked.error[0];
};

describe('checkSource', () => {
	it('gives the text without its byte order mark', () => {
		const checked = checkSource(bytes('\ufeffname: ä\r\n'), 'a.yaml');
		expect(checked).toMatchObject({ ok: true, value: { file: 'a.yaml', text: 'name: ä\r\n' } });
	});

	it('takes a file of the largest size and refuses one byte more', () => {
		expect(problem(new Uint8Array(sourceLimit).fill(0x61))).toBeUndefined();
		expect(problem(new Uint8Array(sourceLimit + 1).fill(0x61))?.code).toBe('HS1002');
	});

	it('names the byte that is not UTF-8, its place and its line', () => {
		const latin = new Uint8Array([...bytes('name: a\ndescription: gr'), 0xfc, ...bytes('n\n')]);
		expect(problem(latin)).toMatchObject({
			code: 'HS1003',
			message: 'the byte 0xfc at position 23 is not UTF-8',
			at: { line: 2, column: 16 },
		});
	});

	it.each([
		['a character that is cut off at the end', [0x61, 0xe2, 0x82], 1],
		['a lone continuation byte', [0x61, 0x62, 0x80], 2],
		['a surrogate', [0x61, 0xed, 0xa0, 0x80], 1],
		['an overlong slash', [0xc0, 0xaf], 0],
	])('refuses %s where it begins', (_, input, offset) => {
		expect(problem(Uint8Array.from(input))).toMatchObject({ code: 'HS1003', at: { line: 1, column: offset + 1 } });
	});

	it.each([
		['with a mark', [0xff, 0xfe, 0x61, 0x00]],
		['big-endian with a mark', [0xfe, 0xff, 0x00, 0x61]],
		['without a mark', [0x61, 0x00, 0x3a, 0x00]],
	])('recognises UTF-16 %s', (_, input) => {
		expect(problem(Uint8Array.from(input))).toMatchObject({
			code: 'HS1003',
			message: expect.stringContaining('UTF-16'),
		});
	});

	it.each([
		['NUL', '\0'],
		['escape', '\x1b'],
		['delete', '\x7f'],
		['a C1 control', '\x9b'],
		['a lone carriage return', '\r'],
		['a bidirectional override', '\u202e'],
		['a bidirectional isolate', '\u2066'],
	])('refuses %s and says where it is', (_, character) => {
		expect(problem(bytes(`a: 1\nb: x${character}y\n`))).toMatchObject({ code: 'HS1004', at: { line: 2, column: 5 } });
	});

	it('takes tabs, next lines, emoji and right-to-left text', () => {
		expect(problem(bytes('a: "\t\u0085"\nb: 🛠 שלום\n'))).toBeUndefined();
	});

	it('lists the first twenty control characters only', () => {
		const checked = checkSource(bytes('\x01'.repeat(5000)), 'a.yaml');
		expect(checked.ok ? 0 : checked.error.length).toBe(20);
	});
});

describe('span', () => {
	const { span } = sourceText('one\r\ntwo: 🛠x\n\nlast', 'a.yaml');

	it('counts lines and columns from one, columns in UTF-16 units', () => {
		expect(span(5, 8)).toEqual({ file: 'a.yaml', line: 2, column: 1, endLine: 2, endColumn: 4, sourceLine: 'two: 🛠x' });
		expect(span(12, 13)).toMatchObject({ line: 2, column: 8 });
	});

	it('reaches over lines, and takes offsets outside of the text for its ends', () => {
		expect(span(0, 999)).toMatchObject({ line: 1, column: 1, endLine: 4, endColumn: 5, sourceLine: 'one' });
		expect(span(999, 1)).toMatchObject({ line: 4, column: 5, sourceLine: 'last' });
		expect(span(14, 14)).toMatchObject({ line: 3, column: 1, sourceLine: '' });
	});
});
