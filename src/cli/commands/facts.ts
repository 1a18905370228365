import { mkdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { takeFacts } from '../../execution/take-facts.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import type { SavedHost } from '../../model/saved-facts.ts';
import { factsText } from '../../outputs/facts/human.ts';
import { factsJson } from '../../outputs/facts/json.ts';
import { count } from '../../outputs/text/count.ts';
import { visibleLine } from '../../outputs/visible.ts';
import { ambiguousHost, factsWishes, namedFacts } from '../../planning/facts-wish.ts';
import type { HostQuestions } from '../../planning/questions.ts';
import { connectionProblems } from '../../planning/select.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { factsFile } from '../facts-folder.ts';
import { becomeOfHost, hostsOf, loadInventory } from '../load-inventory.ts';
import { askPlaybooks, defaultParallel } from '../plan-playbook.ts';
import { commandLineProblem, refuse, tell } from '../problem.ts';
import { cannotWrite, writePrivate } from '../write-out.ts';

export interface FactsOptions extends GlobalOptions {
	readonly save?: string;
}

/** Asks every host for its facts once, shows them, and keeps them: with playbooks, all that a plan of those would ask. */
export async function facts(
	playbooks: readonly string[],
	options: FactsOptions,
	context: CliContext,
): Promise<ExitCode> {
	const folder = options.save === undefined ? undefined : resolve(context.cwd, options.save);
	// Before hosts are asked: what they tell must not be lost by a folder that cannot be.
	const unwritable = folder === undefined ? undefined : makeFolder(folder, options.save ?? '');
	if (unwritable !== undefined) return refuse([unwritable], context);
	const asked =
		playbooks.length === 0 ? await askInventory(options, context) : await askPlaybooks(playbooks, options, context);
	if (!asked.ok) return asked.error;
	const { questions, parallel } = asked.value;
	const ambiguous = ambiguousHost(questions);
	if (ambiguous !== undefined) {
		const cure = 'take the facts of each playbook by itself, into folders of their own';
		return refuse(
			[commandLineProblem('HS1801', `the playbooks have different hosts that are called \`${ambiguous}\``, cure)],
			context,
		);
	}
	const hosts = await take(questions, parallel, context);
	if (hosts === undefined) return exitCodes.interrupted;
	const unsaved = folder === undefined ? [] : save(hosts, folder, options, context);
	show(hosts, options, context);
	if (unsaved.length > 0) return refuse(unsaved, context);
	return hosts.every(({ reached }) => reached) ? exitCodes.success : exitCodes.unreachable;
}

/** Nothing of playbooks counts where there is none, so such flags are not passed over. */
function playbookFlag({ set, tags, allowEmpty }: GlobalOptions): string | undefined {
	const given: Readonly<Record<string, boolean>> = {
		'--set': (set ?? []).length > 0,
		'--tags': (tags ?? []).length > 0,
		'--allow-empty': allowEmpty === true,
	};
	return Object.keys(given).find(flag => given[flag]);
}

interface Asked {
	readonly questions: readonly HostQuestions[];
	readonly parallel: number;
}

async function askInventory(options: FactsOptions, context: CliContext): Promise<Result<Asked, ExitCode>> {
	const flag = playbookFlag(options);
	if (flag !== undefined) {
		const problem = commandLineProblem(
			'HS1801',
			`${flag} speaks of a playbook, and none is named`,
			'name one, or leave it out',
		);
		return fail(refuse([problem], context));
	}
	const loaded = await loadInventory(options, context);
	if (!loaded.ok) return fail(refuse(loaded.error, context));
	if (options.quiet !== true) tell(loaded.value.warnings, context);
	const hosts = hostsOf(options.limit, '--limit', loaded.value.inventory);
	if (!hosts.ok) return fail(refuse(hosts.error, context));
	const problems = connectionProblems(hosts.value);
	if (problems.length > 0) return fail(refuse(problems, context));
	const { config, shown } = loaded.value;
	if (hosts.value.length === 0) {
		context.stderr.write(
			`hsctl: ${options.limit === undefined ? '' : `--limit ${options.limit} leaves `}no host of ${shown}\n`,
		);
		return fail(exitCodes.noHost);
	}
	return ok({
		questions: hosts.value.map(host => ({ host, become: becomeOfHost(host, config), units: [] })),
		parallel: options.parallel ?? config.parallel ?? defaultParallel,
	});
}

async function take(
	questions: readonly HostQuestions[],
	parallel: number,
	context: CliContext,
): Promise<readonly SavedHost[] | undefined> {
	const { clock, random, connectors } = context.composition;
	const leaving = new AbortController();
	const forget = context.onSignal(() => leaving.abort());
	try {
		const connectorFor = await connectors();
		const asking = { clock, random, connectorFor, signal: leaving.signal, parallel };
		const hosts = await takeFacts(factsWishes(questions), asking);
		return leaving.signal.aborted ? undefined : hosts;
	} finally {
		forget();
	}
}

function makeFolder(folder: string, shown: string): Diagnostic | undefined {
	try {
		mkdirSync(folder, { recursive: true });
		return statSync(folder).isDirectory() ? undefined : notFolder(shown);
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? error.code : undefined;
		return code === 'EEXIST' ? notFolder(shown) : cannotWrite(shown, error);
	}
}

const notFolder = (shown: string): Diagnostic =>
	commandLineProblem('HS1017', `${shown} is a file, and facts are saved in a folder`, 'name another place');

/** What could not be saved. The old facts of a host that was not reached stay as they are. */
function save(
	hosts: readonly SavedHost[],
	folder: string,
	options: FactsOptions,
	{ stderr }: CliContext,
): readonly Diagnostic[] {
	const problems: Diagnostic[] = [];
	for (const host of hosts) {
		if (!host.reached) {
			stderr.write(`hsctl: nothing was saved of ${host.name}: ${visibleLine(host.because)}\n`);
			continue;
		}
		const problem = writePrivate(factsFile(folder, host.name), factsJson([host]));
		if (problem !== undefined) problems.push(problem);
	}
	const saved = hosts.filter(({ reached }) => reached).length - problems.length;
	if (options.quiet !== true) stderr.write(`Saved the facts of ${count(saved, 'host')} in ${options.save}\n`);
	return problems;
}

function show(hosts: readonly SavedHost[], options: FactsOptions, { stdout }: CliContext): void {
	if (options.json === true) stdout.write(factsJson(hosts));
	else if (options.quiet !== true || options.save === undefined)
		stdout.write(
			factsText(
				hosts.map(host => ({ host, named: namesOf(host) })),
				stdout,
			),
		);
}

const namesOf = (host: SavedHost): ReturnType<typeof namedFacts> => {
	const [seen] = host.reached ? host.seen : [];
	return seen === undefined ? [] : namedFacts(seen);
};
