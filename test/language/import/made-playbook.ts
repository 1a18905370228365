import { expect } from 'vitest';
import { formatYaml } from '../../../src/language/format.ts';
import type { ImportFormat } from '../../../src/language/import/format.ts';
import { nameOf } from '../../../src/language/import/import-files.ts';
import type { ImportedPlaybook } from '../../../src/language/import/import-playbook.ts';
import { importWords } from '../../../src/language/import/import-words.ts';
import { loadPlaybook } from '../../../src/language/playbook.ts';
import { repoPath } from '../../../src/model/brand.ts';
import type { Playbook } from '../../../src/model/playbook.ts';
import type { Repository } from '../../../src/ports/repository.ts';
import { type MemoryEntry, memoryRepository } from '../../fakes/memory-repository.ts';
import { today } from '../load.ts';
import type { Files } from './made.ts';
import { memoryFiles } from './memory-files.ts';

export interface Options {
	/** The first file where none are given. */
	readonly words?: readonly string[];
	readonly from?: ImportFormat;
	readonly keepsState?: boolean;
}

/** Values instead of texts become JSON, a line each. */
export const asFiles = (files: Readonly<Record<string, unknown>>): Files =>
	Object.fromEntries(
		Object.entries(files).map(([path, value]) => [
			path,
			typeof value === 'string' || value instanceof Uint8Array ? value : JSON.stringify(value, null, 2),
		]),
	);

export function importingJson(files: Readonly<Record<string, unknown>>, { words, from, keepsState }: Options = {}) {
	return importWords(words ?? Object.keys(files).slice(0, 1), from, {
		files: memoryFiles(asFiles(files)),
		pathOf: path => `./${path}`,
		nameOf: folder => nameOf(folder === '.' ? 'here' : folder),
		keepsState: keepsState ?? false,
	});
}

export interface MadePlaybook extends ImportedPlaybook {
	/** Of loading it where all files lie, the module.yaml that were made among them: `HS1209 hotfixes/x.sh …`. */
	readonly problems: readonly string[];
	readonly playbook: Playbook | undefined;
}

/** What was made. It is formatted, and what is wrong with it is that files are missing and nothing else, or this throws. */
export function madePlaybook(files: Readonly<Record<string, unknown>>, options: Options = {}): MadePlaybook {
	const imported = importingJson(files, options);
	if (!imported.ok) throw new Error(imported.error.map(({ code, message }) => `${code} ${message}`).join('\n'));
	const made = imported.value;
	if (made.kind !== 'playbook') throw new Error(`an ${made.kind} was made`);
	for (const text of [made.text, ...made.modules.values()])
		expect(formatYaml(new TextEncoder().encode(text), 'again')).toEqual({ ok: true, value: text });
	const entries: Record<string, MemoryEntry> = {
		...asFiles(files),
		'p.yaml': made.text,
		...Object.fromEntries([...made.modules].map(([folder, text]) => [`${folder}/module.yaml`, text])),
	};
	const load = (repository: Repository) =>
		loadPlaybook(repoPath('p.yaml'), repository, { set: new Map(), today, allowEmpty: false });
	const asItIs = load(memoryRepository(entries));
	const whole = load(withEveryFile(memoryRepository(entries)));
	const errors = whole.diagnostics.filter(({ severity }) => severity === 'error');
	if (errors.length > 0)
		throw new Error(`${errors.map(({ code, message }) => `${code} ${message}`).join('\n')}\n${made.text}`);
	return {
		...made,
		problems: asItIs.diagnostics
			.filter(({ severity }) => severity === 'error')
			.map(({ code, message }) => `${code} ${message}`),
		playbook: whole.playbook,
	};
}

/** Whatever is asked for is there. */
const withEveryFile = (repository: Repository): Repository => ({
	...repository,
	readFile(path, maxBytes) {
		const read = repository.readFile(path, maxBytes);
		const isOptional = /(?:^|\/)(?:hsctl\.lock|hsctl\.config\.yaml)$/.test(path);
		return read.kind === 'missing' && !isOptional
			? { kind: 'file', bytes: new TextEncoder().encode('#!/bin/sh\n'), executable: true }
			: read;
	},
});
