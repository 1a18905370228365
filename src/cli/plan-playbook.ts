import { type MadePlan, makePlan } from '../execution/make-plan.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { type ExitCode, exitCodes } from '../model/exit-code.ts';
import { humanDiagnostics } from '../outputs/diagnostics/human.ts';
import type { CliContext, GlobalOptions } from './context.ts';
import { type FoundPlaybook, findPlaybooks, loadFound, planRequest, type Request, readRequest } from './load.ts';
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

/** Hosts at once, unless `--parallel` says otherwise. */
export const defaultParallel = 50;

/** From words on the command line to plans: the same way for `plan`, `apply` and `rollback`. All playbooks are checked before any host is looked at. */
export async function planPlaybooks(
	words: readonly string[],
	given: GlobalOptions,
	purpose: 'do' | 'undo',
	context: CliContext,
): Promise<readonly Planned[]> {
	const found = await findPlaybooks(words, context);
	if (!found.ok) return [{ ok: false, code: refuse(found.error, context) }];
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
	if (problems.length > 0) return [{ ok: false, code: refuse(problems, context) }];
	tell(unknownTags(options.tags ?? [], sound), context);
	const planned: Planned[] = [];
	for (const one of sound) planned.push(await planOne(one.found, one, { options, purpose }, context));
	return planned;
}

type Wish = { readonly request: Request; readonly playbook: MadePlan['playbook'] };

async function loadOne(
	found: FoundPlaybook,
	options: GlobalOptions,
	context: CliContext,
): Promise<
	{ readonly ok: true; readonly value: Wish } | { readonly ok: false; readonly error: readonly Diagnostic[] }
> {
	const request = await readRequest(options, found.root, context);
	if (!request.ok) return request;
	const playbook = loadFound(found, request.value, context);
	if (!playbook.ok) return playbook;
	const { warnings } = playbook.value;
	if (warnings.length > 0 && options.quiet !== true)
		context.stderr.write(humanDiagnostics(warnings, [], context.stderr));
	return { ok: true, value: { request: request.value, playbook: playbook.value } };
}

async function planOne(
	found: FoundPlaybook,
	{ request, playbook }: Wish,
	{ options, purpose }: { readonly options: GlobalOptions; readonly purpose: 'do' | 'undo' },
	context: CliContext,
): Promise<Planned> {
	const { clock, random, connectors } = context.composition;
	const leaving = new AbortController();
	const forget = context.onSignal(() => leaving.abort());
	try {
		const made = await makePlan(
			{
				playbook,
				narrowing: request.narrowing,
				request: planRequest(found, options, request),
				purpose,
				allowEmpty: request.allowEmpty,
			},
			{
				clock,
				random,
				connectorFor: await connectors(),
				signal: leaving.signal,
				parallel: options.parallel ?? defaultParallel,
			},
		);
		if (leaving.signal.aborted) return { ok: false, code: exitCodes.interrupted };
		if (made.ok) {
			const again = () => planOne(found, { request, playbook }, { options, purpose }, context);
			return { ok: true, made: made.value, found, request, again };
		}
		if (made.error.kind === 'wrong') return { ok: false, code: refuse(made.error.diagnostics, context) };
		context.stderr.write(`hsctl: ${found.given}: the selection leaves no host with a unit to do\n`);
		return { ok: false, code: exitCodes.noHost };
	} finally {
		forget();
	}
}
