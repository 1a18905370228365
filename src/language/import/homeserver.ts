import type { Diagnostic } from '../../model/diagnostic.ts';
import type { SourceText } from '../source.ts';
import { shapeOf } from './homeserver/shape.ts';
import type { JsonDocuments } from './json/json-documents.ts';
import { kindWords } from './json/json-node.ts';
import { readJson } from './json/read-json.ts';
import { problemInLine } from './problem.ts';

/** Gathers an index.json or manifest.json of the updates of HOMESERVER. */
export function readHomeserver(source: SourceText, into: JsonDocuments): readonly Diagnostic[] {
	const read = readJson(source, into.notes);
	if (!read.ok) return read.error;
	const root = read.value;
	if (root.kind === 'map' && shapeOf([...root.entries.keys()]) !== undefined) {
		into.homeserver.push({ file: source.file, root });
		return [];
	}
	const keys =
		root.kind === 'map' ? [...root.entries.keys()].slice(0, 5).map(key => JSON.stringify(key.slice(0, 40))) : [];
	const what = root.kind === 'map' ? `its fields are ${keys.join(', ') || 'none'}` : `it is ${kindWords[root.kind]}`;
	return [
		problemInLine(source, root.at.line, {
			code: 'HS1901',
			message: `this is no index.json and no manifest.json of HOMESERVER: ${what}`,
			hint: 'name the file with `targets`, `pools`, `operations`, `files`, `config`, `migrations`, `interactables` or `updates`',
		}),
	];
}
