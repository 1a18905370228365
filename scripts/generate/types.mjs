import { compile } from 'json-schema-to-typescript';
import { mapSchemas, saysOnlyRequired } from './schema-node.mjs';

/** The TypeScript type of a document that has passed the schema. */
export async function typesOf(name, schema) {
	const { $id, $schema, ...rest } = mapSchemas(schema, forTypes);
	const root = `${name[0].toUpperCase()}${name.slice(1)}Document`;
	const text = await compile({ ...rest, title: root }, root, {
		bannerComment: `// Made by scripts/generate.mjs from schemas/${name}.schema.json.`,
		additionalProperties: false,
		ignoreMinAndMaxItems: true,
		strictIndexSignatures: false,
		unreachableDefinitions: false,
		format: false,
	});
	return `${text.trimEnd()}\n`;
}

// What types cannot say is left to the validator: the keys that a map may have, x- keys (they are dropped in reading), and
// which keys go together. Titles would each become a type of their own, and a $ref with words beside it a copy of its target.
function forTypes(node) {
	if (node.$ref !== undefined) return { $ref: node.$ref };
	const { title, examples, default: _default, defaultSnippets, patternProperties, propertyNames, ...rest } = node;
	for (const keyword of ['anyOf', 'oneOf']) if (rest[keyword]?.every(saysOnlyRequired)) delete rest[keyword];
	return rest;
}
