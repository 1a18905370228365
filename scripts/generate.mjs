// Everything that is made from schemas/*.schema.json: types, validators, the schemas as text, and docs/language.md.
// `node scripts/generate.mjs` writes what differs; with --check it writes nothing and exits 1 when something is stale.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { languageReference } from './generate/language-reference.mjs';
import { schemaText } from './generate/schema-text.mjs';
import { typesOf } from './generate/types.mjs';
import { validators, validatorTypes } from './generate/validators.mjs';

const root = join(import.meta.dirname, '..');
const names = ['playbook', 'inventory', 'module', 'config'];
const schemas = Object.fromEntries(
	names.map(name => [name, JSON.parse(readFileSync(join(root, 'schemas', `${name}.schema.json`), 'utf8'))]),
);

const generated = {
	'src/language/generated/validators.generated.js': validators(schemas),
	'src/language/generated/validators.generated.d.ts': validatorTypes(names),
	'src/language/generated/schema-text.generated.ts': schemaText(schemas),
	'docs/language.md': languageReference(schemas, readFileSync(join(root, 'docs/language/intro.md'), 'utf8')),
};
for (const name of names) generated[`src/language/generated/${name}.generated.ts`] = await typesOf(name, schemas[name]);

const stale = Object.entries(generated).filter(([path, content]) => onDisk(path) !== content);
if (process.argv.includes('--check')) reportStale(stale);
else for (const [path, content] of stale) write(path, content);

function onDisk(path) {
	try {
		return readFileSync(join(root, path), 'utf8');
	} catch (error) {
		if (error.code === 'ENOENT') return undefined;
		throw error;
	}
}

function write(path, content) {
	mkdirSync(dirname(join(root, path)), { recursive: true });
	writeFileSync(join(root, path), content);
	console.log(`wrote ${path}`);
}

function reportStale(entries) {
	for (const [path] of entries) console.error(`${path} is stale: run \`npm run generate\``);
	if (entries.length > 0) process.exitCode = 1;
}
