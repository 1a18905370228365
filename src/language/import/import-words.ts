import { fail, type Result } from '../../model/result.ts';
import { unreachable } from '../../model/unreachable.ts';
import { findSources } from './find-sources.ts';
import type { ImportFormat } from './format.ts';
import { type ImportedInventory, importInventory } from './import-inventory.ts';
import { type ImportedPlaybook, importPlaybook } from './import-playbook.ts';
import type { Surroundings } from './playbook/playbook-parts.ts';
import { problemOf } from './problem.ts';
import { formatReaders } from './registry.ts';

export type Imported = ImportedInventory | ImportedPlaybook;

/** What the words of the command line come to. `from`: what the files are, instead of a look at them. */
export function importWords(
	words: readonly string[],
	from: ImportFormat | undefined,
	surroundings: Surroundings,
): Result<Imported> {
	const found = findSources(words, from, surroundings.files);
	if (!found.ok) return found;
	const kinds = new Set(found.value.sources.map(({ format }) => formatReaders[format].gathers));
	const [kind, other] = kinds;
	if (other !== undefined) {
		const message = `these are files of different tools: ${[...kinds].map(one => tools[one]).join(' and ')}`;
		return fail([problemOf('HS1901', message, 'import those of one at a time')]);
	}
	switch (kind) {
		case 'ansible':
		case 'ssh':
			return importInventory(words, found.value, kind, surroundings.files);
		case 'json':
			return importPlaybook(words, found.value.sources, surroundings);
		case undefined:
			return fail([
				problemOf('HS1901', `there is no host to import in ${words.join(', ')}`, 'name the file with the hosts'),
			]);
		default:
			return unreachable(kind);
	}
}

const tools = { ansible: 'ansible', ssh: 'ssh', json: 'HOMESERVER or NannyAPI' } as const;
