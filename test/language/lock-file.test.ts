import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareLocks, emptyLock, formatLock, type LockFile, parseLock } from '../../src/language/lock-file.ts';
import { type Digest, type RepoPath, repoPath, sha256Digest } from '../../src/model/brand.ts';

const digest = (digit: string) => sha256Digest(digit.repeat(64));

const lockOf = (files: Readonly<Record<string, string>>, trees: Readonly<Record<string, string>> = {}): LockFile => ({
	files: new Map(Object.entries(files).map(([path, digit]) => [repoPath(path), digest(digit)])),
	trees: new Map(Object.entries(trees).map(([path, digit]) => [repoPath(path), digest(digit)])),
});

describe('a lock file', () => {
	it('is JSON, a line a pin, sorted by path', () => {
		expect(formatLock(lockOf({ 'b.sh': 'b', 'a.sh': 'a' }, { 'modules/x': 'c' }))).toBe(
			[
				'{',
				'\t"format": "hsctl/lock/v1",',
				'\t"files": {',
				`\t\t"a.sh": "sha256:${'a'.repeat(64)}",`,
				`\t\t"b.sh": "sha256:${'b'.repeat(64)}"`,
				'\t},',
				'\t"trees": {',
				`\t\t"modules/x": "sha256:${'c'.repeat(64)}"`,
				'\t}',
				'}',
				'',
			].join('\n'),
		);
	});

	const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 });
	const pins: fc.Arbitrary<ReadonlyMap<RepoPath, Digest>> = fc
		.uniqueArray(fc.tuple(fc.string({ unit: 'binary' }).map(repoPath), hex.map(sha256Digest)), {
			selector: ([path]) => path,
		})
		.map(entries => new Map(entries));

	it('is read again as it was written, and written the same whatever the order', () => {
		fc.assert(
			fc.property(pins, pins, (files, trees) => {
				const text = formatLock({ files, trees });
				const read = parseLock(text);
				if (!read.ok) throw new Error(read.error);
				expect(compareLocks(read.value, { files, trees })).toEqual([]);
				expect(formatLock({ files: new Map([...files].toReversed()), trees })).toBe(text);
			}),
		);
	});

	it.each([
		['', 'it is not JSON'],
		['<<<<<<< HEAD\n{}', 'it is not JSON'],
		['[]', 'its format is not hsctl/lock/v1'],
		['null', 'its format is not hsctl/lock/v1'],
		['{"format":"hsctl/lock/v2","files":{},"trees":{}}', 'its format is not hsctl/lock/v1'],
		['{"format":"hsctl/lock/v1","files":{}}', 'a digest in it is not `sha256:` and 64 hexadecimal digits'],
		['{"format":"hsctl/lock/v1","files":[],"trees":{}}', 'a digest in it is not `sha256:` and 64 hexadecimal digits'],
		[
			'{"format":"hsctl/lock/v1","files":{"a":"sha256:12"},"trees":{}}',
			'a digest in it is not `sha256:` and 64 hexadecimal digits',
		],
		[
			'{"format":"hsctl/lock/v1","files":{"a":1},"trees":{}}',
			'a digest in it is not `sha256:` and 64 hexadecimal digits',
		],
	])('%j is refused: %s', (text, because) => {
		expect(parseLock(text)).toEqual({ ok: false, error: because });
	});

	it('keeps a path called like a part of every object', () => {
		const text = formatLock({ files: new Map([[repoPath('__proto__'), digest('a')]]), trees: new Map() });
		const read = parseLock(text);
		expect(read.ok && [...read.value.files.keys()]).toEqual(['__proto__']);
	});
});

describe('two lock files', () => {
	it.each<[string, LockFile, LockFile, readonly string[]]>([
		['agree', lockOf({ a: '1' }, { m: '2' }), lockOf({ a: '1' }, { m: '2' }), []],
		['of which the old one is empty', emptyLock, lockOf({ b: '1', a: '1' }), ['a not_pinned', 'b not_pinned']],
		['of which the new one is empty', lockOf({ a: '1' }, { m: '2' }), emptyLock, ['a gone', 'm gone']],
		['with another digest', lockOf({ a: '1' }), lockOf({ a: '2' }), ['a changed']],
		[
			'of which one has a file where the other has a folder',
			lockOf({ a: '1' }),
			lockOf({}, { a: '1' }),
			['a not_pinned', 'a gone'],
		],
	])('%s', (_title, pinned, now, expected) => {
		const differences = compareLocks(pinned, now).map(({ path, kind }) => `${path} ${kind}`);
		expect(differences.toSorted()).toEqual([...expected].toSorted());
	});
});
