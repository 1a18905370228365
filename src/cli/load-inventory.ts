import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { type Config, configPath, loadConfig } from '../language/config.ts';
import { type LoadedInventory, loadInventoryFile } from '../language/inventory-file.ts';
import { parseSelection } from '../language/selection.ts';
import { repoPath } from '../model/brand.ts';
import { type Diagnostic, isError } from '../model/diagnostic.ts';
import type { Host, Inventory } from '../model/inventory.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Become } from '../model/unit.ts';
import { chooseHosts } from '../planning/choose-hosts.ts';
import type { Repository } from '../ports/repository.ts';
import type { CliContext, GlobalOptions } from './context.ts';
import { commandLineProblem } from './problem.ts';
import { isPlaybookFile } from './what-file.ts';

/** An inventory for the verbs that need no playbook. */
export interface FoundInventory extends LoadedInventory {
	/** As a person would name the file from where they stand. */
	readonly shown: string;
	readonly config: Config;
}

/** The inventory of `-i`, else the one of hsctl.config.yaml here or in the nearest folder above. */
export async function loadInventory(
	{ inventory: given }: GlobalOptions,
	context: CliContext,
): Promise<Result<FoundInventory>> {
	if (given !== undefined) {
		const problem = problemOfGiven(given, context);
		if (problem !== undefined) return fail([problem]);
	}
	const place = await context.composition.findPlace(given ?? '.');
	if (place === undefined) return fail([absent(given ?? '.')]);
	const repository = await context.composition.openRepository(place);
	const { config, diagnostics } = loadConfig(repository);
	if (diagnostics.some(isError)) return fail(diagnostics);
	const path = given === undefined ? config.inventory : place.path;
	if (path === undefined) return fail([noInventory(repository, place.root, context)]);
	const loaded = loadInventoryFile(path, repository);
	if (!loaded.ok) return fail(loaded.error.map(problem => (isUnread(problem) ? namedIn(problem, given) : problem)));
	return ok({ ...loaded.value, shown: repository.display(path), config });
}

function problemOfGiven(given: string, { cwd }: CliContext): Diagnostic | undefined {
	const file = resolve(cwd, given);
	if (given === '' || !existsSync(file)) return absent(given);
	if (isPlaybookFile(file))
		return commandLineProblem('HS1111', `${given} is a playbook, not an inventory`, 'name a file with `groups`');
	return undefined;
}

const absent = (given: string): Diagnostic =>
	commandLineProblem('HS1001', `the inventory ${given} does not exist`, 'check the path');

const isUnread = ({ code, at }: Diagnostic): boolean => code === 'HS1001' && at === undefined;

/** A file that is not there is looked for where it is named. */
const namedIn = (problem: Diagnostic, given: string | undefined): Diagnostic =>
	given === undefined ? { ...problem, hint: `correct \`inventory\` in ${configPath}, or give -i FILE` } : problem;

function noInventory(repository: Repository, root: string, { cwd }: CliContext): Diagnostic {
	const names = repository.list(repoPath('')).map(({ name }) => name);
	const why = names.includes(configPath)
		? `${repository.display(configPath)} names none`
		: `there is no ${configPath} here or above`;
	const near = names.find(name => /^(inventory|hosts)\.ya?ml$/.test(name));
	const file = near === undefined ? undefined : relative(cwd, resolve(root, near));
	return commandLineProblem(
		'HS1810',
		`there is no inventory: no -i is given, and ${why}`,
		file === undefined
			? `give -i FILE, or write \`inventory: FILE\` into ${configPath}`
			: `give -i ${file}, or write \`inventory: ${near}\` into ${configPath}`,
	);
}

/** The hosts that `--limit` leaves, or that are named; all that are written down when nothing is said. */
export function hostsOf(text: string | undefined, flag: string, inventory: Inventory): Result<readonly Host[]> {
	if (text === undefined) return chooseHosts(undefined, inventory);
	const selection = parseSelection(text);
	return selection.ok
		? chooseHosts(selection.value, inventory)
		: fail([commandLineProblem('HS1204', `in ${flag}, ${selection.error}`, 'write names joined by `,` `&` and ` - `')]);
}

/** Who works on a host when no playbook says so. */
export const becomeOfHost = (host: Host, { become }: Config): Become => host.become ?? become ?? 'none';
