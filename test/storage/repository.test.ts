import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { repoPath } from '../../src/model/brand.ts';
import { diskRepository } from '../../src/storage/repository.ts';
import { repositoryContract } from '../contracts/repository.ts';
import type { MemoryEntry } from '../fakes/memory-repository.ts';

repositoryContract('the disk', entries => {
	const root = newFolder();
	write(root, entries);
	return diskRepository(root, root);
});

it('names files from where the person stands', () => {
	const root = newFolder();
	write(root, { 'playbooks/p.yaml': '' });
	const path = repoPath('playbooks/p.yaml');
	expect(diskRepository(root, join(root, 'playbooks')).display(path)).toBe('p.yaml');
	expect(diskRepository(root, dirname(root)).display(path)).toMatch(/^repository-.*\/playbooks\/p\.yaml$/);
	expect(diskRepository(root, root).display(repoPath(''))).toBe('.');
});

it('does not wait for a pipe', () => {
	const root = newFolder();
	execFileSync('mkfifo', [join(root, 'pipe')]);
	const repository = diskRepository(root, root);
	expect(repository.readFile(repoPath('pipe'), 10)).toEqual({ kind: 'missing', because: 'it is not a regular file' });
	expect(repository.list(repoPath(''))).toEqual([{ name: 'pipe', kind: 'other' }]);
});

function newFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'repository-'));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

function write(root: string, entries: Readonly<Record<string, MemoryEntry>>): void {
	for (const [path, entry] of Object.entries(entries)) {
		const full = join(root, path);
		mkdirSync(dirname(full), { recursive: true });
		if (typeof entry === 'string' || entry instanceof Uint8Array) writeFileSync(full, entry);
		else if ('executable' in entry) {
			writeFileSync(full, entry.executable);
			chmodSync(full, 0o755);
		} else if ('link' in entry) symlinkSync(entry.link, full);
	}
}
