import type { Inventory } from '../model/inventory.ts';
import type { Inventory as InventoryDocument } from './generated/playbook.generated.ts';
import { readInventory } from './inventory.ts';
import type { Path } from './parse.ts';
import { Report } from './report.ts';
import type { SoundParts } from './sound-parts.ts';

/** An inventory, and how much of it is known: the schema may have found something in it. */
export interface KnownInventory {
	readonly inventory: Inventory;
	/** `names`: which hosts there are, and not all that is said of them. */
	readonly known: 'names' | 'everything';
}

/** The sound parts of an inventory. `undefined`: nobody can say which hosts it has. */
export function readKnownInventory(
	document: InventoryDocument,
	base: Path,
	parts: SoundParts,
	report: Report,
): KnownInventory | undefined {
	if (parts.isWhole(base)) {
		const inventory = readInventory(document, base, report);
		return inventory && { inventory, known: 'everything' };
	}
	const partial = new Report(parts.parsed);
	const inventory = readInventory(document, base, partial);
	report.include(partial.diagnostics.filter(({ code }) => !ofMissingParts.has(code)));
	return inventory && areNamesWhole(document, base, parts) ? { inventory, known: 'names' } : undefined;
}

/** What may be missing only because it has been left out. */
const ofMissingParts: ReadonlySet<string> = new Set(['HS1203', 'HS1503', 'HS1505', 'HS1706']);

function areNamesWhole({ groups }: InventoryDocument, base: Path, parts: SoundParts): boolean {
	const areAllThere = (path: Path, found: object) => parts.parsed.keys(path).length === Object.keys(found).length;
	if (parts.mayHave(base, 'groups') || !areAllThere([...base, 'groups'], groups)) return false;
	return Object.entries(groups).every(([name, group]) => {
		const path = [...base, 'groups', name];
		const isListed = !parts.mayHave(path, 'hosts') && !parts.mayHave(path, 'groups');
		return isListed && parts.isWhole([...path, 'groups']) && areAllThere([...path, 'hosts'], group.hosts ?? {});
	});
}
