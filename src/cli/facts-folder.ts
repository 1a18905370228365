import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { HostName } from '../model/brand.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { errnoWords } from '../model/errno-words.ts';
import type { Inventory } from '../model/inventory.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { SeenHost } from '../model/saved-facts.ts';
import { parseSavedFacts } from '../planning/parse-saved-facts.ts';
import type { FactsFolder } from '../planning/recall-facts.ts';
import type { CliContext } from './context.ts';
import { commandLineProblem } from './problem.ts';

/** Where the facts of a host are kept. */
export const factsFile = (folder: string, host: HostName): string => join(folder, `${host}.json`);

/** The saved facts of an inventory's hosts, or everything that is wrong with the folder. A host without a file has none. */
export function readFactsFolder(folder: string, { hosts }: Inventory, { cwd }: CliContext): Result<FactsFolder> {
	const problem = whyNoFolder(folder, cwd);
	if (problem !== undefined) return fail([problem]);
	const seen = new Map<HostName, SeenHost>();
	const problems: Diagnostic[] = [];
	for (const name of hosts.keys()) {
		const shown = factsFile(folder, name);
		const file = resolve(cwd, shown);
		if (!existsSync(file)) continue;
		const read = readFile(file);
		const parsed = read.ok ? parseSavedFacts(read.value) : read;
		if (!parsed.ok) problems.push(damaged(shown, parsed.error));
		else if (parsed.value.name !== name) problems.push(damaged(shown, `it is of the host \`${parsed.value.name}\``));
		else seen.set(name, parsed.value);
	}
	return problems.length > 0 ? fail(problems) : ok({ folder, hosts: seen });
}

function whyNoFolder(folder: string, cwd: string): Diagnostic | undefined {
	const path = resolve(cwd, folder);
	if (folder === '' || !existsSync(path))
		return commandLineProblem(
			'HS1811',
			`there is no folder \`${folder}\` with saved facts`,
			saveThem(folder || 'FOLDER'),
		);
	if (!statSync(path).isDirectory())
		return commandLineProblem('HS1811', `${folder} is a file, and saved facts are a folder`, saveThem('FOLDER'));
	try {
		readdirSync(path);
		return undefined;
	} catch (error) {
		return commandLineProblem(
			'HS1811',
			`${folder} cannot be read: ${errnoWords(error)}`,
			'give yourself permission to read it',
		);
	}
}

/** Room for a host that remembers a hundred thousand jobs. */
const mostBytes = 128 * 1024 * 1024;

function readFile(file: string): Result<string, string> {
	try {
		const { size } = statSync(file);
		return size > mostBytes ? fail(`it has ${size} bytes`) : ok(readFileSync(file, 'utf8'));
	} catch (error) {
		return fail(errnoWords(error));
	}
}

const damaged = (shown: string, because: string): Diagnostic =>
	commandLineProblem('HS1811', `${shown} holds no saved facts: ${because}`, 'save them anew, or remove the file');

const saveThem = (folder: string): string => `save them with \`hsctl facts PLAYBOOK --save ${folder}\``;
