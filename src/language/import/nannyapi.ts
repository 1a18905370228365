import type { Diagnostic } from '../../model/diagnostic.ts';
import type { SourceText } from '../source.ts';
import type { JsonDocuments } from './json/json-documents.ts';
import { kindWords } from './json/json-node.ts';
import { readJson } from './json/read-json.ts';
import { problemInLine } from './problem.ts';

/** Gathers rows of NannyAPI: a list, a page of the API, or one row. */
export function readNannyapi(source: SourceText, into: JsonDocuments): readonly Diagnostic[] {
	const read = readJson(source, into.notes);
	if (!read.ok) return read.error;
	const root = read.value;
	if (root.kind === 'list' || root.kind === 'map') {
		into.rows.push({ file: source.file, root });
		return [];
	}
	return [
		problemInLine(source, root.at.line, {
			code: 'HS1901',
			message: `there are no rows in this file: it is ${kindWords[root.kind]}`,
			hint: 'name a file with a list of rows, or with `items` as the API gives them',
		}),
	];
}
