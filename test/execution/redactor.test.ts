import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutputText } from '../../src/execution/output-text.ts';
import { Redactor } from '../../src/execution/redactor.ts';

const secret = 'pa$$"w\'ör+d/?&';
const redactor = new Redactor(new Map([['token', secret]]));
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a secret is hidden', () => {
	it.each([
		['as it is', secret],
		['in hex', Buffer.from(secret).toString('hex')],
		['in a URL', encodeURIComponent(secret)],
		['in a form', new URLSearchParams({ a: secret }).toString()],
		['in JSON', JSON.stringify({ a: secret })],
		['as the shell quotes it', secret.replaceAll("'", "'\\''")],
		['in base64', base64(secret)],
		['in base64 behind one byte', base64(`a${secret}b`)],
		['in base64 behind two bytes', base64(`user:${secret}`)],
		['in base64 for URLs', Buffer.from(`ab${secret}`).toString('base64url')],
	])('%s', (_, text) => {
		const shown = redactor.text(`before ${text} after`);
		expect(shown).toContain('[secret token]');
		expect(shown).toMatch(/^before .* after$/);
		expect(shown.replace('[secret token]', '').length).toBeLessThan(24);
	});

	it('line by line, when it has several', () => {
		const key = '-----BEGIN KEY-----\nMIIEowIBAAKCAQEA\nwJalrXUtnFEMI123\n-----END KEY-----\n';
		const many = new Redactor(new Map([['key', key]]));
		expect(many.text('+ MIIEowIBAAKCAQEA')).toBe('+ [secret key]');
		expect(many.text(key)).toBe('[secret key]');
	});

	it('and of two of which one is the beginning of the other, all of the longer one', () => {
		const both = new Redactor(
			new Map([
				['short', 'abcd'],
				['long', 'abcdefgh'],
			]),
		);
		expect(both.text('abcdefgh abcd')).toBe('[secret long] [secret short]');
	});

	it('but nothing is hidden of one that is shorter than four characters', () => {
		expect(new Redactor(new Map([['pin', '123']])).text('123')).toBe('123');
	});
});

/** The stream in pieces, put together again as it is shown. */
function shownIn(pieces: readonly Uint8Array[], text: OutputText) {
	let offset = 0;
	const shown = pieces.flatMap(piece => {
		const now = text.push(offset, piece);
		offset += piece.length;
		return now;
	});
	return [...shown, ...text.end()];
}

const cutAt = (bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] => {
	const ends = [...new Set(cuts.map(cut => cut % (bytes.length + 1)))].sort((a, b) => a - b);
	return [0, ...ends].map((start, index) => bytes.subarray(start, ends[index] ?? bytes.length));
};

describe('a stream of bytes that comes in pieces', () => {
	it('C8: hides a secret wherever it is cut', () => {
		const word = fc.oneof(fc.constantFrom(secret, base64(secret), 'pa$$', 'ö', 'plain '), fc.string({ maxLength: 4 }));
		fc.assert(
			fc.property(fc.array(word, { maxLength: 8 }), fc.array(fc.nat(200), { maxLength: 8 }), (words, cuts) => {
				const bytes = Buffer.from(words.join('|'));
				const pieces = shownIn(cutAt(bytes, cuts), new OutputText(redactor));
				expect(pieces.map(({ text }) => text).join('')).toBe(redactor.text(bytes.toString()));
				expect(pieces.reduce((end, { offset, length }) => (offset === end ? offset + length : Number.NaN), 0)).toBe(
					bytes.length,
				);
			}),
		);
	});

	it('C4: is whole characters, wherever it is cut', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 20 }), fc.array(fc.nat(80)), (text, cuts) => {
				fc.pre(text.isWellFormed());
				const pieces = shownIn(cutAt(Buffer.from(text), cuts), new OutputText());
				expect(pieces.map(piece => piece.text).join('')).toBe(text);
			}),
		);
	});

	it('C3: that is no text is shown as signs for it, and counted byte for byte', () => {
		const bytes = Buffer.from([0xff, 0xfe, 0x41, 0xc3]);
		expect(shownIn([bytes], new OutputText())).toEqual([
			{ offset: 0, length: 3, text: '\ufffd\ufffdA' },
			{ offset: 3, length: 1, text: '\ufffd' },
		]);
	});

	it('shows what it held back before a gap', () => {
		const text = new OutputText(redactor);
		expect(text.push(0, Buffer.from('x pa$$'))).toEqual([{ offset: 0, length: 2, text: 'x ' }]);
		expect(text.push(100, Buffer.from('y'))).toEqual([
			{ offset: 2, length: 4, text: 'pa$$' },
			{ offset: 100, length: 1, text: 'y' },
		]);
	});
});
