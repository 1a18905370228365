import { type Parsed, parseYaml } from '../../src/language/parse.ts';
import { type SchemaName, schemaProblems } from '../../src/language/schema-problems.ts';
import { checkSource } from '../../src/language/source.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type { Result } from '../../src/model/result.ts';

/** From bytes to values, as the program does it. */
export function read(input: string | Uint8Array): Result<Parsed> {
	const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
	const source = checkSource(bytes, 'playbook.yaml');
	return source.ok ? parseYaml(source.value) : source;
}

/** Everything that is wrong with the text, schema included. */
export function problemsOf(input: string | Uint8Array, which: SchemaName = 'playbook'): readonly Diagnostic[] {
	const parsed = read(input);
	return parsed.ok ? schemaProblems(parsed.value, which) : parsed.error;
}

/** `HS1106 3:9`, to compare. */
export const codesAndPlaces = (problems: readonly Diagnostic[]): readonly string[] =>
	problems.map(({ code, at }) => (at ? `${code} ${at.line}:${at.column}` : code));

export function parsedOrThrow(text: string): Parsed {
	const parsed = read(text);
	if (!parsed.ok) throw new Error(parsed.error.map(({ code, message }) => `${code} ${message}`).join('\n'));
	return parsed.value;
}
