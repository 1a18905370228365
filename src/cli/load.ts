import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { configPath, loadConfig } from '../language/config.ts';
import { loadPlaybook } from '../language/playbook.ts';
import { readYaml } from '../language/read-yaml.ts';
import { parseSelection } from '../language/selection.ts';
import { type RepoPath, type RunId, repoPath } from '../model/brand.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Answer, PlanRequest } from '../model/plan.ts';
import type { Playbook } from '../model/playbook.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Narrowing, UnitsByHost } from '../planning/select.ts';
import type { Repository } from '../ports/repository.ts';
import type { CliContext, GlobalOptions } from './context.ts';
import { hintForMissing } from './nearest-file.ts';
import { commandLineProblem } from './problem.ts';
import { isPlaybookFile, isSavedPlan } from './what-file.ts';

/** A playbook file, found in its repository. */
export interface FoundPlaybook {
	/** As the person named it. */
	readonly given: string;
	readonly path: RepoPath;
	readonly repository: Repository;
	readonly root: string;
}

/** The playbooks that the words on the command line mean: files, and every playbook in a folder. */
export async function findPlaybooks(
	words: readonly string[],
	context: CliContext,
): Promise<Result<readonly FoundPlaybook[]>> {
	const found: FoundPlaybook[] = [];
	const problems: Diagnostic[] = [];
	for (const word of words) {
		if (word === '') {
			problems.push(
				commandLineProblem(
					'HS1801',
					'an empty word names no playbook',
					'see where it comes from: a variable that is not set?',
				),
			);
			continue;
		}
		const place = await context.composition.findPlace(word);
		if (place === undefined) {
			problems.push(commandLineProblem('HS1001', `${word} does not exist`, hintForMissing(word, context.cwd)));
			continue;
		}
		const file = resolve(context.cwd, word);
		if (isSavedPlan(file)) {
			problems.push(savedPlanHere(word));
			continue;
		}
		const repository = await context.composition.openRepository(place);
		const one = { repository, root: place.root };
		if (!statSync(file).isDirectory()) found.push({ ...one, given: word, path: place.path });
		else {
			const inside = playbooksIn(place.path, repository);
			if (inside.length === 0)
				problems.push(
					commandLineProblem(
						'HS1506',
						`the folder ${word} has no playbook in it`,
						'name a playbook, or let `hsctl init` write a first one',
					),
				);
			found.push(...inside.map(path => ({ ...one, given: repository.display(path), path })));
		}
	}
	return problems.length > 0 ? fail(problems) : ok(found);
}

const savedPlanHere = (word: string): Diagnostic =>
	commandLineProblem(
		'HS1808',
		`${word} is a saved plan, not a playbook`,
		`apply it by itself with \`hsctl apply ${word}\`, or look at it with \`hsctl show ${word}\``,
	);

/** YAML files with the key `hsctl`, in the folder and in the folders for playbooks; an inventory has groups and no units. */
function playbooksIn(folder: RepoPath, repository: Repository): readonly RepoPath[] {
	const at = (below: string) => repoPath(folder === '' ? below : `${folder}/${below}`);
	const entries = repository.list(folder);
	const own = entries
		.filter(entry => entry.kind === 'file' && /\.ya?ml$/.test(entry.name) && entry.name !== configPath)
		.map(entry => at(entry.name))
		.filter(path => looksLikePlaybook(path, repository));
	const below = folder === '' ? loadConfig(repository).config.playbooks : [at('playbooks')];
	const there = below.filter(path =>
		entries.some(entry => entry.kind === 'folder' && `${path}/`.startsWith(`${at(entry.name)}/`)),
	);
	return [...new Set([...own, ...there.flatMap(path => playbooksIn(path, repository))])];
}

function looksLikePlaybook(path: RepoPath, repository: Repository): boolean {
	const read = repository.readFile(path, 64 * 1024 * 1024);
	if (read.kind !== 'file') return true;
	const text = new TextDecoder().decode(read.bytes.subarray(0, 1024 * 1024));
	if (/^\uFEFF?["']?hsctl["']?\s*:/m.test(text)) return !/^groups\s*:/m.test(text);
	// What cannot be read, or holds nothing, was meant as a playbook where playbooks lie: better said than passed over.
	const parsed = readYaml(path, repository);
	if (!parsed.ok) return true;
	const { value } = parsed.value;
	return (
		value === null ||
		(typeof value === 'object' && ['hsctl', 'hotfixes', 'pools', 'modules'].some(key => Object.hasOwn(value, key)))
	);
}

/** What a command line asks of a playbook, checked. */
export interface Request {
	readonly narrowing: Narrowing;
	readonly set: ReadonlyMap<string, string>;
	readonly answers: Readonly<Record<string, Answer>>;
	readonly inventory?: RepoPath;
	readonly allowEmpty: boolean;
}

/** What is asked of a playbook: the words of a person, and what no flag can say. */
export interface RequestOptions extends GlobalOptions {
	/** Within limit, tags and targets, only these pairs of host and unit. */
	readonly unitsByHost?: UnitsByHost;
	/** For an undo: of what this run has changed. */
	readonly ofRun?: RunId;
}

/** Reads `--limit`, `--set`, `--answer` and their like. */
export async function readRequest(
	options: RequestOptions,
	root: string,
	context: CliContext,
): Promise<Result<Request>> {
	const limit = options.limit === undefined ? undefined : parseSelection(options.limit);
	const set = readPairs(options.set ?? [], 'HS1801', '--set', 'name=value');
	const answers = readPairs(options.answer ?? [], 'HS1801', '--answer', 'hotfix.name=retry');
	const inventory = await findInventory(options.inventory, root, context);
	const problems = [
		...(limit === undefined || limit.ok
			? []
			: [commandLineProblem('HS1204', `in --limit, ${limit.error}`, 'write names joined by `,` `&` and ` - `')]),
		...(set.ok ? [] : set.error),
		...(answers.ok ? [] : answers.error),
		...(inventory.ok ? [] : inventory.error),
	];
	if (problems.length > 0 || !set.ok || !answers.ok || !inventory.ok) return fail(problems);
	const checked = readAnswers(answers.value);
	if (!checked.ok) return checked;
	return ok({
		narrowing: {
			...(limit?.ok ? { limit: limit.value } : {}),
			tags: options.tags ?? [],
			targets: options.target ?? [],
			...(options.unitsByHost === undefined ? {} : { only: options.unitsByHost }),
		},
		set: set.value,
		answers: checked.value,
		...(inventory.value === undefined ? {} : { inventory: inventory.value }),
		allowEmpty: options.allowEmpty === true,
	});
}

function readPairs(
	words: readonly string[],
	code: 'HS1801',
	flag: string,
	example: string,
): Result<ReadonlyMap<string, string>> {
	const wrong = words.filter(word => !/^[A-Za-z0-9_][^=]*=/.test(word));
	const lack = (word: string) =>
		word.startsWith('=') ? 'no name' : word.includes('=') ? 'a name that cannot be one' : 'no value';
	if (wrong.length > 0)
		return fail(
			wrong.map(word => commandLineProblem(code, `${flag} ${word} has ${lack(word)}`, `write ${flag} ${example}`)),
		);
	return ok(new Map(words.map(word => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)])));
}

function readAnswers(pairs: ReadonlyMap<string, string>): Result<Readonly<Record<string, Answer>>> {
	const answers: Record<string, Answer> = {};
	const problems: Diagnostic[] = [];
	for (const [unit, word] of pairs) {
		if (word === 'retry' || word === 'done') answers[unit] = word;
		else
			problems.push(
				commandLineProblem(
					'HS1801',
					`--answer ${unit}=${word} is no answer`,
					'answers are `retry` (run it again) and `done` (record that it was done)',
				),
			);
	}
	return problems.length > 0 ? fail(problems) : ok(answers);
}

async function findInventory(
	given: string | undefined,
	root: string,
	context: CliContext,
): Promise<Result<RepoPath | undefined>> {
	if (given === undefined) return ok(undefined);
	if (!existsSync(resolve(context.cwd, given)))
		return fail([commandLineProblem('HS1001', `the inventory ${given} does not exist`, 'check the path')]);
	const place = await context.composition.findPlace(given);
	if (place !== undefined && isPlaybookFile(resolve(context.cwd, given))) {
		const cure = 'name a file with `groups`, or leave -i out: a playbook names its inventory itself';
		return fail([commandLineProblem('HS1111', `${given} is a playbook, not an inventory`, cure)]);
	}
	if (place === undefined || place.root !== root) {
		return fail([
			commandLineProblem(
				'HS1211',
				`the inventory ${given} is outside of the playbook's repository`,
				'use an inventory inside the repository',
			),
		]);
	}
	return ok(place.path);
}

/** A checked playbook with its warnings, or everything that is wrong with it. */
export function loadFound(found: FoundPlaybook, request: Request, context: CliContext): Result<Playbook> {
	const loaded = loadPlaybook(found.path, found.repository, {
		...(request.inventory === undefined ? {} : { inventory: request.inventory }),
		set: request.set,
		today: context.composition.clock.now(),
		allowEmpty: request.allowEmpty,
	});
	return loaded.playbook === undefined ? fail(loaded.diagnostics) : ok(loaded.playbook);
}

/** What has to be kept of a request to make the same plan again. */
export const planRequest = (found: FoundPlaybook, options: RequestOptions, request: Request): PlanRequest => ({
	playbook: `${found.root}/${found.path}`,
	...(options.inventory === undefined ? {} : { inventory: options.inventory }),
	...(options.limit === undefined ? {} : { limit: options.limit }),
	tags: request.narrowing.tags,
	targets: request.narrowing.targets,
	set: Object.fromEntries(request.set),
	answers: request.answers,
	...(options.ofRun === undefined ? {} : { ofRun: options.ofRun }),
});
