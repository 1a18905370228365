import { schemaText } from './generated/schema-text.generated.ts';

export type SchemaName = keyof typeof schemaText;

/** The part of JSON Schema (draft-07) that schemas/*.schema.json use. */
export interface SchemaNode {
	readonly $ref?: string;
	/** The name of the definition that a $ref led to: `duration`. */
	readonly form?: string;
	/** What the definition says of its form, when the place has words of its own. */
	readonly rule?: string;
	readonly title?: string;
	readonly description?: string;
	readonly examples?: readonly unknown[];
	readonly type?: string | readonly string[];
	readonly const?: unknown;
	readonly enum?: readonly unknown[];
	readonly pattern?: string;
	readonly minLength?: number;
	readonly maxLength?: number;
	readonly minimum?: number;
	readonly maximum?: number;
	readonly items?: SchemaNode;
	readonly minItems?: number;
	readonly maxItems?: number;
	readonly uniqueItems?: boolean;
	readonly properties?: Readonly<Record<string, SchemaNode>>;
	readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
	readonly additionalProperties?: boolean | SchemaNode;
	readonly propertyNames?: SchemaNode;
	readonly required?: readonly string[];
	readonly minProperties?: number;
	readonly maxProperties?: number;
	readonly anyOf?: readonly SchemaNode[];
	readonly oneOf?: readonly SchemaNode[];
	readonly definitions?: Readonly<Record<string, SchemaNode>>;
}

const loaded = new Map<SchemaName, SchemaNode>();

/** Parsed when it is first asked for, which is when a document is wrong. */
export function schemaOf(name: SchemaName): SchemaNode {
	const schema = loaded.get(name) ?? (JSON.parse(schemaText[name]) as SchemaNode);
	loaded.set(name, schema);
	return schema;
}

/** Follows a $ref. Words beside it (description, examples) are about this place and win over those of the definition. */
export function resolved(node: SchemaNode, root: SchemaNode): SchemaNode {
	if (node.$ref === undefined) return node;
	const form = node.$ref.replace('#/definitions/', '');
	const { $ref, ...words } = node;
	const target = resolved(root.definitions?.[form] ?? {}, root);
	const rule = target.description === undefined ? {} : { rule: target.description };
	return { ...target, form, ...rule, ...words };
}

/** What a value can be here, as words of JSON: `string`, `object`, … Empty: anything. */
export function typesOf(node: SchemaNode, root: SchemaNode): readonly string[] {
	const { type, anyOf, enum: words, const: constant } = resolved(node, root);
	if (type !== undefined) return typeof type === 'string' ? [type] : type;
	if (words !== undefined) return [...new Set(words.map(typeOfValue))];
	if (constant !== undefined) return [typeOfValue(constant)];
	return [...new Set((anyOf ?? []).flatMap(branch => typesOf(branch, root)))];
}

export function typeOfValue(value: unknown): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'array';
	return typeof value;
}

export const isOfType = (value: unknown, types: readonly string[]): boolean =>
	types.length === 0 ||
	types.includes(typeOfValue(value)) ||
	(typeof value === 'number' && types.includes('integer') && Number.isInteger(value));

/** Branches that only say which keys go together: `{ "required": ["source", "version"] }`. */
export function keySets(branches: readonly SchemaNode[] | undefined): readonly (readonly string[])[] | undefined {
	const sets = branches?.map(branch => (branch.type === undefined ? branch.required : undefined));
	return sets?.every(set => set !== undefined) ? sets : undefined;
}

/** A map whose keys are names of somebody's choice: hotfixes, hosts, vars. */
export const isNamed = (node: SchemaNode): boolean => typeof node.additionalProperties === 'object';
