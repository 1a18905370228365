import type { PoolFile } from '../../generated/playbook.generated.ts';
import { findReferences } from '../../interpolate.ts';
import { inside } from '../import-files.ts';
import type { Fields } from '../json/fields.ts';
import { plainText } from '../playbook/plain-text.ts';
import type { HomeserverFile } from './homeserver-file.ts';
import { isPath } from './version-check.ts';

/** A file of a pool, and the entry it was made of. */
export interface Placed {
	readonly fields: Fields;
	readonly document: PoolFile;
}

/** What an entry says of a file. */
export interface PoolEntry {
	readonly fields: Fields;
	/** Below `src/` of the module. */
	readonly source: string | undefined;
	readonly sourceKey: string;
	readonly dest: string | undefined;
	readonly destKey: string;
	/** Where owner, group and mode are; they may be in the entry itself. */
	readonly permissions?: Fields;
	/** What upstream takes where they are not said. */
	readonly usual?: Permissions;
}

export interface Permissions {
	readonly owner: string;
	readonly group: string;
	/** Four octal digits. */
	readonly mode: string;
}

/** `undefined`: there is no such place on a host, or another pool writes it; a note says so. */
export function placeFile(entry: PoolEntry, file: HomeserverFile): Placed | undefined {
	const { fields, source, sourceKey, destKey } = entry;
	const { parts } = file;
	if (source === undefined || source.endsWith('/')) {
		fields.note(sourceKey, 'names no file', 'write the path of the file in the folder `src`');
		return undefined;
	}
	const dest = destinationOf(entry, source);
	if (dest === undefined) return undefined;
	const writer = parts.writers.get(plainText(dest));
	if (writer !== undefined) {
		fields.note(destKey, `is written by the pool \`${writer}\`, too`, 'keep one of the two');
		return undefined;
	}
	const path = sourcePath(source, file);
	const named = parts.surroundings.pathOf(path);
	if (/[\n\t]/.test(named) || findReferences(named).references.length > 0) {
		fields.note(sourceKey, 'makes a path that no playbook takes', 'rename the file');
		return undefined;
	}
	if (parts.surroundings.files.look(path).kind !== 'file')
		fields.note(sourceKey, `names a file that is not there: ${path}`, 'put it there before `hsctl lock`');
	return {
		fields,
		document: { src: named, dest: plainText(dest), ...readPermissions(entry.permissions, entry.usual) },
	};
}

/** Upstream's path is below `src/`; the first manifests wrote that folder out. */
function sourcePath(source: string, { folder, parts }: HomeserverFile): string {
	const { files } = parts.surroundings;
	const usual = inside(inside(folder, 'src'), source);
	const whole = inside(folder, source);
	return source.startsWith('src/') && files.look(usual).kind !== 'file' ? whole : usual;
}

function destinationOf({ fields, dest, destKey }: PoolEntry, source: string): string | undefined {
	const whole = dest?.endsWith('/') === true ? `${dest}${source.slice(source.lastIndexOf('/') + 1)}` : dest;
	const plain = whole?.replace(/\/{2,}/g, '/').replaceAll(/\/\.(?=\/)/g, '');
	if (plain === undefined || !isPath(plain) || /(^|\/)\.{1,2}(\/|$)|.\/$/.test(plain)) {
		fields.note(destKey, 'is no plain absolute path of a file', 'write one that begins with a slash');
		return undefined;
	}
	if (plain !== dest) fields.note(destKey, `became ${plain.slice(0, 200)}`, undefined, 'harmless');
	return plain;
}

const account = /^[A-Za-z0-9_][A-Za-z0-9._@\\-]{0,63}[$]?$/;

/** Owner, group and mode, as far as a playbook takes them; `group` may be called so, and the owner `user`. */
export function readPermissions(
	fields: Fields | undefined,
	usual?: Permissions,
): Partial<Pick<PoolFile, 'owner' | 'group' | 'mode'>> {
	if (fields === undefined) return usual ?? {};
	const owner = readAccount(fields, fields.has('owner') ? 'owner' : 'user') ?? usual?.owner;
	const group = readAccount(fields, 'group') ?? usual?.group;
	const mode = readMode(fields, 'mode') ?? usual?.mode;
	return {
		...(mode === undefined ? {} : { mode }),
		...(owner === undefined ? {} : { owner }),
		...(group === undefined ? {} : { group }),
	};
}

function readAccount(fields: Fields, key: string): string | undefined {
	const name = fields.version(key);
	if (name === undefined || account.test(name)) return name;
	fields.note(key, 'is no name of an account, and is left out', 'write the name');
	return undefined;
}

/** As four octal digits; a number is read as its digits, because nobody writes 420 for 0644. */
export function readMode(fields: Fields, key: string): string | undefined {
	const mode = fields.version(key)?.replace(/^0o/, '');
	if (mode === undefined) return undefined;
	if (/^[0-7]{3,5}$/.test(mode) && Number.parseInt(mode, 8) <= 0o7777) return mode.slice(-4).padStart(4, '0');
	fields.note(key, 'is no mode of a file, and is left out', 'write octal digits such as "0644"');
	return undefined;
}

/** What upstream never did, and a person would miss. */
export function noteCustomised(fields: Fields, key: string): void {
	fields.note(
		key,
		'are put there by upstream whatever is there; here a file that differs counts as customised and the pool is skipped',
		'add the digests of shipped versions as `baseline`, or `on_customised: replace`',
	);
}

/** The files of a pool that is there: no other one may write them. */
export function claimFiles(files: readonly PoolFile[], pool: string, { parts }: HomeserverFile): void {
	for (const { dest } of files) parts.writers.set(dest, pool);
}

/** Of two entries for one file the last one counts: upstream writes one over the other. */
export function lastOfEach(placed: readonly Placed[], key: string): readonly PoolFile[] {
	const last = new Map(placed.map(one => [one.document.dest, one]));
	return placed.flatMap(one => {
		if (last.get(one.document.dest) === one) return [one.document];
		one.fields.note(key, 'is left out: a later one of these writes the same file', 'keep one of the two');
		return [];
	});
}
