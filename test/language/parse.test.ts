import { describe, expect, it } from 'vitest';
import { codesAndPlaces, parsedOrThrow, read } from './read.ts';

const refusal = (text: string): readonly string[] => {
	const parsed = read(text);
	return parsed.ok ? [] : codesAndPlaces(parsed.error);
};

describe('parseYaml', () => {
	it('reads YAML 1.2: no, on and times are text, 0o17 is a number', () => {
		const { value } = parsedOrThrow('a: no\nb: on\nc: 12:30\nd: 0o17\ne: ~\nf: true\ng: 1e3\nh: "1"\n');
		expect(value).toEqual({ a: 'no', b: 'on', c: '12:30', d: 15, e: null, f: true, g: 1000, h: '1' });
	});

	it('makes maps without a prototype', () => {
		expect(Object.getPrototypeOf(parsedOrThrow('a: {b: 1}\n').value)).toBeNull();
	});

	it('takes keys as they are written', () => {
		expect(Object.keys(parsedOrThrow('1.10: a\n0644: b\ntrue: c\n"q": d\n').value as object)).toEqual([
			'1.10',
			'0644',
			'true',
			'q',
		]);
	});

	it('gives the keys in the order of the file, numbers among them too', () => {
		const parsed = parsedOrThrow('b: 1\nx-own: 1\n10: 2\na: {z: 1, 5: 2}\n');
		expect(parsed.keys([])).toEqual(['b', '10', 'a']);
		expect(parsed.keys(['a'])).toEqual(['z', '5']);
		expect(parsed.keys(['b'])).toEqual([]);
		expect(parsed.keys(['nothing', 'here'])).toEqual([]);
	});

	it('leaves out x- keys at every level, and says which', () => {
		const parsed = parsedOrThrow('x-a: &t {timeout: 5m}\nb:\n  x-c: 1\n  d: *t\n');
		expect(parsed.value).toEqual({ b: { d: { timeout: '5m' } } });
		expect(parsed.ignored.map(({ path, at }) => [path.join('.'), at.line])).toEqual([
			['x-a', 1],
			['b.x-c', 3],
		]);
	});

	it('keeps to the rules inside of x- keys', () => {
		expect(refusal('x-a: {b: 1, b: 2}\n')).toEqual(['HS1006 1:13']);
	});

	it('lets an alias stand for the latest anchor of its name', () => {
		expect(parsedOrThrow('a: &n 1\nb: *n\nc: &n [2]\nd: *n\n').value).toEqual({ a: 1, b: 1, c: [2], d: [2] });
	});

	it('takes two hundred uses of one anchor', () => {
		const parsed = parsedOrThrow(`x-a: &a {b: [1, 2, 3]}\nc: [${'*a, '.repeat(200)}]\n`);
		expect((parsed.value as { c: unknown[] }).c).toHaveLength(200);
	});

	it.each([
		['a NUL that an escape makes', 'a: "b\\0"\nc: ["\\x00", "\\u0000"]\n', ['HS1004 1:4', 'HS1004 2:5', 'HS1004 2:13']],
		['a duplicate key', 'a: 1\nb:\n  c: 1\n  "c": 2\n', ['HS1006 4:3']],
		['each of several duplicates', 'a: 1\na: 2\na: 3\n', ['HS1006 2:1', 'HS1006 3:1']],
		['a merge key', 'a: &a {}\nb:\n  <<: *a\n', ['HS1007 3:3']],
		[
			'custom tags',
			'a: !include x\nb: !!binary aGk=\nc: !<tag:x,2:y> 1\n',
			['HS1008 1:13', 'HS1008 2:13', 'HS1008 3:17'],
		],
		['a tag with an unknown handle', 'a: !e!x 1\n', ['HS1008 1:4']],
		[
			'forbidden keys',
			'__proto__: 1\na: {constructor: 1, prototype: 2}\n',
			['HS1011 1:1', 'HS1011 2:5', 'HS1011 2:21'],
		],
		['nothing', '', ['HS1012 1:1']],
		['comments only', '# a\n---\n', ['HS1012 1:1']],
		['a second document', 'a: 1\n---\nb: 1\n', ['HS1013 2:1']],
		['a tab', 'a:\n\tb: 1\n', ['HS1014 2:1']],
		['a list as a key', '? [a]\n: 1\n', ['HS1015 1:3']],
		['no key', ': 1\n', ['HS1015 1:1']],
		['an alias as a key', 'a: &a x\n*a : 1\n', ['HS1015 2:1']],
		['an alias without an anchor', 'a: *b\nb: &b 1\n', ['HS1005 1:4']],
		['an anchor that holds itself', 'a: &a [*a]\n', ['HS1005 1:8']],
		['YAML 1.1', '%YAML 1.1\n---\na: no\n', ['HS1005 1:1']],
		['a quote that stays open', 'a: 1\nb: "x\n', ['HS1005 3:1']],
		['a bracket that stays open', 'a: [1, 2\n', ['HS1005 2:1']],
		['a second colon', 'a: b: c\n', ['HS1005 1:4']],
		['a word without a colon', 'a: 1\nfoo\n', ['HS1005 2:1']],
		['wrong indentation', 'a:\n  b: 1\n c: 2\n', ['HS1005 3:1']],
		['a bad escape', 'a: "\\q"\n', ['HS1005 1:5']],
		['a value that begins with @', 'a: @b\n', ['HS1005 1:4']],
	])('refuses %s', (_, text, expected) => {
		expect(refusal(text)).toEqual(expected);
	});

	it('takes a duplicate that is none, and tags that only say what is so', () => {
		expect(parsedOrThrow('a: {b: 1}\nc: {b: 1}\nd: !!str 1.10\ne: !!map {}\n').value).toEqual({
			a: { b: 1 },
			c: { b: 1 },
			d: '1.10',
			e: {},
		});
	});

	it('says cause and cure in lower case, without a full stop', () => {
		for (const text of ['a: "x', 'a: b: c', 'a:\n\tb: 1', 'a: @b', '? [a]\n: 1', 'a: !x 1', 'a: *b', 'a: {b: 1']) {
			const parsed = read(text);
			expect(parsed.ok).toBe(false);
			for (const { message, hint } of parsed.ok ? [] : parsed.error) {
				expect(message).toMatch(/^[a-z`].*[^.]$/);
				expect(hint).toMatch(/^[a-z`].*[^.]$/);
			}
		}
	});

	it('stops at a hundred problems and counts the others', () => {
		const parsed = read(Array.from({ length: 150 }, () => 'a: 1\n').join(''));
		const problems = parsed.ok ? [] : parsed.error;
		expect(problems).toHaveLength(101);
		expect(problems.at(-1)).toMatchObject({ code: 'HS1016', message: 'there are 49 more problems in this file' });
	});
});

describe('at', () => {
	const parsed = parsedOrThrow(
		'name: a\nlist:\n  - one\n  - { k: "1.10" }\nx-t: &t\n  deep: 0644\nalias: *t\nnothing:\nx-more: 1\n',
	);

	it.each([
		[['name'], 'value', '1:7-1:8'],
		[['name'], 'key', '1:1-1:5'],
		[['list', 0], 'value', '3:5-3:8'],
		[['list', 1, 'k'], 'value', '4:10-4:16'],
		[['list', 1, 'k'], 'key', '4:7-4:8'],
		[['nothing'], 'value', '8:1-8:8'],
		[['alias', 'deep'], 'value', '6:9-6:13'],
		[['list', 1, 'missing'], 'value', '4:5-4:18'],
		[['alias', 'missing'], 'value', '7:1-7:6'],
		[['list', 7], 'key', '2:1-2:5'],
		[['missing', 'more'], 'value', '1:1-10:1'],
	] as const)('finds %j (%s) at %s', (path, what, place) => {
		const { line, column, endLine, endColumn } = parsed.at(path, what);
		expect(`${line}:${column}-${endLine}:${endColumn}`).toBe(place);
	});

	it.each([
		[['list', 1, 'k'], '"1.10"'],
		[['alias', 'deep'], '0644'],
		[['name'], 'a'],
		[['list'], undefined],
		[['missing'], undefined],
	] as const)('gives the scalar at %j as it is written: %s', (path, written) => {
		expect(parsed.scalarSource(path)).toBe(written);
	});
});
