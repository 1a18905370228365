import { describe, expect, it } from 'vitest';
import { repoPath } from '../../src/model/brand.ts';
import type { Repository } from '../../src/ports/repository.ts';
import type { MemoryEntry } from '../fakes/memory-repository.ts';

/** What everything that claims to be a `Repository` has to do. `make` builds one with these entries in it. */
export function repositoryContract(name: string, make: (entries: Readonly<Record<string, MemoryEntry>>) => Repository) {
	const read = (repository: Repository, path: string, maxBytes = 1000) => repository.readFile(repoPath(path), maxBytes);

	describe(`${name} as a repository`, () => {
		it('gives the bytes of a file and whether it is executable', () => {
			const repository = make({
				'plain.txt': 'text',
				'run/it.sh': { executable: '#!/bin/sh\n' },
				raw: new Uint8Array([0, 255, 10]),
			});
			expect(read(repository, 'plain.txt')).toMatchObject({ kind: 'file', executable: false });
			expect(read(repository, 'run/it.sh')).toMatchObject({ kind: 'file', executable: true });
			const raw = read(repository, 'raw');
			expect(raw.kind === 'file' && [...raw.bytes]).toEqual([0, 255, 10]);
		});

		it('gives an empty file as no bytes', () => {
			const file = read(make({ empty: '' }), 'empty', 0);
			expect(file.kind === 'file' && file.bytes.length).toBe(0);
		});

		it('says how large a file is that has a byte too many, and gives one that just fits', () => {
			const repository = make({ file: '12345' });
			expect(read(repository, 'file', 4)).toEqual({ kind: 'too_large', size: 5 });
			expect(read(repository, 'file', 5).kind).toBe('file');
		});

		it.each([
			['nothing-here', 'it does not exist'],
			['folder/nothing', 'it does not exist'],
			['folder', 'it is a folder'],
			['file/below', 'a part of its path is not a folder'],
			['dangling', 'it does not exist'],
			['circle', 'its links go round in circles'],
		])('says of %s why it cannot be read: %s', (path, because) => {
			const repository = make({
				file: 'x',
				'folder/inner': 'x',
				dangling: { link: 'gone' },
				circle: { link: 'circle2' },
				circle2: { link: 'circle' },
			});
			expect(read(repository, path)).toEqual({ kind: 'missing', because });
		});

		it('reads through a link that stays inside, to a file or by way of a folder', () => {
			const repository = make({
				'real/file': 'bytes',
				toFile: { link: 'real/file' },
				toFolder: { link: 'real' },
				'deep/down': { link: '../real/file' },
			});
			for (const path of ['toFile', 'toFolder/file', 'deep/down']) {
				const file = read(repository, path);
				expect(file.kind === 'file' && new TextDecoder().decode(file.bytes)).toBe('bytes');
			}
		});

		it.each(['../outside', '/etc', '../../..', 'inner/../../outside'])(
			'H9: neither reads nor lists through a link to %s, which is outside',
			target => {
				const repository = make({ 'inner/file': 'x', away: { link: target } });
				const file = read(repository, 'away/hostname');
				expect(file.kind).toBe('missing');
				expect(repository.list(repoPath('away'))).toEqual([]);
			},
		);

		it('lists a folder by name, in the order of the bytes, with the kind of each entry', () => {
			const repository = make({
				'a/\u{1F600}': 'x',
				'a/\uFB01': 'x',
				'a/b/c': 'x',
				'a/B': 'x',
				'a/link': { link: 'b' },
			});
			expect(repository.list(repoPath('a'))).toEqual([
				{ name: 'B', kind: 'file' },
				{ name: 'b', kind: 'folder' },
				{ name: 'link', kind: 'link' },
				{ name: '\uFB01', kind: 'file' },
				{ name: '\u{1F600}', kind: 'file' },
			]);
			expect(repository.list(repoPath('')).map(entry => entry.name)).toEqual(['a']);
		});

		it.each(['nothing-here', 'file'])('lists nothing of %s, which is no folder', path => {
			expect(make({ file: 'x' }).list(repoPath(path))).toEqual([]);
		});

		it('gives the text of a link as it is written', () => {
			expect(make({ link: { link: './some//where' } }).readLink(repoPath('link'))).toBe('./some//where');
		});

		it('names a file in a way that ends with its path', () => {
			expect(make({ 'a/b.txt': 'x' }).display(repoPath('a/b.txt'))).toMatch(/a\/b\.txt$/);
		});
	});
}
