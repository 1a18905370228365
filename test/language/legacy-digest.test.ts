import { describe, expect, it } from 'vitest';
import { legacyDigest, type WalkedEntry, type WalkedFolder } from '../../src/language/legacy-digest.ts';
import { treeDigest } from '../../src/language/tree-digest.ts';
import { repoPath } from '../../src/model/brand.ts';
import { fail, ok } from '../../src/model/result.ts';
import { type MemoryEntry, memoryRepository } from '../fakes/memory-repository.ts';

/** A tree, each folder of it listed in the order in which its entries are written here. */
type Tree = Readonly<Record<string, MemoryEntry>>;

const walked = (tree: Tree): WalkedFolder => ({
	list(path) {
		const inner = path === '' ? '' : `${path}/`;
		const below = Object.entries(tree).filter(([file]) => file.startsWith(inner));
		const kinds = new Map<string, WalkedEntry['kind']>();
		for (const [file, entry] of below) {
			const [name = '', ...rest] = file.slice(inner.length).split('/');
			kinds.set(name, rest.length > 0 ? 'folder' : kindOf(entry, tree));
		}
		return ok([...kinds].map(([name, kind]) => ({ name, kind })));
	},
	read(path) {
		const entry = tree[path];
		if (entry === undefined) return fail('it does not exist');
		if (typeof entry === 'string') return ok(new TextEncoder().encode(entry));
		if (entry instanceof Uint8Array) return ok(entry);
		if ('executable' in entry) return ok(new TextEncoder().encode(entry.executable));
		return 'link' in entry ? this.read(entry.link) : fail('it is a pipe');
	},
});

function kindOf(entry: MemoryEntry, tree: Tree): WalkedEntry['kind'] {
	if (typeof entry !== 'object' || entry instanceof Uint8Array || 'executable' in entry) return 'file';
	if (!('link' in entry)) return 'other';
	return Object.keys(tree).some(path => path.startsWith(`${entry.link}/`)) ? 'folder_link' : 'file';
}

const legacy = (tree: Tree): string => {
	const digest = legacyDigest(walked(tree));
	return digest.ok ? digest.value.hex : digest.error;
};

const native = (tree: Tree): string => {
	const inFolder = Object.fromEntries(Object.entries(tree).map(([path, entry]) => [`m/${path}`, entry]));
	const digest = treeDigest(repoPath('m'), memoryRepository(inFolder));
	return digest.ok ? digest.value : digest.error;
};

describe('the checksum that upstream has for a module', () => {
	it('is the same as upstream works out', () => {
		const tree = {
			'__init__.py': '',
			'index.py': "print('hi')\n",
			'src/example.sh': '#!/bin/sh\necho ok\n',
			checksum: 'passed over',
			'x.pyc': 'passed over',
			'__pycache__/y.py': 'passed over',
			'src/checksum.sha': 'passed over',
		};
		expect(legacy(tree)).toBe('55fa3f6a787759bafdc5aef4e96ddbf20aabc103a53375b61bf76bf7eb4fa1fd');
	});

	it('is that of nothing for nothing', () => {
		expect(legacy({})).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
	});

	it('takes files by name and folders as they are listed', () => {
		const [a, b] = [legacy({ 'a/f': 'a', 'b/f': 'b' }), legacy({ 'b/f': 'b', 'a/f': 'a' })];
		expect([a.slice(0, 12), a.slice(-5), b.slice(0, 12), b.slice(-5)]).toEqual([
			'3f8c31315c78',
			'b371f',
			'2c3ea5648e45',
			'87c82',
		]);
		expect(legacy({ z: '1', a: '2' })).toBe(legacy({ a: '2', z: '1' }));
	});

	it('says where it depends on the order of folders', () => {
		const digest = legacyDigest(walked({ 'a/f': 'a', 'b/c/f': 'b', 'b/d/f': 'b' }));
		expect(digest.ok && digest.value.ambiguous).toEqual(['.', 'b']);
	});

	it('sorts names as Python does', () => {
		expect(legacy({ '\u{1F600}': '1', '\uFB01': '2' })).toBe(legacy({ '\uFB01': '2', '\u{1F600}': '1' }));
		expect(legacy({ '\uFB01': '2', '\u{1F600}': '1' })).not.toBe(legacy({ '\uFB01': '1', '\u{1F600}': '2' }));
	});

	it.each<readonly [what: string, tree: Tree, because: string]>([
		['a link that leads nowhere', { l: { link: 'x' } }, '`l` cannot be read: it does not exist'],
		['a pipe', { p: { other: true } }, '`p` is not a file, folder or link'],
		['a name that is no text', { 'a\uFFFD': '' }, 'the name `a\uFFFD` is not plain UTF-8'],
	])('is refused with %s', (_what, tree, because) => expect(legacy(tree)).toBe(because));
});

describe('what it confuses and the digest of hsctl.lock tells apart', () => {
	const base: Tree = { a: 'bc', 'd/e': '1', 'f/g': '2' };
	it.each<readonly [what: string, tree: Tree, other: Tree]>([
		['the end of a name and the beginning of the text', { a: 'bc' }, { ab: 'c' }],
		['the end of a text and the beginning of the next name', { a: '1b', c: '' }, { a: '1', bc: '' }],
		['one file and two', { a: 'b' }, { a: '', b: '' }],
		['a mode', base, { ...base, a: { executable: 'bc' } }],
		['a link in place of its file', { ...base, h: 'bc' }, { ...base, h: { link: 'a' } }],
		['a link to a folder', base, { ...base, h: { link: 'd' } }],
		['a file that it passes over', base, { ...base, 'x.pyc': 'evil' }],
		['a folder that it passes over', base, { ...base, '__pycache__/x.py': 'evil' }],
	])('%s', (_what, tree, other) => {
		expect(legacy(tree)).toBe(legacy(other));
		expect(native(tree)).toMatch(/^sha256:[0-9a-f]{64}$/);
		expect(native(tree)).not.toBe(native(other));
	});

	it('and one tree that is listed in another order has one digest there, and two here', () => {
		const [tree, other] = [
			{ 'a/f': '1', 'b/f': '2' },
			{ 'b/f': '2', 'a/f': '1' },
		];
		expect(legacy(tree)).not.toBe(legacy(other));
		expect(native(tree)).toBe(native(other));
	});
});
