import { type MadePlan, makePlan, type NoPlan, type PlanWish, questionsOf } from '../execution/make-plan.ts';
import { type ExitCode, exitCodes } from '../model/exit-code.ts';
import { fail, ok, type Result } from '../model/result.ts';
import { humanDiagnostics } from '../outputs/diagnostics/human.ts';
import type { HostQuestions } from '../planning/questions.ts';
import type { CliContext, GlobalOptions } from './context.ts';
import { readFactsFolder } from './facts-folder.ts';
import {
	type FoundPlaybook,
	findPlaybooks,
	loadFound,
	planRequest,
	type Request,
	type RequestOptions,
	readRequest,
} from './load.ts';
import { refuse, tell } from './problem.ts';
import { unknownAnswers, unknownTags } from './unknown-units.ts';
import { unknownVariables } from './unknown-variables.ts';
import { withConfig } from './with-config.ts';

/** A plan, or the exit code after its problems have been shown. */
export type Planned =
	| {
			readonly ok: true;
			readonly made: MadePlan;
			readonly found: FoundPlaybook;
			readonly request: Request;
			/** Looks at the hosts again. */
			again(): Promise<Planned>;
	  }
	| { readonly ok: false; readonly code: ExitCode };

/** Where saved facts stand for the hosts, none is opened. */
const nobody = (): never => {
	throw new Error('a host was opened although saved facts stand for it');
};

/** Hosts at once, unless `--parallel` says otherwise. */
export const defaultParallel = 50;

/** From words on the command line to plans: the same way for `plan`, `apply` and `rollback`. All playbooks are checked before any host is looked at. */
export async function planPlaybooks(
	words: readonly string[],
	given: RequestOptions,
	purpose: 'do' | 'undo',
	context: CliContext,
): Promise<readonly Planned[]> {
	const loaded = await loadPlaybooks(words, given, context);
	if (!loaded.ok) return [{ ok: false, code: loaded.error }];
	const { options, sound } = loaded.value;
	const planned: Planned[] = [];
	for (const one of sound) planned.push(await planOne(one.found, one, { options, purpose }, context));
	return planned;
}

/** What the hosts of playbooks have to be asked before these can be planned; or the exit code after the problems have been shown. */
export async function askPlaybooks(
	words: readonly string[],
	given: GlobalOptions,
	context: CliContext,
): Promise<Result<{ readonly questions: readonly HostQuestions[]; readonly parallel: number }, ExitCode>> {
	const loaded = await loadPlaybooks(words, given, context);
	if (!loaded.ok) return loaded;
	const { options, sound } = loaded.value;
	const questions: HostQuestions[] = [];
	for (const { found, request, playbook } of sound) {
		const asked = questionsOf({ ...wishOf(found, { request, playbook }, options), purpose: 'do' });
		if (!asked.ok) return fail(tellNoPlan(asked.error, found, context));
		questions.push(...asked.value);
	}
	return ok({ questions, parallel: options.parallel ?? defaultParallel });
}

interface Loaded {
	/** With what the repository of the first playbook says. */
	readonly options: RequestOptions;
	readonly sound: readonly (Wish & { readonly found: FoundPlaybook })[];
}

async function loadPlaybooks(
	words: readonly string[],
	given: RequestOptions,
	context: CliContext,
): Promise<Result<Loaded, ExitCode>> {
	const found = await findPlaybooks(words, context);
	if (!found.ok) return fail(refuse(found.error, context));
	const options = withConfig(found.value[0], given);
	const loaded = await Promise.all(found.value.map(one => loadOne(one, options, context)));
	const sound = loaded.flatMap((one, index) => {
		const place = found.value[index];
		return one.ok && place !== undefined ? [{ ...one.value, found: place }] : [];
	});
	const setNames = sound[0] === undefined ? [] : [...sound[0].request.set.keys()];
	const problems = [
		...loaded.flatMap(one => (one.ok ? [] : one.error)),
		...unknownVariables(setNames, sound),
		// Of a playbook with problems nobody knows the units.
		...(sound.length === loaded.length ? unknownAnswers(sound) : []),
	];
	if (problems.length > 0) return fail(refuse(problems, context));
	tell(unknownTags(options.tags ?? [], sound), context);
	return ok({ options, sound });
}

type Wish = { readonly request: Request; readonly playbook: MadePlan['playbook'] };

async function loadOne(found: FoundPlaybook, options: RequestOptions, context: CliContext): Promise<Result<Wish>> {
	const request = await readRequest(options, found.root, context);
	if (!request.ok) return request;
	const playbook = loadFound(found, request.value, context);
	if (!playbook.ok) return playbook;
	const { warnings } = playbook.value;
	if (warnings.length > 0 && options.quiet !== true)
		context.stderr.write(humanDiagnostics(warnings, [], context.stderr));
	return ok({ request: request.value, playbook: playbook.value });
}

async function planOne(
	found: FoundPlaybook,
	{ request, playbook }: Wish,
	{ options, purpose }: { readonly options: RequestOptions; readonly purpose: 'do' | 'undo' },
	context: CliContext,
): Promise<Planned> {
	const { clock, random, connectors, findHistoryProblem, readJournal } = context.composition;
	const savedFacts =
		options.facts === undefined ? undefined : readFactsFolder(options.facts, playbook.inventory, context);
	if (savedFacts?.ok === false) return { ok: false, code: refuse(savedFacts.error, context) };
	const leaving = new AbortController();
	const forget = context.onSignal(() => leaving.abort());
	try {
		const made = await makePlan(
			{
				...wishOf(found, { request, playbook }, options),
				purpose,
				...(savedFacts === undefined ? {} : { savedFacts: savedFacts.value }),
			},
			{
				clock,
				random,
				connectorFor: savedFacts === undefined ? await connectors() : nobody,
				signal: leaving.signal,
				parallel: options.parallel ?? defaultParallel,
				openHistory: async () => ((await findHistoryProblem('read')) === undefined ? await readJournal() : undefined),
			},
		);
		if (leaving.signal.aborted) return { ok: false, code: exitCodes.interrupted };
		if (made.ok) {
			const again = () => planOne(found, { request, playbook }, { options, purpose }, context);
			return { ok: true, made: made.value, found, request, again };
		}
		return { ok: false, code: tellNoPlan(made.error, found, context) };
	} finally {
		forget();
	}
}

const wishOf = (
	found: FoundPlaybook,
	{ request, playbook }: Wish,
	options: RequestOptions,
): Omit<PlanWish, 'purpose'> => ({
	playbook,
	narrowing: request.narrowing,
	request: planRequest(found, options, request),
	allowEmpty: request.allowEmpty,
});

function tellNoPlan(why: NoPlan, { given }: FoundPlaybook, context: CliContext): ExitCode {
	if (why.kind === 'wrong') return refuse(why.diagnostics, context);
	context.stderr.write(`hsctl: ${given}: the selection leaves no host with a unit to do\n`);
	return exitCodes.noHost;
}
