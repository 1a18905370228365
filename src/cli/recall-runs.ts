import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { openBus } from '../execution/bus.ts';
import { runStarted } from '../execution/execute.ts';
import { lookForRuns, type RememberedRun } from '../execution/look-for-runs.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Plan } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { CliContext, GlobalOptions } from './context.ts';
import { type HostOptions, hostsToAsk, loadPlaybookFile } from './hosts-to-ask.ts';
import { commandLineProblem } from './problem.ts';
import { takeOver } from './take-over.ts';

/** Asks the hosts which runs they remember whose ids begin with `prefix`, and writes those that the history lacks into it. */
export async function recallRuns(prefix: string, options: HostOptions, context: CliContext): Promise<Result<Recalled>> {
	const asked = await hostsToAsk(options, context);
	if (!asked.ok) return asked;
	const { composition, stderr } = context;
	const { runs, silent } = await lookForRuns(asked.value.hosts, prefix, {
		connectorFor: await composition.connectors(),
		random: composition.random,
		signal: new AbortController().signal,
		parallel: asked.value.parallel,
	});
	for (const { host, because } of silent) stderr.write(`hsctl: ${host} could not be asked: ${because}\n`);
	const placed = await Promise.all(runs.map(one => placeHere(one, context)));
	const problems = placed.flatMap(one => (one.ok ? [] : one.error));
	if (problems.length > 0) return fail(problems);
	return ok({
		runs: await keep(
			placed.flatMap(one => (one.ok ? [one.value] : [])),
			options,
			context,
		),
		silent: silent.length,
	});
}

export interface Recalled {
	/** New in the history, the oldest first. */
	readonly runs: readonly RememberedRun[];
	/** How many hosts could not be asked. */
	readonly silent: number;
}

/** The playbook of the run, as it lies in the repository here: it says where secrets come from, and what a `resume` plans. */
async function placeHere(one: RememberedRun, context: CliContext): Promise<Result<RememberedRun>> {
	const place = await context.composition.findPlace('.');
	const file = resolve(place?.root ?? context.cwd, one.plan.playbook.file);
	const plan = { ...one.plan, request: { ...one.plan.request, playbook: file } };
	const names = Object.keys(plan.secrets);
	if (names.length === 0) return ok({ ...one, plan });
	const loaded = existsSync(file) ? await loadPlaybookFile(file, { set: setOf(plan) }, context) : undefined;
	if (loaded === undefined || !loaded.ok) return fail(noPlaybook(one, loaded?.error ?? []));
	const { secrets } = loaded.value;
	const known = Object.fromEntries([...secrets].filter(([name]) => names.includes(name)));
	return ok({ ...one, plan: { ...plan, secrets: known } });
}

const setOf = ({ request }: Plan): readonly string[] =>
	Object.entries(request.set).map(([name, value]) => `${name}=${value}`);

const noPlaybook = ({ run, plan }: RememberedRun, problems: readonly Diagnostic[]): readonly Diagnostic[] => [
	commandLineProblem(
		'HS1812',
		`run ${run} has taken secrets, and the playbook that says where they are kept is not here: ${plan.playbook.file}`,
		'type it in the repository of that playbook: without it, secrets in what the hosts printed could not be hidden',
	),
	...problems,
];

/** What is over is read to its end at once. What still runs is left to whoever attaches. */
async function keep(
	runs: readonly RememberedRun[],
	options: GlobalOptions,
	context: CliContext,
): Promise<readonly RememberedRun[]> {
	if (runs.length === 0) return [];
	const { clock, openJournal, auditSink, controller, user } = context.composition;
	const journal = await openJournal();
	try {
		const fresh = runs.filter(({ run }) => journal.find(run) === undefined);
		for (const { run, plan, isRunning } of fresh) {
			journal.adopt(run, plan);
			const bus = openBus(run, [journal.sink(), await auditSink(run)], clock);
			await bus.emit(runStarted({ plan, controller, user }));
			await bus.close();
			const summary = journal.find(run);
			if (!isRunning && summary !== undefined)
				await takeOver(summary, { journal, options, openDisplays: async () => [] }, context);
		}
		return fresh;
	} finally {
		journal.close();
	}
}
