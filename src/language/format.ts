import { parseDocument } from 'yaml';
import { ok, type Result } from '../model/result.ts';
import { parseYaml } from './parse.ts';
import { checkSource } from './source.ts';

/** The same playbook in one shape: two blanks of indentation, lines of 120, comments and blank lines kept. Refuses what is no YAML. */
export function formatYaml(bytes: Uint8Array, file: string): Result<string> {
	const source = checkSource(bytes, file);
	if (!source.ok) return source;
	const parsed = parseYaml(source.value);
	if (!parsed.ok) return parsed;
	// No key is there twice any more, and the library would compare each with each.
	return ok(
		parseDocument(source.value.text, { uniqueKeys: false }).toString({
			indent: 2,
			lineWidth: 120,
			flowCollectionPadding: true,
		}),
	);
}
