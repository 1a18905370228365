import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { treeDigest } from '../../src/language/tree-digest.ts';
import { repoPath } from '../../src/model/brand.ts';
import { type MemoryEntry, memoryRepository } from '../fakes/memory-repository.ts';

const digestOf = (entries: Readonly<Record<string, MemoryEntry>>) =>
	treeDigest(
		repoPath('m'),
		memoryRepository(Object.fromEntries(Object.entries(entries).map(([path, entry]) => [`m/${path}`, entry]))),
	);

const base: Readonly<Record<string, MemoryEntry>> = {
	'module.yaml': 'name: m\n',
	'files/a': 'text',
	'run.sh': { executable: 'exit 0\n' },
	current: { link: 'files/a' },
};

describe('the digest of a folder', () => {
	it('is the same for the same folder, for ever', () => {
		// Worked out by another program from the description of the format alone.
		expect(digestOf(base)).toEqual({
			ok: true,
			value: 'sha256:a128b40edd49fddecdd3e359af9bef50adb699f6d61e6591f52ada7be88ffe56',
		});
	});

	it('does not depend on where the folder lies', () => {
		const repository = memoryRepository({ 'one/a': 'x', 'deep/two/a': 'x' });
		expect(treeDigest(repoPath('one'), repository)).toEqual(treeDigest(repoPath('deep/two'), repository));
	});

	it.each<[string, Readonly<Record<string, MemoryEntry>>]>([
		['a byte', { ...base, 'files/a': 'texT' }],
		['a name', { ...base, 'files/b': 'more' }],
		['an empty file', { ...base, empty: '' }],
		['an execute bit', { ...base, 'run.sh': 'exit 0\n' }],
		['the text of a link', { ...base, current: { link: './files/a' } }],
		['a link in place of its file', { ...base, 'files/a': { link: '../module.yaml' } }],
		['a file in place of a link', { ...base, current: 'files/a' }],
	])('changes with %s', (_what, changed) => {
		const digest = digestOf(changed);
		expect(digest.ok).toBe(true);
		expect(digest).not.toEqual(digestOf(base));
	});

	it.each<[string, Readonly<Record<string, MemoryEntry>>, string]>([
		['letters that can be composed in two ways', { 'e\u0301': '' }, 'the name `e\u0301` is not plain UTF-8'],
		['bytes that are no text', { 'a\uFFFDb': '' }, 'the name `a\uFFFDb` is not plain UTF-8'],
		['case twins', { README: '', readme: '' }, '`README` and `readme` differ only in upper and lower case'],
		['folders that are case twins', { 'A/x': '', 'a/y': '' }, '`A` and `a` differ only in upper and lower case'],
		['an absolute link', { l: { link: '/etc/passwd' } }, 'the link `l` leaves the folder'],
		['a link that goes up too far', { 'a/l': { link: '../../x' } }, 'the link `a/l` leaves the folder'],
		['a link that goes out and in again', { l: { link: '../m/a' } }, 'the link `l` leaves the folder'],
		[
			'a link that leaves through another link',
			{ 'deep/er/d': { link: '../..' }, 'deep/er/e': { link: 'd/../../../etc/passwd' } },
			'the link `deep/er/e` passes through the link `deep/er/d`',
		],
		[
			'a link through one that is listed after it',
			{ 'a/l': { link: '../z/x' }, z: { link: 'a' } },
			'the link `a/l` passes through the link `z`',
		],
		['a pipe', { p: { other: true } }, '`p` is not a file, folder or link'],
		['nothing in it', {}, 'it is not a folder, or it is empty'],
	])('is refused with %s', (_what, entries, because) => {
		expect(digestOf(entries)).toEqual({ ok: false, error: because });
	});

	it('takes a link that goes up and stays inside', () => {
		expect(digestOf({ 'a/b/l': { link: '../../c' }, c: '' }).ok).toBe(true);
	});

	it('takes a link to a link, which is looked at by itself', () => {
		expect(digestOf({ 'a/l': { link: '../z' }, z: { link: 'b' }, b: '' }).ok).toBe(true);
	});

	const names = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '😀', '\uFB01', '-'), minLength: 1, maxLength: 3 });
	const trees = fc.dictionary(
		fc.array(names, { minLength: 1, maxLength: 3 }).map(parts => parts.map(name => `${name}`).join('/')),
		fc.string(),
		{ minKeys: 1, maxKeys: 8 },
	);
	/** A path cannot be a file and a folder. */
	const isPossible = (tree: Readonly<Record<string, string>>) =>
		Object.keys(tree).every(path => !Object.keys(tree).some(other => other.startsWith(`${path}/`)));

	it('does not depend on the order in which the folder is listed', () => {
		fc.assert(
			fc.property(trees.filter(isPossible), tree => {
				const forwards = memoryRepository(tree);
				const backwards = {
					...forwards,
					list: (path: Parameters<typeof forwards.list>[0]) => forwards.list(path).toReversed(),
				};
				expect(treeDigest(repoPath(''), backwards)).toEqual(treeDigest(repoPath(''), forwards));
			}),
		);
	});

	it('is different for different folders', () => {
		fc.assert(
			fc.property(trees.filter(isPossible), trees.filter(isPossible), (one, other) => {
				const same = JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
				const [left, right] = [one, other].map(tree => treeDigest(repoPath(''), memoryRepository(tree)));
				expect(JSON.stringify(left) === JSON.stringify(right)).toBe(same);
			}),
		);
	});
});
