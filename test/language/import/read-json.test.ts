import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonNode } from '../../../src/language/import/json/json-node.ts';
import { readJson } from '../../../src/language/import/json/read-json.ts';
import type { Note } from '../../../src/language/import/note.ts';
import { sourceText } from '../../../src/language/source.ts';

const read = (text: string, notes: Note[] = []) => readJson(sourceText(text, 'f.json'), notes);

/** As `JSON.parse` gives it; maps without a prototype. */
function plain(node: JsonNode): unknown {
	switch (node.kind) {
		case 'text':
			return node.text;
		case 'number':
			return Number(node.text);
		case 'flag':
			return node.isTrue;
		case 'none':
			return null;
		case 'list':
			return node.items.map(plain);
		case 'map':
			return [...node.entries].map(([key, { value }]) => [key, plain(value)]);
		default:
			return node satisfies never;
	}
}

/** The same of what `JSON.parse` gives, in the order of the text: an object puts keys such as `10` first. */
const parsed = (text: string): unknown =>
	JSON.parse(text, (_, value: unknown) =>
		typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : value,
	);

describe('JSON', () => {
	it('is what JSON.parse makes of it', () => {
		const key = fc.string().filter(text => !/^\d+$/.test(text) && text !== '__proto__');
		const value = fc.letrec(tie => ({
			any: fc.oneof(
				{ depthSize: 'small' },
				fc.string(),
				fc.double({ noNaN: true, noDefaultInfinity: true }),
				fc.boolean(),
				fc.constant(null),
				fc.array(tie('any')),
				fc.dictionary(key, tie('any')),
			),
		})).any;
		fc.assert(
			fc.property(value, fc.constantFrom(undefined, 1, '\t'), (any, space) => {
				const text = JSON.stringify(any, null, space);
				const node = read(text);
				expect(node.ok && JSON.stringify(plain(node.value))).toBe(JSON.stringify(parsed(text)));
			}),
		);
	});

	it('that JSON.parse refuses is refused with a place inside of it, and the other way round', () => {
		const piece = fc.constantFrom(
			'{',
			'}',
			'[',
			']',
			',',
			':',
			'"a"',
			'"',
			'\\',
			'1',
			'-',
			'0',
			'.5',
			'e1',
			'true',
			'null',
			' ',
			'\n',
			'\t',
		);
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
				const text = pieces.join('');
				let isJson = true;
				try {
					JSON.parse(text);
				} catch {
					isJson = false;
				}
				const node = read(text);
				expect([text, node.ok]).toEqual([text, isJson]);
				if (!node.ok) expect(node.error[0]?.at?.line).toBeLessThanOrEqual(text.split('\n').length);
			}),
			{ numRuns: 2000 },
		);
	});

	it.each<readonly [text: string, problem: string, line: number, column: number]>([
		['', 'a value is missing here', 1, 1],
		['{\n  "a": 1,\n}', 'nothing follows this comma', 2, 9],
		['[1 2]', 'a comma or `]` is missing here', 1, 4],
		['{"a" 1}', 'a colon is missing here', 1, 6],
		["{'a': 1}", 'a key is missing here', 1, 2],
		['["a\n"]', 'a quote is opened here and not closed', 1, 2],
		['["\\q"]', 'there is a tab in this text, or an escape that JSON does not have', 1, 2],
		['[1] x', 'there is something behind the end of the value', 1, 5],
		['[01]', '`01` is no value', 1, 2],
		['['.repeat(101), 'lists and maps are nested more than 100 levels deep here', 1, 101],
	])('%j: %s', (text, problem, line, column) => {
		const node = read(text);
		expect(node.ok ? [] : node.error.map(({ message, at }) => [message, at?.line, at?.column])).toEqual([
			[problem, line, column],
		]);
	});

	it('with a key twice counts the last one, and says so', () => {
		const notes: Note[] = [];
		const node = read('{\n"a": 1,\n"a": 2}', notes);
		expect(node.ok && plain(node.value)).toEqual([['a', 2]]);
		expect(notes).toMatchObject([{ at: { line: 2 }, subject: '`a`' }]);
	});

	it('knows the line of each value', () => {
		const node = read('{\n"a": [\n1,\n\n"b"]}');
		const list = node.ok && node.value.kind === 'map' ? node.value.entries.get('a')?.value : undefined;
		expect(list?.kind === 'list' ? list.items.map(({ at }) => at.line) : []).toEqual([3, 5]);
	});

	it('on one line of 1.5 MiB is read before the test runs out of time', () => {
		expect(read(`[${'{"a":"b"},'.repeat(150_000)}0]`).ok).toBe(true);
	});
});
