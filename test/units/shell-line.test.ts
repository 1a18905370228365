import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { hole, type Put, quoteHoles, shellLine } from '../../src/units/shell-line.ts';
import { fc } from '../execution/property.ts';
import { has, shells } from '../host/host.ts';

/** Puts one value in for `@`. */
const valued =
	(value: string, variable = 'HSCTL_VAR_X'): Put =>
	(text, as = same => same) =>
		text.replaceAll('@', () => as(value, variable));

const line = (text: string, value = 'a b'): string => shellLine(text, valued(value));

describe('a line for the shell', () => {
	it.each([
		[
			'a plain value is put in as it is',
			'curl -fsS @',
			'http://127.0.0.1:5000/up',
			'curl -fsS http://127.0.0.1:5000/up',
		],
		['an empty one is still a word', 'test @', '', 'test "$HSCTL_VAR_X"'],
		['a value with blanks becomes a variable', 'test @', 'a b', 'test "$HSCTL_VAR_X"'],
		['also as a part of a word', 'test x@y', 'a b', 'test x"$HSCTL_VAR_X"y'],
		['between double quotes', 'test "x @y"', 'a b', 'test "x ${HSCTL_VAR_X}y"'],
		['between single quotes', "test 'x @y'", 'a b', `test 'x '"$HSCTL_VAR_X"'y'`],
		['behind quotes that are closed', `echo 'a' "b" @`, 'a b', `echo 'a' "b" "$HSCTL_VAR_X"`],
		['behind a quote that is escaped', 'echo \\" @', 'a b', 'echo \\" "$HSCTL_VAR_X"'],
		['behind a quote that is escaped in quotes', 'echo "\\"@"', 'a b', 'echo "\\"${HSCTL_VAR_X}"'],
		['behind a backslash in single quotes', `echo 'a\\' @`, 'a b', `echo 'a\\' "$HSCTL_VAR_X"`],
		['in a command between double quotes', 'echo "$(cat @) @"', 'a b', 'echo "$(cat "$HSCTL_VAR_X") ${HSCTL_VAR_X}"'],
		['behind a comment with an apostrophe', "# don't\necho @", 'a b', `# don't\necho "$HSCTL_VAR_X"`],
		['in a comment it says nothing', 'echo a # @', 'a b', 'echo a # '],
		['behind a sharp that begins no comment', "echo a#'b' @", 'a b', `echo a#'b' "$HSCTL_VAR_X"`],
		['in brackets', "(echo 'a' @)", 'a b', `(echo 'a' "$HSCTL_VAR_X")`],
	])('%s', (_, text, value, expected) => {
		expect(line(text, value)).toBe(expected);
	});
});

const hostile = [
	'',
	"it's",
	'$(echo pwned)',
	'`id`',
	'a\nb',
	'-n',
	'*',
	'~',
	'"; echo pwned; "',
	"'; id; '",
	'\\',
	'#x',
	'a  b',
	'plain',
];

describe.each(shells)('in %s', shell => {
	const [program = '', ...options] = shell.split(' ');
	/** The words that `show` gets from the text with each of the values in turn. */
	const words = (text: string, values: readonly string[]): readonly string[] => {
		const lines = values.map((value, index) => shellLine(text, valued(value, `HSCTL_VAR_X${index}`)));
		const env = Object.fromEntries(values.map((value, index) => [`HSCTL_VAR_X${index}`, value]));
		const show = 'show() { for word; do printf "%s\\0" "$word"; done; }';
		const ran = spawnSync(program, [...options, '-c', [show, ...lines].join('\n')], {
			env: { PATH: process.env.PATH, ...env },
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		return ran.stdout.toString().split('\0').slice(0, -1);
	};

	describe.skipIf(!has(program))('(skipped without that shell)', () => {
		it.each([
			['show @ end', (value: string) => [value, 'end']],
			['show "@" end', (value: string) => [value, 'end']],
			["show '@' end", (value: string) => [value, 'end']],
			['show "x@y" end', (value: string) => [`x${value}y`, 'end']],
			['show "it\'s" \'a"b\' @', (value: string) => ["it's", 'a"b', value]],
			['show "$(show @ | tr -d "\\0")x"', (value: string) => [`${value}x`]],
			['show \\@', (value: string) => [value]],
			["show 'a\\' @ # don't", (value: string) => ['a\\', value]],
			['if true; then (show @); fi', (value: string) => [value]],
		])('H7: whatever a value holds, it is the words of %j and no command', (text, expected) => {
			expect(words(text, hostile)).toEqual(hostile.flatMap(expected));
		});

		it('H7: the same with values that nobody thought of', () => {
			const value = fc.string({ unit: 'grapheme' }).filter(text => !text.includes('\0'));
			fc.assert(
				fc.property(fc.array(value, { maxLength: 50 }), values => {
					const expected = values.flatMap(one => [one, one, one, 'end']);
					expect(words('show @ "@" \'@\' end', values)).toEqual(expected);
				}),
				{ numRuns: 8 },
			);
		});
	});
});

describe('holes', () => {
	it('are all filled, wherever they are: no NUL is left', () => {
		fc.assert(
			fc.property(
				fc.array(fc.constantFrom("'", '"', '\\', '#', '$(', '(', ')', '`', ' ', '\n', ';', 'x', hole('A_1'))),
				parts => {
					expect(quoteHoles(parts.join(''))).not.toContain('\0');
				},
			),
		);
	});
});
