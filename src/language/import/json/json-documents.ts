import type { Note } from '../note.ts';
import type { JsonMap, JsonNode } from './json-node.ts';

/** All that is gathered from the JSON files of one import, before it is a playbook. */
export class JsonDocuments {
	readonly homeserver: { readonly file: string; readonly root: JsonMap }[] = [];
	readonly rows: { readonly file: string; readonly root: JsonNode }[] = [];
	readonly notes: Note[] = [];
}
