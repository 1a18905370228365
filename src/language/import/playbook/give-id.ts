import type { Fields } from '../json/fields.ts';
import type { Owner } from '../note.ts';
import type { Ids } from './ids.ts';

/** The id of a unit, which the notes of its fields are about from now on. `key`: the field that has its name. */
export function giveId(
	name: string,
	{ fields, key, kind }: { readonly fields: Fields; readonly key: string; readonly kind: Owner['kind'] },
	ids: Ids,
): string {
	const id = ids.give(name);
	fields.owner = { kind, name: id };
	if (id !== name) fields.note(key, `became \`${id}\`: ids are unique and plain`, undefined, 'harmless');
	return id;
}
