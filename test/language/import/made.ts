import { expect } from 'vitest';
import { formatYaml } from '../../../src/language/format.ts';
import type { Inventory as InventoryDocument } from '../../../src/language/generated/playbook.generated.ts';
import type { ImportFormat } from '../../../src/language/import/format.ts';
import { nameOf } from '../../../src/language/import/import-files.ts';
import type { ImportedInventory } from '../../../src/language/import/import-inventory.ts';
import { importWords } from '../../../src/language/import/import-words.ts';
import { noteSentence } from '../../../src/language/import/note.ts';
import { readInventory } from '../../../src/language/inventory.ts';
import { Report } from '../../../src/language/report.ts';
import { schemaProblems } from '../../../src/language/schema-problems.ts';
import type { Inventory } from '../../../src/model/inventory.ts';
import { parsedOrThrow } from '../read.ts';
import { memoryFiles } from './memory-files.ts';

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Imports the words, which are the first file where none are given. */
export const importing = (
	files: Files,
	words: readonly string[] = Object.keys(files).slice(0, 1),
	from?: ImportFormat,
) => importWords(words, from, { files: memoryFiles(files), pathOf: path => `./${path}`, nameOf, keepsState: false });

/** What was made; it is formatted and an inventory with nothing wrong, or this throws. */
export function made(
	files: Files,
	words?: readonly string[],
	from?: ImportFormat,
): ImportedInventory & { readonly inventory: Inventory } {
	const imported = importing(files, words, from);
	if (!imported.ok) throw new Error(imported.error.map(({ code, message }) => `${code} ${message}`).join('\n'));
	if (imported.value.kind !== 'inventory') throw new Error(`a ${imported.value.kind} was made`);
	return { ...imported.value, inventory: inventoryOf(imported.value.text) };
}

function inventoryOf(text: string): Inventory {
	expect(formatYaml(new TextEncoder().encode(text), 'again')).toEqual({ ok: true, value: text });
	const parsed = parsedOrThrow(text);
	expect(schemaProblems(parsed, 'inventory').map(({ message }) => message)).toEqual([]);
	const report = new Report(parsed);
	const inventory = readInventory(parsed.value as InventoryDocument, [], report);
	expect(report.diagnostics.map(({ message }) => message)).toEqual([]);
	if (inventory === undefined) throw new Error('no inventory');
	return inventory;
}

/** `hosts:3: sentence; cure`, as the verb says it. */
export const noteTexts = ({ notes }: Pick<ImportedInventory, 'notes'>): readonly string[] =>
	notes.map(
		note => `${note.at.file}:${note.at.line}: ${noteSentence(note)}${note.cure === undefined ? '' : `; ${note.cure}`}`,
	);

/** `HS1903 4: message; hint` of each problem; empty when there is none. */
export function refusals(files: Files, words?: readonly string[], from?: ImportFormat): readonly string[] {
	const imported = importing(files, words, from);
	return imported.ok
		? []
		: imported.error.map(
				({ code, message, hint, at }) => `${code}${at === undefined ? '' : ` ${at.line}`} ${message}; ${hint}`,
			);
}
