/** Words for people and editors: no part of what a schema allows. */
const annotations = new Set(['title', 'description', 'examples', 'default', 'defaultSnippets', '$comment']);

/** A branch that only says which keys are there: `{ "required": ["source", "version"] }`. */
export const saysOnlyRequired = node =>
	Object.keys(node).every(key => key === 'required' || annotations.has(key)) && node.required !== undefined;

/** Calls `visit` on every schema inside `node`, itself included, and gives a copy made of what it returns. */
export function mapSchemas(node, visit) {
	if (typeof node !== 'object' || node === null) return node;
	const copy = {};
	for (const [key, value] of Object.entries(node)) copy[key] = mapKeyword(key, value, visit);
	return visit(copy);
}

const holdsSchemas = new Set(['properties', 'patternProperties', 'definitions']);
const isSchema = new Set(['items', 'additionalProperties', 'propertyNames', 'not']);
const listsSchemas = new Set(['anyOf', 'oneOf', 'allOf']);

function mapKeyword(key, value, visit) {
	if (holdsSchemas.has(key)) {
		return Object.fromEntries(Object.entries(value).map(([name, node]) => [name, mapSchemas(node, visit)]));
	}
	if (isSchema.has(key)) return mapSchemas(value, visit);
	if (listsSchemas.has(key)) return value.map(node => mapSchemas(node, visit));
	return value;
}

export function withoutAnnotations(node) {
	return mapSchemas(node, schema =>
		Object.fromEntries(Object.entries(schema).filter(([key]) => !annotations.has(key))),
	);
}
