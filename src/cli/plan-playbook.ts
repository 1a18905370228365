import { type MadePlan, makePlan } from '../execution/make-plan.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { type ExitCode, exitCodes } from '../model/exit-code.ts';
import { humanDiagnostics } from '../outputs/diagnostics/human.ts';
import type { CliContext, GlobalOptions } from './context.ts';
import { type FoundPlaybook, findPlaybooks, loadFound, planRequest, type Request, readRequest } from './load.ts';
import { refuse } from './problem.ts';

/** A plan, or the exit code after its problems have been shown. */
export type Planned =
	| { readonly ok: true; readonly made: MadePlan; readonly found: FoundPlaybook; readonly request: Request }
	| { readonly ok: false; readonly code: ExitCode };

/** Hosts at once, unless `--parallel` says otherwise. */
export const defaultParallel = 50;

/** From words on the command line to plans: the same way for `plan`, `apply` and `rollback`. All playbooks are checked before any host is looked at. */
export async function planPlaybooks(
	words: readonly string[],
	options: GlobalOptions,
	purpose: 'do' | 'undo',
	context: CliContext,
): Promise<readonly Planned[]> {
	const found = await findPlaybooks(words, context);
	if (!found.ok) return [{ ok: false, code: refuse(found.error, context) }];
	const loaded = await Promise.all(found.value.map(one => loadOne(one, options, context)));
	const problems = loaded.flatMap(one => (one.ok ? [] : one.error));
	if (problems.length > 0) return [{ ok: false, code: refuse(problems, context) }];
	const planned: Planned[] = [];
	for (const [index, one] of loaded.entries()) {
		const place = found.value[index];
		if (one.ok && place !== undefined) planned.push(await planOne(place, one.value, { options, purpose }, context));
	}
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
			{ playbook, narrowing: request.narrowing, request: planRequest(found, options, request), purpose },
			{
				clock,
				random,
				connectorFor: await connectors(),
				signal: leaving.signal,
				parallel: options.parallel ?? defaultParallel,
			},
		);
		if (leaving.signal.aborted) return { ok: false, code: exitCodes.interrupted };
		if (made.ok) return { ok: true, made: made.value, found, request };
		if (made.error.kind === 'wrong') return { ok: false, code: refuse(made.error.diagnostics, context) };
		context.stderr.write(
			`hsctl: ${found.given}: ${request.narrowing.limit === undefined ? 'the selection' : '--limit'} leaves no host with a unit to do\n`,
		);
		return { ok: false, code: exitCodes.noHost };
	} finally {
		forget();
	}
}
