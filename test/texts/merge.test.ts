import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { merge } from '../../src/texts/merge.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The merged text, or what came out instead. */
function merged(base: string, theirs: string, ours: string): unknown {
	const result = merge({ base: bytes(base), theirs: bytes(theirs), ours: bytes(ours) });
	return result.kind === 'clean' ? Buffer.from(result.bytes).toString() : result;
}

const text = (...lines: readonly string[]): string => lines.map(line => `${line}\n`).join('');
const base = text('one', 'two', 'three', 'four', 'five');

describe('a merge', () => {
	it.each<[string, base: string, theirs: string, ours: string, merged: string]>([
		['takes the new file when the host changed nothing', base, base, text('one', 'six'), text('one', 'six')],
		['takes the file of the host when the new one changes nothing', base, text('one', 'six'), base, text('one', 'six')],
		[
			'takes what both have made the same',
			base,
			text('one', 'x', 'five'),
			text('one', 'x', 'five'),
			text('one', 'x', 'five'),
		],
		[
			'takes both changes when a line is between them',
			base,
			text('one', 'two', 'three', 'FOUR', 'five'),
			text('one', 'TWO', 'three', 'four', 'five'),
			text('one', 'TWO', 'three', 'FOUR', 'five'),
		],
		[
			'takes a line away here and puts one in there',
			base,
			text('one', 'three', 'four', 'five'),
			text('one', 'two', 'three', 'four', 'five', 'six'),
			text('one', 'three', 'four', 'five', 'six'),
		],
		['keeps CR LF', 'a\r\nb\r\nc\r\n', 'A\r\nb\r\nc\r\n', 'a\r\nb\r\nC\r\n', 'A\r\nb\r\nC\r\n'],
		['keeps LF of one line among CR LF', 'a\r\nb\nc\r\n', 'A\r\nb\nc\r\n', 'a\r\nb\nC\n', 'A\r\nb\nC\n'],
		['keeps a last line without an end', 'a\nb\nc', 'A\nb\nc', 'a\nb\nc', 'A\nb\nc'],
		['takes the end of the last line that the host has put there', 'a\nb\nc', 'a\nb\nc\n', 'A\nb\nc', 'A\nb\nc\n'],
		['keeps a byte order mark', '\ufeffa\nb\nc\n', '\ufeffa\nb\nC\n', '\ufeffA\nb\nc\n', '\ufeffA\nb\nC\n'],
		['keeps letters of all scripts', 'ä\nб\n語\n', 'ä\nб\n語!\n', 'ä!\nб\n語\n', 'ä!\nб\n語!\n'],
		['fills an empty file', '', '', 'a\n', 'a\n'],
		['empties a file', 'a\n', 'a\n', '', ''],
		[
			'is not taken in by lines that look like parts of a program',
			'__proto__\nb\n1\n',
			'__proto__\nb\n2\n',
			'x\nb\n1\n',
			'x\nb\n2\n',
		],
	])('%s', (_what, before, theirs, ours, expected) => {
		expect(merged(before, theirs, ours)).toBe(expected);
	});

	it.each<[string, base: string, theirs: string, ours: string, count: number, first: number]>([
		[
			'changes of one line',
			base,
			text('one', 'two', 'x', 'four', 'five'),
			text('one', 'two', 'y', 'four', 'five'),
			1,
			3,
		],
		[
			'changes with no line between them',
			base,
			text('one', 'x', 'three', 'four', 'five'),
			text('one', 'two', 'y', 'four', 'five'),
			1,
			2,
		],
		['two places', base, text('1', 'two', 'three', 'four', '5'), text('I', 'two', 'three', 'four', 'V'), 2, 1],
		['a change of what was taken away', base, text('one', 'two'), text('one', 'two', 'three', 'four', 'FIVE'), 1, 2],
		['a change of what is empty now', base, '', text('one', 'TWO', 'three', 'four', 'five'), 1, 1],
		['two texts out of nothing', '', 'a\n', 'b\n', 1, 1],
		['two ways to end the last line', 'a\nb', 'a\nb\n', 'a\nB', 1, 2],
		['a change under other line ends', 'a\nb\nc\n', 'a\r\nb\r\nc\r\n', 'a\nB\nc\n', 1, 1],
	])('is a conflict for %s', (_what, before, theirs, ours, count, first) => {
		expect(merged(before, theirs, ours)).toEqual({ kind: 'conflict', count, first });
	});

	it.each<[string, Uint8Array, because: string]>([
		['bytes with NUL', bytes('a\0b\n'), 'it is binary'],
		['bytes that are no UTF-8', Uint8Array.of(0x61, 0xe4, 0x0a), 'it is binary'],
		['more than a megabyte', bytes('a'.repeat(1024 * 1024 + 1)), 'it is too large'],
		['more lines than can be looked at', bytes('a\n'.repeat(20_001)), 'it is too large'],
		['lines that repeat too often', bytes('a\n'.repeat(2000)), 'it is too large'],
	])('of %s is impossible, whichever of the three it is', (_what, content, because) => {
		const [a, b] = [bytes('a\n'), bytes('a\n'.repeat(2000))];
		for (const texts of [
			{ base: content, theirs: b, ours: a },
			{ base: b, theirs: content, ours: a },
			{ base: b, theirs: a, ours: content },
		])
			expect(merge(texts)).toEqual({ kind: 'impossible', because });
	});

	it('of the largest texts takes seconds at most', () => {
		const lines = (changed: number): Uint8Array =>
			bytes(Array.from({ length: 15_000 }, (_, line) => `${line}${line % changed === 1 ? '!' : ''}\n`).join(''));
		const started = performance.now();
		expect(merge({ base: lines(20_000), theirs: lines(997), ours: lines(1009) }).kind).toBe('clean');
		expect(performance.now() - started).toBeLessThan(8000);
	});
});

describe('beside git merge-file, a merge', () => {
	let folder: string;
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), 'hsctl-merge-'));
	});
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	/** What git makes of it; `undefined` when it finds a conflict. */
	function byGit(base: string, theirs: string, ours: string): string | undefined {
		for (const [file, content] of Object.entries({ base, theirs, ours })) writeFileSync(join(folder, file), content);
		const env = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
		const args = ['-c', 'diff.algorithm=myers', 'merge-file', '-p', 'theirs', 'base', 'ours'];
		const { status, stdout } = spawnSync('git', args, { cwd: folder, env, encoding: 'utf8' });
		if (status === null || status > 127) throw new Error('git merge-file did not work');
		return status === 0 ? stdout : undefined;
	}

	/** Lines from few, put in, taken away, changed and doubled: lines repeat all the time. */
	const line = fc.constantFrom('a', 'b', 'c', '', '}');
	const edit = fc.record({
		at: fc.nat(),
		away: fc.nat(2),
		put: fc.array(line, { maxLength: 3 }),
		double: fc.option(fc.nat(), { nil: undefined }),
	});
	const edited = (
		lines: readonly string[],
		edits: readonly (typeof edit extends fc.Arbitrary<infer Edit> ? Edit : never)[],
	) =>
		edits.reduce((result, { at, away, put, double }) => {
			const from = at % (result.length + 1);
			const copied = double === undefined ? [] : result.slice(double % (result.length + 1)).slice(0, 3);
			return result.toSpliced(from, away, ...put, ...copied);
		}, lines);
	const inBytes = (lines: readonly string[], end: string, unended: boolean): string =>
		lines.join(end) + (unended || lines.length === 0 ? '' : end);

	const anyThree = fc
		.record({
			lines: fc.array(fc.oneof(line, fc.nat(99).map(String)), { maxLength: 14 }),
			theirs: fc.array(edit, { maxLength: 3 }),
			ours: fc.array(edit, { maxLength: 3 }),
			end: fc.constantFrom('\n', '\n', '\r\n'),
			unended: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
		})
		.map(({ lines, theirs, ours, end, unended: [u1, u2, u3] }) => ({
			base: inBytes(lines, end, u1),
			theirs: inBytes(edited(lines, theirs), end, u2),
			ours: inBytes(edited(lines, ours), end, u3),
		}));

	it('is never clean where git finds a conflict, and has its very bytes', () => {
		let clean = 0;
		fc.assert(
			fc.property(anyThree, ({ base, theirs, ours }) => {
				const result = merged(base, theirs, ours);
				if (typeof result !== 'string') return;
				clean += 1;
				expect(result).toBe(byGit(base, theirs, ours));
			}),
			{ numRuns: 500 },
		);
		expect(clean).toBeGreaterThan(80);
	}, 60_000);

	/** What a side makes of a line, each of which is one of its kind. */
	const makes = {
		same: (line: string) => line,
		changed: (_line: string, own: string) => own,
		gone: () => '',
		followed: (line: string, own: string) => line + own,
	} as const satisfies Readonly<Record<string, (line: string, own: string) => string>>;
	const change = fc.constantFrom<keyof typeof makes>('same', 'same', 'same', 'same', 'changed', 'gone', 'followed');
	const distinct = fc.array(fc.record({ theirs: change, ours: change }), { maxLength: 12 }).map(changes => {
		const side = (name: 'theirs' | 'ours'): string =>
			changes.map((change, number) => makes[change[name]](`line ${number}\n`, `${name} ${number}\n`)).join('');
		return {
			base: changes.map((_, number) => `line ${number}\n`).join(''),
			theirs: side('theirs'),
			ours: side('ours'),
		};
	});

	it('is clean exactly where git is, when no line is there twice', () => {
		fc.assert(
			fc.property(distinct, ({ base, theirs, ours }) => {
				const result = merged(base, theirs, ours);
				expect(typeof result === 'string' ? result : undefined).toBe(byGit(base, theirs, ours));
			}),
			{ numRuns: 150 },
		);
	}, 60_000);

	it('is a conflict where git takes one of two readings: which `x` is the new one, the first or the second?', () => {
		const texts = ['x\ny\n', 'x\nx\ny\n', 'a\nx\ny\n'] as const;
		expect(byGit(...texts)).toBe('a\nx\nx\ny\n');
		expect(merged(...texts)).toEqual({ kind: 'conflict', count: 1, first: 1 });
	});

	it('does not mind which of both comes first', () => {
		fc.assert(
			fc.property(anyThree, ({ base, theirs, ours }) => {
				const [one, other] = [merged(base, theirs, ours), merged(base, ours, theirs)];
				if (typeof one === 'string' || typeof other === 'string') expect(one).toBe(other);
				else expect(one).toMatchObject({ kind: 'conflict' });
			}),
			{ numRuns: 1000 },
		);
	});
});
