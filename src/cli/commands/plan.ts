import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { type ExitCode, highestOf } from '../../model/exit-code.ts';
import type { Plan } from '../../model/plan.ts';
import { planText } from '../../outputs/plan/human.ts';
import { planJson, plansJson } from '../../outputs/plan/json.ts';
import { planMarkdown } from '../../outputs/plan/markdown.ts';
import { planExitCode } from '../../planning/plan-exit-code.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { planPlaybooks } from '../plan-playbook.ts';
import { commandLineProblem, refuse } from '../problem.ts';
import { cannotWrite, findNoPlace } from '../write-out.ts';

export interface PlanOptions extends GlobalOptions {
	readonly out?: string;
	readonly detailedExitcode?: boolean;
	readonly markdown?: boolean;
	readonly diff?: boolean;
}

/** Says what would happen on every host and why, and writes nothing there. */
export async function plan(playbooks: readonly string[], options: PlanOptions, context: CliContext): Promise<ExitCode> {
	if (options.out !== undefined && playbooks.length !== 1) {
		return refuse([notOne], context);
	}
	// Before hosts are looked at: a plan of a thousand hosts must not be lost by a misspelt folder.
	const unwritable = options.out === undefined ? undefined : findNoPlace(resolve(context.cwd, options.out));
	if (unwritable !== undefined) return refuse([unwritable], context);
	const planned = await planPlaybooks(playbooks, options, 'do', context);
	if (options.out !== undefined && planned.length > 1) return refuse([notOne], context);
	const plans = planned.flatMap(one => (one.ok ? [one.made.plan] : []));
	const unsaved = plans.length > 0 ? show(plans, options, context) : undefined;
	if (unsaved !== undefined) return refuse([unsaved], context);
	const codes = planned.map(one =>
		one.ok ? planExitCode(one.made.plan, options.detailedExitcode === true) : one.code,
	);
	return highestOf(codes);
}

const notOne = commandLineProblem('HS1801', '-o saves the plan of one playbook', 'name one playbook');

function show(
	plans: readonly Plan[],
	options: PlanOptions,
	{ stdout, stderr, cwd }: CliContext,
): Diagnostic | undefined {
	const [only] = plans;
	if (options.out !== undefined && only !== undefined) {
		try {
			writeFileSync(resolve(cwd, options.out), planJson(only), { mode: 0o600 });
		} catch (error) {
			return cannotWrite(options.out, error);
		}
		stderr.write(
			only.savedFacts === undefined
				? `Saved: apply this very plan with \`hsctl apply ${options.out}\`\n`
				: `Saved, to be shown with \`hsctl show ${options.out}\`: no host was looked at, so it is not applied\n`,
		);
	}
	if (options.json === true) stdout.write(plansJson(plans));
	else if (options.markdown === true) for (const made of plans) stdout.write(planMarkdown(made));
	else if (options.quiet !== true || options.out === undefined)
		for (const made of plans) {
			const words = { verbose: options.verbose === true, diffs: options.diff === true, titled: plans.length > 1 };
			stdout.write(planText(made, stdout, words));
		}
	return undefined;
}
