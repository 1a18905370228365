/** The schemas as text inside the program: for `hsctl schema`, and for messages, which parse it only when there is a problem. */
export function schemaText(schemas) {
	const lines = Object.entries(schemas).map(
		([name, schema]) => `\t${name}: ${JSON.stringify(JSON.stringify(schema))},`,
	);
	return [
		'// Made by scripts/generate.mjs from schemas/*.schema.json.',
		'/** JSON Schemas (draft-07) as JSON text, by name. */',
		'export const schemaText = {',
		...lines,
		'} as const;',
		'',
	].join('\n');
}
