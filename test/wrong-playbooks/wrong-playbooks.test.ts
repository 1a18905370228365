import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadPlaybook } from '../../src/language/playbook.ts';
import { repoPath } from '../../src/model/brand.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { humanDiagnostics } from '../../src/outputs/diagnostics/human.ts';
import { diskRepository } from '../../src/storage/repository.ts';

/** Each folder is a playbook as somebody could write it; its `expected.txt` is word for word what they get to read. */
const root = import.meta.dirname;
const folders = readdirSync(root, { withFileTypes: true })
	.filter(entry => entry.isDirectory() && /^\d\d-/.test(entry.name))
	.map(entry => entry.name);

function problemsOf(folder: string): readonly Diagnostic[] {
	const repository = diskRepository(root, join(root, folder));
	const options = { set: new Map<string, string>(), today: new Date('2026-06-15T12:00:00Z'), allowEmpty: false };
	return loadPlaybook(repoPath(`${folder}/playbook.yaml`), repository, options).diagnostics;
}

it('there are at least twenty', () => {
	expect(folders.length).toBeGreaterThan(20);
});

it.each(folders)('%s is answered in words that help', async folder => {
	const diagnostics = problemsOf(folder);
	const text = humanDiagnostics(diagnostics, ['playbook.yaml'], { columns: 80, color: false, unicode: true });
	await expect(text).toMatchFileSnapshot(join(root, folder, 'expected.txt'));
});

it('no message is longer than two lines of 80, and each says what to do', () => {
	for (const folder of folders) {
		const diagnostics = problemsOf(folder);
		expect(diagnostics.length).toBeGreaterThan(0);
		for (const { message, hint } of diagnostics) {
			expect(message.length).toBeLessThan(160);
			expect(hint).toBeTruthy();
		}
	}
});

it('every message and hint begins in lower case and ends without a full stop', () => {
	const words = folders.flatMap(problemsOf).flatMap(({ message, hint = '' }) => [message, hint]);
	expect(words.length).toBeGreaterThan(50);
	expect(words.filter(text => /^\p{Lu}|\.$/u.test(text))).toEqual([]);
});
