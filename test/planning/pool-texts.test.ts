import { describe, expect, it } from 'vitest';
import type { PlannedFile } from '../../src/model/plan.ts';
import type { PoolFile } from '../../src/model/unit.ts';
import { bytesOf, mergeFile, shownOf, withDiff } from '../../src/planning/pool-texts.ts';
import type { SeenFile } from '../../src/units/pool/file-look.ts';
import type { PoolFileOnHost } from '../../src/units/pool/pool-on-host.ts';
import { poolFile, repoFile, seenFile, sum } from '../fakes/pool-builders.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const lines = (...changed: readonly string[]): string =>
	['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight']
		.map(line => `${changed.find(other => other.startsWith(line)) ?? line}\n`)
		.join('');
const shipped = lines();
const ours = lines('two is new');
const theirs = lines('seven is mine');
const both = lines('two is new', 'seven is mine');

const wanted = (over: Partial<PoolFile> = {}): PoolFileOnHost => ({
	file: poolFile({ src: repoFile(ours), base: repoFile(shipped), ...over }),
	dest: '/srv/a',
	stock: [],
});
const { base: _, ...baseless } = poolFile({ src: repoFile(ours) });

describe('a merge for a host', () => {
	it('has both changes', () => {
		expect(mergeFile(wanted(), bytes(theirs))).toEqual({ kind: 'clean', bytes: bytes(both) });
	});

	it.each([
		['there is no base', { ...wanted(), file: baseless }, bytes(theirs), 'the file has no `base`'],
		['the bytes were not shown', wanted(), undefined, 'its bytes were not shown: it is no text, or larger than 32 KiB'],
		[
			'both have changed the same',
			wanted(),
			bytes(lines('two is mine')),
			"both have changed one place, the first at line 2 of the host's file",
		],
		[
			'both have changed the same more than once',
			wanted({ src: repoFile(lines('two is new', 'seven is new')) }),
			bytes(lines('two is mine', 'seven is mine')),
			"both have changed 2 places, the first at line 2 of the host's file",
		],
	])('is not possible where %s', (_title, file, there, because) => {
		expect(mergeFile(file, there)).toEqual({ kind: 'impossible', because });
	});
});

describe('the bytes with a digest', () => {
	it.each([
		['those of the repository', ours, undefined, ours],
		['those of a merge', both, theirs, both],
		['those that are there already', theirs, theirs, theirs],
		['none, where nothing has it', 'other\n', theirs, undefined],
		['none, where what would be merged was not shown', both, undefined, undefined],
	])('are %s', (_title, digest, there, expected) => {
		const found = bytesOf(sum(digest), wanted(), there === undefined ? undefined : bytes(there));
		expect(found).toEqual(expected === undefined ? undefined : bytes(expected));
	});
});

describe('what was shown of a file', () => {
	it('counts only where it is what was hashed: a NUL is lost on the way', () => {
		const seen = seenFile('a\0b');
		expect(shownOf(seen, bytes('a\0b'))).toEqual(bytes('a\0b'));
		expect(shownOf(seen, bytes('ab'))).toBeUndefined();
		expect(shownOf(seen, undefined)).toBeUndefined();
		expect(shownOf({ kind: 'absent' }, bytes(''))).toBeUndefined();
	});
});

describe('what differs', () => {
	const file = (over: Partial<PlannedFile>): PlannedFile => ({
		dest: '/srv/a',
		action: 'replace',
		because: 'x',
		...over,
	});
	const diffOf = (over: Partial<PlannedFile>, seen: SeenFile, there?: string) =>
		withDiff(file(over), { wanted: wanted(), seen, there: there === undefined ? undefined : bytes(there) }).diff;
	const changed = (...words: readonly string[]) => ({
		kind: 'text',
		omitted: 0,
		lines: expect.arrayContaining([...words]),
	});

	it.each<[string, Partial<PlannedFile>, SeenFile, string | undefined, object | undefined]>([
		[
			'of a file that is replaced: from what is there to the new version',
			{ digest: sum(ours) },
			seenFile(shipped),
			shipped,
			changed('--- /srv/a', '+++ /srv/a', '-two', '+two is new'),
		],
		[
			'of a merged file: only what the new version brings',
			{ action: 'merge', digest: sum(both) },
			seenFile(theirs),
			theirs,
			changed('-two', '+two is new', ' five'),
		],
		[
			'of a file that stays: what the new version would do to it',
			{ action: 'keep' },
			seenFile(theirs),
			theirs,
			changed('+two is new', '-seven is mine', '+seven'),
		],
		[
			'of a created file: all of it',
			{ action: 'create', digest: sum(ours) },
			{ kind: 'absent' },
			undefined,
			changed('--- /dev/null', '+one'),
		],
		[
			'of a deleted file that stays so: all of what would be created',
			{ action: 'keep' },
			{ kind: 'absent' },
			undefined,
			changed('+one'),
		],
		['of a file that only gets another mode: nothing', { digest: sum(ours) }, seenFile(ours), ours, undefined],
		['of a merge that only gets another mode: nothing', { digest: sum(both) }, seenFile(both), both, undefined],
		[
			'of a file that stays as it is: nothing',
			{ action: 'same', digest: sum(ours) },
			seenFile(theirs),
			theirs,
			undefined,
		],
		[
			'of a file that is not there and leaves the pool out: nothing',
			{ action: 'skip' },
			{ kind: 'absent' },
			undefined,
			undefined,
		],
		['of a file that cannot be replaced: nothing', { action: 'refuse' }, seenFile(theirs), theirs, undefined],
		['of a link: nothing', { action: 'fail' }, { kind: 'link', target: 'b' }, undefined, undefined],
		[
			'of a file that cannot be read: nothing',
			{ action: 'fail' },
			{ ...seenFile(''), digest: undefined } as never,
			undefined,
			undefined,
		],
		[
			'of a file that was not shown: why not',
			{ digest: sum(ours) },
			seenFile(theirs),
			undefined,
			{ kind: 'unshown', because: 'it is no text, or larger than 32 KiB' },
		],
	])('%s', (_title, over, seen, there, expected) => {
		const diff = diffOf(over, seen, there);
		if (expected === undefined) expect(diff).toBeUndefined();
		else expect(diff).toMatchObject(expected);
	});

	it('shows no secret', () => {
		const secret = repoFile('user = a\npassword = new-secret\n');
		const shown = withDiff(file({ digest: secret.digest }), {
			wanted: wanted({ src: secret }),
			seen: seenFile('user = a\npassword = old-secret\n'),
			there: bytes('user = a\npassword = old-secret\n'),
		});
		expect(shown.diff).toMatchObject({
			lines: expect.arrayContaining(['-password = [masked]', '+password = [masked]']),
		});
		expect(JSON.stringify(shown)).not.toMatch(/new-secret|old-secret/);
	});
});
