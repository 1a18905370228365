import { unreachable } from '../../../model/unreachable.ts';
import { folderOf } from '../import-files.ts';
import { Fields } from '../json/fields.ts';
import type { JsonDocuments } from '../json/json-documents.ts';
import type { PlaybookParts } from '../playbook/playbook-parts.ts';
import { readGlobalIndex } from './global-index.ts';
import { groupConditions } from './groups.ts';
import type { HomeserverFile } from './homeserver-file.ts';
import { readManifest } from './manifest.ts';
import { readModuleIndex } from './module-index.ts';
import { shapeOf } from './shape.ts';

/** Makes units of all files: modules in the order of their priority, then what a manifest says of them. */
export function convertHomeserver(documents: JsonDocuments['homeserver'], parts: PlaybookParts): void {
	const opened = documents.map(({ file, root }) => {
		const fields = new Fields(root, { path: '', notes: parts.notes });
		return { fields, folder: folderOf(file), shape: shapeOf(fields.keys), priority: readPriority(fields) };
	});
	const inOrder = opened.toSorted((a, b) => a.priority - b.priority);
	const modules = inOrder
		.filter(({ shape }) => shape === 'module')
		.map(({ fields, folder }) => moduleOf(fields, folder, { parts, isOnly: documents.length === 1 }));
	const groups = groupConditions(modules);
	for (const module of modules) readModuleIndex(module, groups.get(module));
	for (const { fields, folder, shape } of inOrder) {
		switch (shape) {
			case 'manifest':
				readManifest(fields, folder, parts);
				break;
			case 'global':
				readGlobalIndex(fields);
				break;
			case 'module':
			case undefined:
				break;
			default:
				unreachable(shape);
		}
	}
	for (const { fields } of opened) fields.rest();
}

function moduleOf(fields: Fields, folder: string, context: Pick<HomeserverFile, 'parts' | 'isOnly'>): HomeserverFile {
	const metadata = fields.map('metadata');
	return {
		fields,
		folder,
		name: metadata?.text('module_name') ?? context.parts.surroundings.nameOf(folder),
		version: metadata?.version('schema_version'),
		isEnabled: metadata?.flag('enabled') !== false,
		...context,
	};
}

/** Upstream's own, where a file does not say. */
const usualPriority = 100;

/** The lower one comes first. */
function readPriority(fields: Fields): number {
	const metadata = fields.map('metadata');
	if (metadata === undefined) return usualPriority;
	return metadata.amount('priority') ?? usualPriority;
}
