/** docs/language.md: what a person wrote, then a table per map of the schemas. */
export function languageReference(schemas, intro) {
	const parts = Object.entries(titles).flatMap(([name, title]) => [`## ${title}`, '', ...reference(schemas[name])]);
	const made =
		'<!-- Made by scripts/generate.mjs from docs/language/intro.md and schemas/*.schema.json: change those. -->';
	return [made, '', intro.trimEnd(), '', ...parts, ...formsOf(schemas)].join('\n');
}

const titles = {
	playbook: 'Reference: playbook',
	inventory: 'Reference: inventory',
	module: 'Reference: module.yaml',
	config: 'Reference: hsctl.config.yaml',
};

function reference(schema) {
	const lines = [`${schema.description}`, ''];
	// The inventory has a part of its own; conditions are the same in a module as in a playbook.
	const done = new Set(schema.title === 'hsctl module' ? ['condition'] : ['inventory']);
	const waiting = [{ path: '', node: schema }];
	for (let section = waiting.shift(); section !== undefined; section = waiting.shift()) {
		const { path, node } = section;
		if (path !== '') lines.push(`### \`${path}\``, '', node.description, '');
		lines.push(...table(node, schema), '');
		const inside = Object.entries(node.properties).flatMap(([key, child]) =>
			mapsIn(child, joined(path, key), schema, done),
		);
		// Parts of a part come right behind it.
		waiting.unshift(...inside);
	}
	return lines;
}

const joined = (path, key) => (path === '' ? key : `${path}.${key}`);

/** Every map with keys of its own that is behind this node, with the path under which a person writes it. */
function mapsIn(node, path, schema, done) {
	if (node.$ref !== undefined) {
		const name = node.$ref.replace('#/definitions/', '');
		if (done.has(name)) return [];
		done.add(name);
		return mapsIn(schema.definitions[name], name === 'condition' ? 'when' : path, schema, done);
	}
	if (node.properties) return [{ path, node }];
	if (node.items) return mapsIn(node.items, `${path}[]`, schema, done);
	if (typeof node.additionalProperties === 'object')
		return mapsIn(node.additionalProperties, `${path}.<id>`, schema, done);
	return (node.anyOf ?? []).flatMap(branch => mapsIn(branch, path, schema, done));
}

function table(node, schema) {
	const rows = Object.entries(node.properties).map(([key, child]) => {
		const needed = node.required?.includes(key) ? ' **(needed)**' : '';
		const fallback = child.default === undefined ? '' : code(inline(child.default));
		const example = child.examples?.[0] === undefined ? '' : code(inline(child.examples[0]));
		return row([code(key), typeName(child, schema), fallback, `${prose(child.description)}${needed}`, example]);
	});
	const combinations = node.oneOf ?? node.anyOf;
	const sets = combinations?.filter(branch => branch.required).map(branch => branch.required.map(code).join(' with '));
	const rule = sets?.length ? ['', `${node.oneOf ? 'Exactly one' : 'At least one'} of: ${sets.join(', ')}.`] : [];
	const oneKey = node.maxProperties === 1 ? ['', 'Exactly one key.'] : [];
	return [
		row(['Key', 'Type', 'Default', 'Meaning', 'Example']),
		row(['---', '---', '---', '---', '---']),
		...rows,
		...rule,
		...oneKey,
	];
}

const row = cells => `| ${cells.map(cell => String(cell).replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
/** Outside of code, Markdown would take `<id>` for HTML. */
const prose = text => text.replaceAll('<', '&lt;');
const code = text => `\`${text}\``;

const jsonNames = {
	string: 'text',
	integer: 'whole number',
	boolean: 'true, false',
	array: 'list',
	object: 'map',
	number: 'number',
};

function typeName(node, schema) {
	if (node.$ref !== undefined) {
		const name = node.$ref.replace('#/definitions/', '');
		const target = schema.definitions[name];
		return target.pattern || target.minLength ? formName(target) : typeName(target, schema);
	}
	if (node.enum) return node.enum.map(code).join(', ');
	if (node.const !== undefined) return code(node.const);
	if (node.anyOf && !node.type) return [...new Set(node.anyOf.map(branch => typeName(branch, schema)))].join(' or ');
	if (node.items) return `list of ${typeName(node.items, schema)}`;
	return [node.type ?? 'any']
		.flat()
		.map(type => jsonNames[type] ?? type)
		.join(' or ');
}

const formName = target => target.title.toLowerCase();

function formsOf(schemas) {
	const forms = new Map();
	for (const schema of Object.values(schemas)) {
		for (const node of Object.values(schema.definitions ?? {})) {
			if (node.type === 'string') forms.set(formName(node), node);
		}
	}
	const rows = [...forms]
		.sort(([one], [other]) => (one < other ? -1 : 1))
		.map(([name, node]) => row([name, prose(node.description), node.examples.map(inline).map(code).join(', ')]));
	return [
		'## Reference: forms of text',
		'',
		row(['Form', 'What it is', 'Examples']),
		row(['---', '---', '---']),
		...rows,
		'',
	];
}

/** An example on one line, as a person would write it. */
function inline(value) {
	if (typeof value === 'string')
		return /^([A-Za-z/][\w./-]*|\d+(ms|[smhd]))$/.test(value) ? value : JSON.stringify(value);
	if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
	if (typeof value !== 'object' || value === null) return String(value);
	const pairs = Object.entries(value).map(([key, item]) => `${key}: ${inline(item)}`);
	return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}
