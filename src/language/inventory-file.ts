import type { RepoPath } from '../model/brand.ts';
import { hostName } from '../model/brand.ts';
import { type Diagnostic, isError } from '../model/diagnostic.ts';
import type { GroupContent, Host, Inventory, Origin } from '../model/inventory.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Repository } from '../ports/repository.ts';
import type { Inventory as InventoryDocument } from './generated/playbook.generated.ts';
import { type KnownInventory, readKnownInventory } from './known-inventory.ts';
import { originsOf } from './origins.ts';
import type { Parsed } from './parse.ts';
import { readYaml } from './read-yaml.ts';
import { Report } from './report.ts';
import { schemaProblems } from './schema-problems.ts';
import { soundParts } from './sound-parts.ts';

/** An inventory without a playbook around it. */
export interface LoadedInventory {
	readonly inventory: Inventory;
	/** Every group with what it holds itself, in the order of the file. */
	readonly groups: ReadonlyMap<string, GroupContent>;
	/** Where each value of a host is written: `port`, `vars.NAME`, `needs.HOST`. What is not written anywhere is not there. */
	originsOf(host: Host): ReadonlyMap<string, Origin>;
	readonly warnings: readonly Diagnostic[];
}

/** A checked inventory file, or everything that is wrong with it. */
export function loadInventoryFile(path: RepoPath, repository: Repository): Result<LoadedInventory> {
	const read = readInventoryFile(path, repository);
	if (!read.isText || read.known === undefined || read.diagnostics.some(isError)) return fail(read.diagnostics);
	const { document, parsed } = read;
	return ok({
		inventory: read.known.inventory,
		groups: new Map(Object.entries(document.groups).map(([name, group]) => [name, contentOf(group)])),
		originsOf: host => originsOf(host, document, parsed),
		warnings: read.diagnostics,
	});
}

const contentOf = ({ hosts, groups }: InventoryDocument['groups'][string]): GroupContent => ({
	hosts: Object.keys(hosts ?? {}).map(hostName),
	groups: groups ?? [],
});

export type ReadInventory =
	| { readonly isText: false; readonly diagnostics: readonly Diagnostic[] }
	| {
			readonly isText: true;
			readonly diagnostics: readonly Diagnostic[];
			/** `undefined`: nobody can say which hosts it has. */
			readonly known: KnownInventory | undefined;
			readonly document: InventoryDocument;
			readonly parsed: Parsed;
	  };

/** Reads an inventory file as far as it is sound. */
export function readInventoryFile(path: RepoPath, repository: Repository): ReadInventory {
	const read = readYaml(path, repository);
	if (!read.ok) return { isText: false, diagnostics: read.error };
	const problems = schemaProblems(read.value, 'inventory');
	const parts = soundParts(read.value, 'inventory', problems.length === 0);
	// The schema has just said that the value has this type.
	const document = parts.value as InventoryDocument;
	const report = new Report(parts.parsed);
	const known = readKnownInventory(document, [], parts, report);
	return { isText: true, diagnostics: [...problems, ...report.diagnostics], known, document, parsed: parts.parsed };
}
