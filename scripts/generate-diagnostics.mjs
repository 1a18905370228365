// docs/diagnostics.md from src/model/diagnostic-code.ts. Writes what differs; with --check it writes nothing and exits 1 when it is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diagnosticCodes } from '../src/model/diagnostic-code.ts';

const file = join(import.meta.dirname, '..', 'docs/diagnostics.md');

/** What the hundreds of a code stand for, in the order of the page. */
const chapters = {
	HS10: 'The text of a file',
	HS11: 'Structure',
	HS12: 'References',
	HS13: 'Values',
	HS14: 'The lock file',
	HS15: 'Inventory and configuration',
	HS16: 'What this version refuses',
	HS17: 'Policy',
	HS18: 'The command line',
	HS19: 'Import',
};

const page = makePage();
const isFresh = onDisk() === page;
if (!process.argv.includes('--check')) {
	if (!isFresh) writeFileSync(file, page);
} else if (!isFresh) {
	console.error('docs/diagnostics.md is stale: run `npm run generate`');
	process.exitCode = 1;
}

function makePage() {
	const codes = Object.entries(diagnosticCodes);
	const homeless = codes.filter(([code]) => !(code.slice(0, 4) in chapters)).map(([code]) => code);
	if (homeless.length > 0) throw new Error(`codes without a chapter in scripts/generate-diagnostics.mjs: ${homeless}`);
	return [
		'<!-- Made by scripts/generate-diagnostics.mjs from src/model/diagnostic-code.ts: change that. -->\n',
		'# Diagnostics\n',
		'A diagnostic says that a playbook, an inventory, the lock file or the command line is wrong: one cause, one cure. A code never changes its',
		'meaning and is never used again, so it can be filtered for. `hsctl explain CODE` prints the same.\n',
		...Object.entries(chapters).map(([prefix, title]) =>
			chapter(
				title,
				codes.filter(([code]) => code.startsWith(prefix)),
			),
		),
	].join('\n');
}

function chapter(title, codes) {
	return `## ${title}\n\n${codes.map(entry).join('\n')}`;
}

// An anchor of the code alone: a title may be worded better one day, a link must stay.
function entry([code, { title, meaning, cure }]) {
	const heading = `### <a id="${code.toLowerCase()}"></a>${code}: ${title}`;
	return `${heading}\n\n${escaped(meaning)}\n\n**Cure:** ${escaped(cure)}\n`;
}

/** Outside of code, `<` would begin HTML, and `_` and `*` would change the type. */
function escaped(text) {
	return text
		.split(/(`[^`]*`)/)
		.map((part, index) =>
			index % 2 === 0 ? part.replaceAll('<', '&lt;').replaceAll('_', '\\_').replaceAll('*', '\\*') : part,
		)
		.join('');
}

function onDisk() {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		if (error.code === 'ENOENT') return undefined;
		throw error;
	}
}
