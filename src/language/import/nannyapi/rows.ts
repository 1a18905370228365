import { Fields } from '../json/fields.ts';
import type { JsonMap, JsonNode } from '../json/json-node.ts';
import type { Note } from '../note.ts';
import { type Collection, collectionNamed, collectionOf } from './row-kind.ts';

/** A row of a collection; `undefined` for what none of them is. */
export interface Row {
	readonly fields: Fields;
	readonly collection: Collection | undefined;
}

/** A file of rows: a list, a page as the API gives it (`items`), a map from collection to list, or one row. */
export function rowsOf(root: JsonNode, file: string, notes: Note[]): readonly Row[] {
	if (root.kind === 'list') return rowsIn(root, { path: '', file, notes });
	if (root.kind !== 'map') return [];
	const lists = [...root.entries].filter(
		([key, { value }]) => value.kind === 'list' && (isPage(key) || collectionNamed(key) !== undefined),
	);
	if (lists.length === 0) return [rowOf(root, { path: '', file, notes })];
	const around = new Fields(root, { path: '', notes });
	around.heed('page', 'perPage', 'totalItems', 'totalPages', ...lists.map(([key]) => key));
	around.rest();
	return lists.flatMap(([key, { value }]) =>
		rowsIn(value, { path: key, file, notes, collection: collectionNamed(key) }),
	);
}

const isPage = (key: string): boolean => key === 'items' || key === 'records';

interface Where {
	readonly path: string;
	readonly file: string;
	readonly notes: Note[];
	readonly collection?: Collection | undefined;
}

function rowsIn(list: JsonNode, where: Where): readonly Row[] {
	if (list.kind !== 'list') return [];
	return list.items.flatMap((item, index) => {
		const path = `${where.path}[${index}]`;
		if (item.kind === 'map') return [rowOf(item, { ...where, path })];
		where.notes.push({ at: item.at, subject: `\`${path}\``, reason: 'is no row, and is left out' });
		return [];
	});
}

function rowOf(map: JsonMap, { path, file, notes, collection }: Where): Row {
	const fields = new Fields(map, { path, notes });
	const named = map.entries.get('collectionName')?.value;
	const own = named?.kind === 'text' ? collectionNamed(named.text) : undefined;
	return { fields, collection: own ?? collection ?? collectionOf(fields.keys, file) };
}
