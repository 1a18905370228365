import { type UnitAddress, unitAddress } from '../../../model/brand.ts';
import type { Hotfix } from '../../generated/playbook.generated.ts';
import { findReferences } from '../../interpolate.ts';
import { type ImportFiles, inside } from '../import-files.ts';
import type { Fields } from '../json/fields.ts';
import type { HomeserverFile } from './homeserver-file.ts';

/** A script that upstream runs once, on its way to a hotfix. */
export interface ScriptHotfix {
	/** Its entry in the file. */
	readonly fields: Fields;
	/** The field that names the script. */
	readonly key: string;
	readonly id: string;
	/** The name of the file in `src/`. */
	readonly script: string;
	readonly rest: Omit<Hotfix, 'script'>;
}

/** Adds the hotfix, with a note where its script is not there or does not stand by itself. `undefined`: it has no possible path. */
export function addScriptHotfix(hotfix: ScriptHotfix, { folder, parts }: HomeserverFile): UnitAddress | undefined {
	const { fields, key, id, script, rest } = hotfix;
	const path = inside(inside(folder, 'src'), script);
	const named = parts.surroundings.pathOf(path);
	if (/[\n\t]/.test(named) || findReferences(named).references.length > 0) {
		fields.note(key, 'makes a path that no playbook takes, and the hotfix is left out', 'rename the script');
		return undefined;
	}
	const { description, component, when, ...others } = rest;
	parts.hotfixes.set(id, {
		...(description === undefined ? {} : { description }),
		...(component === undefined ? {} : { component }),
		...(when === undefined ? {} : { when }),
		script: named,
		...others,
	});
	noteScript({ fields, key, path, script }, inside(folder, 'src'), parts.surroundings.files);
	const address = unitAddress('hotfix', id);
	if (fields.flag('has_run') === true) {
		parts.done.push(address);
		if (!parts.surroundings.keepsState)
			fields.note(
				'has_run',
				'is true: it has run upstream, and no host has a receipt of it',
				'with --seed-state FILE that is written down',
			);
	}
	return address;
}

interface NamedScript {
	readonly fields: Fields;
	readonly key: string;
	readonly path: string;
	readonly script: string;
}

function noteScript({ fields, key, path, script }: NamedScript, folder: string, files: ImportFiles): void {
	const found = files.look(path);
	if (found.kind !== 'file') {
		fields.note(
			key,
			`names the script ${path}, which ${found.kind === 'missing' ? 'is not there' : 'cannot be a script'}`,
			'write it, or take the hotfix out',
		);
		return;
	}
	const sibling = siblingNamed(new TextDecoder().decode(found.bytes), script, folder, files);
	if (sibling !== undefined)
		fields.note(
			key,
			`names a script that speaks of ${sibling} beside it, and a hotfix takes one file along`,
			'put both into one file, or make a module of the folder',
		);
}

/** A file or folder beside the script that it imports or calls by name. */
function siblingNamed(text: string, script: string, folder: string, files: ImportFiles): string | undefined {
	const beside = files.look(folder);
	if (beside.kind !== 'folder') return undefined;
	const names = beside.entries.map(({ name }) => name).filter(name => name !== script && !name.startsWith('__'));
	return names.toSorted().find(name => {
		const stem = name.replace(/\.\w+$/, '');
		if (stem.length < 3) return false;
		return text.includes(name) || importsOf(text).has(stem);
	});
}

const importsOf = (text: string): ReadonlySet<string> =>
	new Set([...text.matchAll(/^[ \t]*(?:from|import)[ \t]+(\w+)/gm)].map(([, name = '']) => name));
