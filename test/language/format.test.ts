import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { formatYaml } from '../../src/language/format.ts';
import { parsedOrThrow, read } from './read.ts';

function format(text: string): string {
	const formatted = formatYaml(new TextEncoder().encode(text), 'playbook.yaml');
	if (!formatted.ok) throw new Error(formatted.error.map(({ message }) => message).join('\n'));
	return formatted.value;
}

describe('formatting', () => {
	it.each([
		['indentation by two', 'a:\n     b: 1\n', 'a:\n  b: 1\n'],
		['lists inside of their key', 'a:\n- b\n- c\n', 'a:\n  - b\n  - c\n'],
		['blanks in brackets', 'a: {b: 1,c: [d,e]}\n', 'a: { b: 1, c: [ d, e ] }\n'],
		[
			'comments',
			'# top\na: 1 # beside\n# between\nb: 2\n\n# end\n',
			'# top\na: 1 # beside\n# between\nb: 2\n\n# end\n',
		],
		['a comment in place of an entry', 'a:\n  b: 1\n  # c: 2\n', 'a:\n  b: 1\n  # c: 2\n'],
		['blank lines', 'a: 1\n\nb: 2\n', 'a: 1\n\nb: 2\n'],
		['quotes as they are', 'a: "1.10"\nb: \'0644\'\nc: x\n', 'a: "1.10"\nb: \'0644\'\nc: x\n'],
		['Windows line ends', 'a: 1\r\nb: 2\r\n', 'a: 1\nb: 2\n'],
		['a missing end of line', 'a: 1', 'a: 1\n'],
		['anchors', 'x-a: &a { b: 1 }\nc: *a\n', 'x-a: &a { b: 1 }\nc: *a\n'],
		['block scalars', 'a: |\n  one\n  two\nb: >-\n  folded\n', 'a: |\n  one\n  two\nb: >-\n  folded\n'],
		[
			'the line for editors',
			'# yaml-language-server: $schema=x\nhsctl: 1\n',
			'# yaml-language-server: $schema=x\nhsctl: 1\n',
		],
	])('makes %s', (_what, text, expected) => {
		expect(format(text)).toBe(expected);
	});

	it('leaves words alone that stand in a line of more than 120', () => {
		const long = `a: ${'word '.repeat(60).trim()}\n`;
		expect(parsedOrThrow(format(long)).value).toEqual(parsedOrThrow(long).value);
	});

	it.each(['a: [', 'a: 1\na: 2\n', '', '<<: 1\n'])('refuses %j, which validate refuses too', text => {
		expect(formatYaml(new TextEncoder().encode(text), 'playbook.yaml').ok).toBe(false);
	});

	const scalars = fc.oneof(
		fc.string({ unit: 'grapheme', maxLength: 200 }),
		fc.stringMatching(/^[ \na#:'"-]{0,20}$/),
		fc.integer(),
		fc.boolean(),
		fc.constant(null),
	);
	const keys = fc.stringMatching(/^[a-z][a-z0-9_ ]{0,10}[a-z]$/);
	const documents = fc.dictionary(
		keys,
		fc.letrec(tie => ({
			value: fc.oneof(
				{ maxDepth: 3 },
				scalars,
				fc.array(tie('value'), { maxLength: 4 }),
				fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
			),
		})).value,
		{ minKeys: 1, maxKeys: 5 },
	);

	it('never changes what a file says, and a second time changes nothing', () => {
		fc.assert(
			fc.property(documents, fc.integer({ min: 2, max: 6 }), fc.boolean(), (document, indent, flow) => {
				const text = stringify(document, { indent, collectionStyle: flow ? 'flow' : 'block', lineWidth: 60 });
				// What `stringify` writes is not always YAML that may be read here: control characters, texts that start with `:`.
				fc.pre(read(text).ok);
				const once = format(text);
				expect(parsedOrThrow(once).value).toEqual(parsedOrThrow(text).value);
				expect(format(once)).toBe(once);
			}),
			{ numRuns: 300 },
		);
	});
});
