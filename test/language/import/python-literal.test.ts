import { describe, expect, it } from 'vitest';
import { readLiteral } from '../../../src/language/import/ansible/python-literal.ts';
import { shellWords } from '../../../src/language/import/ansible/shell-words.ts';

describe('a value in an INI file', () => {
	it.each([
		['80', '80'],
		['0644', '0644'],
		['1.10', '1.10'],
		['True', 'True'],
		['true', 'true'],
		['80  # the usual one', '80'],
		['word # not a comment', 'word # not a comment'],
		['"two words"', 'two words'],
		[`'it''s'`, 'its'],
		[`"it's"`, "it's"],
		[`'a\\tb\\x41\\u00e9\\q'`, 'a\tbA\u00e9\\q'],
		[`r'a\\tb'`, 'a\\tb'],
		[`u"x"`, 'x'],
		[`'''a'b'''`, "a'b"],
		['"open', '"open'],
		['"a" b', '"a" b'],
		['80,443', '80,443'],
		['(80)', '80'],
		['[a, b]', '[a, b]'],
		['[1, 2', '[1, 2'],
		['[1 2]', '[1 2]'],
		['{a}', '{a}'],
		['f"x"', 'f"x"'],
		['-5', '-5'],
		['1_000x', '1_000x'],
		['', ''],
		['[', '['],
		['['.repeat(5000), '['.repeat(5000)],
	])('%j is the text %j', (text, expected) => {
		expect(readLiteral(text)).toEqual({ kind: 'text', text: expected, isUnsafe: false });
	});

	it.each([
		['None', 'none'],
		['[]', 'list'],
		['[1, "a", [True, None],]', 'list'],
		['(1, 2)', 'list'],
		['()', 'list'],
		['{1, 2}', 'list'],
		['{}', 'map'],
		[`{'a': 1, "b": [2]} # x`, 'map'],
	])('%j is a %s', (text, kind) => {
		expect(readLiteral(text)).toEqual({ kind });
	});
});

describe('the words of a host line', () => {
	it.each<readonly [string, readonly string[]]>([
		['web1 a=1  b=2', ['web1', 'a=1', 'b=2']],
		[`web1 a="x y" b='p q'`, ['web1', 'a=x y', 'b=p q']],
		[`web1 a='"quoted"'`, ['web1', 'a="quoted"']],
		['web1 a="say \\"hi\\" \\n"', ['web1', 'a=say "hi" \\n']],
		[`web1 a='back\\slash'`, ['web1', 'a=back\\slash']],
		['web1 a=b\\ c', ['web1', 'a=b c']],
		['web1 # comment', ['web1']],
		['web1 a=b#c', ['web1', 'a=b']],
		['web1 a="b#c"', ['web1', 'a=b#c']],
		['""', ['']],
	])('%j', (line, words) => expect(shellWords(line)).toEqual({ ok: true, value: words }));

	it.each([
		['web1 a="x', 'a quote is not closed'],
		["web1 a='x", 'a quote is not closed'],
		['web1 a=x\\', 'it ends in a backslash'],
	])('%j are refused: %s', (line, because) => expect(shellWords(line)).toEqual({ ok: false, error: because }));
});
