import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import type { Plan } from '../../model/plan.ts';
import { planText } from '../../outputs/plan/human.ts';
import { planJson } from '../../outputs/plan/json.ts';
import { planMarkdown } from '../../outputs/plan/markdown.ts';
import { planExitCode } from '../../planning/plan-exit-code.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { planPlaybooks } from '../plan-playbook.ts';
import { commandLineProblem, refuse } from '../problem.ts';

export interface PlanOptions extends GlobalOptions {
	readonly out?: string;
	readonly detailedExitcode?: boolean;
	readonly markdown?: boolean;
}

/** Says what would happen on every host and why, and writes nothing there. */
export async function plan(playbooks: readonly string[], options: PlanOptions, context: CliContext): Promise<ExitCode> {
	if (options.out !== undefined && playbooks.length !== 1) {
		return refuse([commandLineProblem('HS1801', '-o saves the plan of one playbook', 'name one playbook')], context);
	}
	const planned = await planPlaybooks(playbooks, options, 'do', context);
	const codes: ExitCode[] = [];
	for (const one of planned) {
		if (!one.ok) codes.push(one.code);
		else {
			show(one.made.plan, options, context);
			codes.push(planExitCode(one.made.plan, options.detailedExitcode === true));
		}
	}
	return codes.reduce((highest, code) => (code > highest ? code : highest), exitCodes.success as ExitCode);
}

function show(made: Plan, options: PlanOptions, { stdout, stderr, cwd }: CliContext): void {
	if (options.out !== undefined) {
		writeFileSync(resolve(cwd, options.out), planJson(made), { mode: 0o600 });
		stderr.write(`Saved: apply this very plan with \`hsctl apply ${options.out}\`\n`);
	}
	if (options.json === true) stdout.write(planJson(made));
	else if (options.markdown === true) stdout.write(planMarkdown(made));
	else if (options.quiet !== true || options.out === undefined)
		stdout.write(planText(made, stdout, { verbose: options.verbose === true }));
}
