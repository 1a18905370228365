import { applyPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unifiedDiff } from '../../src/texts/unified-diff.ts';

const bytes = (text: string | undefined): Uint8Array | undefined =>
	text === undefined ? undefined : new TextEncoder().encode(text);

const diff = (
	before: string | undefined,
	after: string | undefined,
	more: { secrets?: string[]; mostLines?: number } = {},
) => unifiedDiff({ path: '/etc/app.conf', before: bytes(before), after: bytes(after), ...more });

/** The lines without the two of names. */
function lines(before: string | undefined, after: string | undefined, secrets: string[] = []): readonly string[] {
	const result = diff(before, after, { secrets });
	return result.kind === 'text' ? result.lines.slice(2) : [`unshown: ${result.because}`];
}

const numbered = (count: number, mark = ''): string =>
	Array.from({ length: count }, (_, line) => `${mark}${line}\n`).join('');

describe('a diff', () => {
	it('shows what is taken away and put in, with three lines around it', () => {
		expect(diff(numbered(9), numbered(9).replace('4', 'four'))).toEqual({
			kind: 'text',
			lines: [
				'--- /etc/app.conf',
				'+++ /etc/app.conf',
				'@@ -2,7 +2,7 @@',
				' 1',
				' 2',
				' 3',
				'-4',
				'+four',
				' 5',
				' 6',
				' 7',
			],
			omitted: 0,
		});
	});

	it.each<[string, before: string | undefined, after: string | undefined]>([
		['the same bytes', 'a\n', 'a\n'],
		['the same bytes that are no text', '\0', '\0'],
		['no file twice', undefined, undefined],
	])('of %s has no lines', (_what, before, after) => {
		expect(diff(before, after)).toEqual({ kind: 'text', lines: [], omitted: 0 });
	});

	it.each<[string, before: string | undefined, after: string | undefined, lines: readonly string[]]>([
		['a file that is made', undefined, 'a\nb\n', ['--- /dev/null', '+++ /etc/app.conf', '@@ -0,0 +1,2 @@', '+a', '+b']],
		['a file that goes away', 'a\n', undefined, ['--- /etc/app.conf', '+++ /dev/null', '@@ -1 +0,0 @@', '-a']],
		['an empty file that is made', undefined, '', ['--- /dev/null', '+++ /etc/app.conf']],
		['a file that is emptied', 'a\n', '', ['--- /etc/app.conf', '+++ /etc/app.conf', '@@ -1 +0,0 @@', '-a']],
	])('of %s names /dev/null only for what is not there', (_what, before, after, expected) => {
		expect(diff(before, after)).toEqual({ kind: 'text', lines: expected, omitted: 0 });
	});

	it.each<[string, before: string, after: string, lines: readonly string[]]>([
		['line ends that change', 'a\r\nb\r\n', 'a\nb\r\n', ['@@ -1,2 +1,2 @@', '-a\\r', '+a', ' b\\r']],
		['a carriage return in a line', 'a\rb\n', 'ab\n', ['@@ -1 +1 @@', '-a\\rb', '+ab']],
		[
			'a last line that gets its end',
			'a\nb',
			'a\nb\n',
			['@@ -1,2 +1,2 @@', ' a', '-b', '\\ No newline at end of file', '+b'],
		],
		[
			'a last line that stays without an end',
			'a\nb',
			'A\nb',
			['@@ -1,2 +1,2 @@', '-a', '+A', ' b', '\\ No newline at end of file'],
		],
		['a byte order mark', 'a\n', '\ufeffa\n', ['@@ -1 +1 @@', '-a', '+\ufeffa']],
	])('shows %s', (_what, before, after, expected) => {
		expect(lines(before, after)).toEqual(expected);
	});

	it.each<[string, Uint8Array, because: string]>([
		['holds NUL', Uint8Array.of(0x61, 0, 0x0a), 'it is binary'],
		['is no UTF-8', Uint8Array.of(0x61, 0xe4, 0x0a), 'it is binary'],
		['is UTF-8 cut in the middle of a letter', Uint8Array.of(0x61, 0xc3), 'it is binary'],
		['is larger than a megabyte', new TextEncoder().encode('a'.repeat(1024 * 1024 + 1)), 'it is too large'],
		['has more than 50,000 lines', new TextEncoder().encode('a\n'.repeat(50_001)), 'it is too large'],
	])('is not shown of a file that %s, before or after', (_what, content, because) => {
		for (const sides of [
			{ before: content, after: undefined },
			{ before: new Uint8Array(), after: content },
		])
			expect(unifiedDiff({ path: '/etc/app.conf', ...sides })).toEqual({ kind: 'unshown', because });
	});

	it('is not shown when too much of it differs, and that is found in a second or two', () => {
		const started = performance.now();
		expect(diff(numbered(20_000, 'a'), numbered(20_000, 'b'))).toEqual({
			kind: 'unshown',
			because: 'too much of it differs',
		});
		expect(performance.now() - started).toBeLessThan(4000);
	});

	it('of a long file that is new is shown, however long it is', () => {
		expect(diff(undefined, numbered(30_000), { mostLines: 5 })).toMatchObject({
			lines: ['--- /dev/null', '+++ /etc/app.conf', '@@ -0,0 +1,30000 @@', '+0', '+1'],
			omitted: 29_998,
		});
	});

	it('has as many lines as asked for, and counts the others', () => {
		const result = diff(numbered(9), numbered(9, 'x'), { mostLines: 6 });
		expect(result).toMatchObject({ kind: 'text', omitted: 2 + 1 + 18 - 6 });
		expect(result.kind === 'text' && result.lines.length).toBe(6);
	});

	it('cuts a line of a megabyte where everybody sees it, and never in the middle of a character', () => {
		const [, long = '', face = ''] = lines('x\n', `${'y'.repeat(1_000_000)}\n${'z'.repeat(399)}🙂\n`).slice(1);
		expect(long).toBe(`+${'y'.repeat(400)}… [cut: 4104 characters]`);
		expect(face).toBe(`+${'z'.repeat(399)}… [cut: 401 characters]`);
	});

	it('has one line for each, also when the path has a line end in it', () => {
		const result = unifiedDiff({ path: '/etc/a\n+b\r', before: undefined, after: bytes('x') });
		expect(result).toMatchObject({
			lines: ['--- /dev/null', '+++ /etc/a\\n+b\\r', '@@ -0,0 +1 @@', '+x', expect.any(String)],
		});
	});

	it('leads from one text to the other', () => {
		const line = fc.constantFrom('a', 'b', '', '}', '--', '++ b', '@@ -1 +1 @@', '\\ x');
		const text = fc
			.tuple(fc.array(line, { maxLength: 25 }), fc.boolean())
			.map(([all, unended]) => all.join('\n') + (unended ? '' : '\n'));
		fc.assert(
			fc.property(text, text, (before, after) => {
				const result = diff(before, after);
				const patch = result.kind === 'text' ? `${result.lines.join('\n')}\n` : '';
				expect(before === after ? after : applyPatch(before, patch)).toBe(after);
			}),
			{ numRuns: 1000 },
		);
	});
});

describe('a diff with secrets', () => {
	it('shows that one has changed, and neither of both', () => {
		expect(lines('password = hunter2\nport = 1\n', 'password = hunter3\nport = 1\n')).toEqual([
			'@@ -1,2 +1,2 @@',
			'-password = [masked]',
			'+password = [masked]',
			' port = 1',
		]);
	});

	it('knows the middle of a private key whose first line is far away', () => {
		const key = (changed: string): string =>
			[
				'# a',
				'-----BEGIN PRIVATE KEY-----',
				...'bcdefghijk',
				changed,
				...'lmnopqrstu',
				'-----END PRIVATE KEY-----',
				'',
			].join('\n');
		expect(lines(key('old'), key('new'))).toEqual([
			'@@ -10,7 +10,7 @@',
			...[' ', ' ', ' ', '-', '+', ' ', ' ', ' '].map(sign => `${sign}[masked]`),
		]);
	});

	it('hides in both what one version makes a secret of', () => {
		const inKey = (first: string): string =>
			[first, 'first', 'second', '-----END PRIVATE KEY-----', 'last', ''].join('\n');
		expect(lines(inKey('-----BEGIN PRIVATE KEY-----'), inKey('# gone'))).toEqual([
			'@@ -1,4 +1,4 @@',
			'------BEGIN PRIVATE KEY-----',
			'+# gone',
			' [masked]',
			' [masked]',
			' [masked]',
		]);
	});

	it('hides a known text before a line is cut: not even its beginning is seen', () => {
		const [, , added = ''] = lines('x\n', `${'y'.repeat(390)}hunter2hunter2\n`, ['hunter2hunter2']);
		expect(added).toMatch(/^\+y{390}\[masked\]$/);
	});

	it('is not shown of a file that is nothing but secrets', () => {
		expect(unifiedDiff({ path: '/etc/shadow', before: bytes('a\n'), after: bytes('b\n') })).toEqual({
			kind: 'unshown',
			because: 'all of it is secret',
		});
	});
});
