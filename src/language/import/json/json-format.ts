import { shapeOf } from '../homeserver/shape.ts';
import { nameOf } from '../import-files.ts';
import { collectionNamed, collectionOf } from '../nannyapi/row-kind.ts';

/** Whose JSON it is, by its fields; a damaged file goes by its name. `undefined`: of none of those that become playbooks. */
export function jsonFormat(text: string, path: string): 'homeserver' | 'nannyapi' | undefined {
	const name = nameOf(path);
	const value = parsed(text);
	if (value === undefined) return name === 'index.json' || name === 'manifest.json' ? 'homeserver' : undefined;
	if (isRows(value, path)) return 'nannyapi';
	return isMap(value) && isOfHomeserver(value) ? 'homeserver' : undefined;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** A group of an inventory may be called `files` or `config`: it would be a map with hosts in it, and there would be no metadata. */
function isOfHomeserver(value: Readonly<Record<string, unknown>>): boolean {
	if (isMap(value.metadata) || Array.isArray(value.updates)) return true;
	return shapeOf(Object.keys(value).filter(key => Array.isArray(value[key]))) === 'module';
}

function isRows(value: unknown, path: string): boolean {
	if (Array.isArray(value)) return value.some(row => isRow(row, path));
	if (!isMap(value)) return false;
	if (isRow(value, path)) return true;
	return Object.entries(value).some(
		([key, rows]) =>
			Array.isArray(rows) &&
			(collectionNamed(key) !== undefined ||
				((key === 'items' || key === 'records') && rows.some(row => isRow(row, path)))),
	);
}

const isRow = (value: unknown, path: string): boolean =>
	isMap(value) && (typeof value.collectionName === 'string' || collectionOf(Object.keys(value), path) !== undefined);
