import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { transformSync } from 'esbuild';
import { mapSchemas, withoutAnnotations } from './schema-node.mjs';

/**
 * One function per schema that says yes or no, as an ES module that needs nothing at run time. What is wrong, and where, is
 * found by src/language/schema-problems.ts, and only in a document that got a no: so the code that every start has to load
 * stays small, and a hostile document cannot fill the memory with a million error objects.
 */
export function validators(schemas) {
	const ajv = new Ajv({
		messages: false,
		// As functions of their own, shared definitions are there once.
		inlineRefs: false,
		strict: true,
		strictTypes: false,
		strictRequired: false,
		allowUnionTypes: true,
		code: { source: true, esm: true, lines: false, optimize: 2 },
		schemas: Object.values(schemas).map(schema => mapSchemas(withoutAnnotations(schema), forValidation)),
	});
	const ids = Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, schema.$id]));
	const code = onlyYesOrNo(withoutReasons(withoutRules(selfContained(standaloneCode(ajv, ids)))));
	const small = transformSync(code, {
		format: 'esm',
		minifySyntax: true,
		minifyWhitespace: true,
		treeShaking: true,
	}).code;
	if (small.includes('require(')) throw new Error('the validators need a module of ajv at run time');
	return `// Made by scripts/generate.mjs from schemas/*.schema.json.\n${small.replaceAll(/;(?=function |const )/g, ';\n')}`;
}

/** Keys that start with x- are dropped in reading, so no validator has to look for them. */
function forValidation(node) {
	const { patternProperties, ...rest } = node;
	// Said beside the $ref, ajv compares the items through a table instead of each with each.
	if (rest.uniqueItems && rest.items.$ref !== undefined) rest.items = { type: 'string', ...rest.items };
	return rest;
}

/** Lengths are counted in UTF-16 units, which needs no module of ajv at run time: no limit here is that exact. */
function selfContained(code) {
	return code.replaceAll('require("ajv/dist/runtime/ucs2length").default', 'text => text.length');
}

/** The code has the rules in it and reads the schemas for the names of keys and for words only. */
function withoutRules(code) {
	return replaceObjects(code, /(?<=const schema\d+ = )\{/g, literal => JSON.stringify(names(JSON.parse(literal))));
}

function names({ properties, anyOf, enum: words, $ref }) {
	const kept = { enum: words, anyOf: anyOf?.map(names), $ref: anyOf ? undefined : $ref };
	if (properties === undefined) return kept;
	return {
		...kept,
		properties: Object.fromEntries(Object.entries(properties).map(([key, node]) => [key, names(node)])),
	};
}

/** Every object that starts with `instancePath` describes an error or the way to it; the control flow does not read them. */
const withoutReasons = code => replaceObjects(code, /\{instancePath[:,]/g, () => '{}');

/** What is left of collecting errors comes down to counting them. */
function onlyYesOrNo(code) {
	const replacements = [
		[
			/const err\d+ = \{\};if\(vErrors === null\)\{vErrors = \[err\d+\];\}else \{vErrors\.push\(err\d+\);\}errors\+\+;/g,
			'errors++;',
		],
		[
			/vErrors = vErrors === null \? [\w.]+\.errors : vErrors\.concat\([\w.]+\.errors\);errors = vErrors\.length;/g,
			'errors++;',
		],
		[/if\(vErrors !== null\)\{if\(_errs\d+\)\{vErrors\.length = _errs\d+;\}else \{vErrors = null;\}\}/g, ''],
		[/validate\d+\.errors = (vErrors|\[\{\}\]);/g, ''],
		[/let vErrors = null;/g, ''],
		[/, \{instancePath="", parentData, parentDataProperty, rootData=data\}=\{\}\)/g, ')'],
		[/((?:validate\d+|wrapper\d+\.validate)\([^(){}]+), \{\}\)/g, '$1)'],
	];
	const counted = replacements.reduce((text, [pattern, replacement]) => replaceAll(text, pattern, replacement), code);
	if (/vErrors|instancePath/.test(counted)) throw new Error('ajv writes other code than expected: errors are left');
	return counted;
}

function replaceAll(text, pattern, replacement) {
	const replaced = text.replaceAll(pattern, replacement);
	if (replaced === text) throw new Error(`ajv writes other code than expected: no ${pattern}`);
	return replaced;
}

/** Replaces every object literal that begins with a match. */
function replaceObjects(code, beginning, replacement) {
	const parts = [];
	let from = 0;
	for (const { index } of code.matchAll(beginning)) {
		const end = closingBrace(code, index) + 1;
		parts.push(code.slice(from, index), replacement(code.slice(index, end)));
		from = end;
	}
	if (parts.length === 0) throw new Error(`ajv writes other code than expected: no ${beginning}`);
	return parts.join('') + code.slice(from);
}

/** Braces inside of texts count for nothing, so texts are stepped over as a whole. */
function closingBrace(code, opening) {
	const piece = /"(?:[^"\\]|\\.)*"|[{}]/g;
	piece.lastIndex = opening;
	let depth = 0;
	for (let found = piece.exec(code); found !== null; found = piece.exec(code)) {
		if (found[0] === '{') depth++;
		else if (found[0] === '}' && --depth === 0) return found.index;
	}
	throw new Error('ajv writes other code than expected: an object has no end');
}

export function validatorTypes(names) {
	return [
		'// Made by scripts/generate.mjs from schemas/*.schema.json.',
		...names.map(
			name =>
				`/** Whether the value fits ${name}.schema.json. */\nexport declare const ${name}: (value: unknown) => boolean;`,
		),
		'',
	].join('\n');
}
