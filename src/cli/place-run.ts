import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { RememberedRun } from '../execution/look-for-runs.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Plan } from '../model/plan.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { CliContext } from './context.ts';
import { loadPlaybookFile } from './hosts-to-ask.ts';
import { commandLineProblem } from './problem.ts';

/** The playbook of the run, as it lies in the repository here: it says where secrets come from, and what a `resume` plans. */
export async function placeHere(one: RememberedRun, context: CliContext): Promise<Result<RememberedRun>> {
	const place = await context.composition.findPlace('.');
	const file = resolve(place?.root ?? context.cwd, one.plan.playbook.file);
	const plan = { ...one.plan, request: { ...one.plan.request, playbook: file } };
	const names = Object.keys(plan.secrets);
	if (names.length === 0) return ok({ ...one, plan });
	const loaded = existsSync(file) ? await loadPlaybookFile(file, { set: setOf(plan) }, context) : undefined;
	if (loaded === undefined || !loaded.ok) return fail(noPlaybook(one, loaded?.error ?? []));
	const { secrets } = loaded.value;
	const missing = names.filter(name => !secrets.has(name));
	if (missing.length > 0) return fail([forgotten(one, missing)]);
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

const forgotten = ({ run, plan }: RememberedRun, names: readonly string[]): Diagnostic =>
	commandLineProblem(
		'HS1812',
		`run ${run} has taken the secret ${names.map(name => `\`${name}\``).join(', ')}, and ${plan.playbook.file} does not know it any more`,
		'type it where the playbook is as it was then: without it, the secret in what the hosts printed could not be hidden',
	);
