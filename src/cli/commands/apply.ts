import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { decidePlan, type MadePlan } from '../../execution/make-plan.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import type { Answer, Plan } from '../../model/plan.ts';
import { planText } from '../../outputs/plan/human.ts';
import { findDrift } from '../../planning/drift.ts';
import { ask } from '../ask.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { readReports } from '../displays.ts';
import { type Planned, planPlaybooks } from '../plan-playbook.ts';
import { commandLineProblem, refuse } from '../problem.ts';
import { runPlan } from '../run-plan.ts';
import { readSavedPlan } from '../saved-plan.ts';

export interface ApplyOptions extends GlobalOptions {
	readonly yes?: boolean;
}

/** Plans, asks, and applies that very plan; or applies a saved one after checking that everything it rests on is still so. */
export async function apply(words: readonly string[], options: ApplyOptions, context: CliContext): Promise<ExitCode> {
	const reports = readReports(options);
	if (!reports.ok) return refuse(reports.error, context);
	const [file] = words;
	const saved = words.length === 1 && file !== undefined ? savedPlanIn(file, context) : undefined;
	if (saved !== undefined) return applySaved(saved, options, context);
	const planned = await planPlaybooks(words, options, 'do', context);
	return applyPlanned(planned, options, context);
}

/** Shows the plans, gets a yes, and runs one after the other. */
export async function applyPlanned(
	planned: readonly Planned[],
	options: ApplyOptions,
	context: CliContext,
): Promise<ExitCode> {
	const failed = planned.find(one => !one.ok);
	if (failed !== undefined && !failed.ok) return failed.code;
	const made: MadePlan[] = [];
	for (const one of planned) if (one.ok) made.push(await settleQuestions(one, options, context));
	if (options.json !== true)
		for (const { plan } of made)
			context.stdout.write(planText(plan, context.stdout, { verbose: options.verbose === true }));
	const agreed = await agree(
		made.map(({ plan }) => plan),
		options,
		context,
	);
	if (agreed !== 'yes') return agreed;
	const codes: ExitCode[] = [];
	for (const one of made) {
		const code = await runPlan(one, options, context);
		codes.push(code);
		if (code === exitCodes.interrupted || code === exitCodes.terminated) break;
	}
	return codes.reduce((highest, code) => (code > highest ? code : highest), exitCodes.success as ExitCode);
}

function savedPlanIn(word: string, { cwd }: CliContext): string | undefined {
	const path = resolve(cwd, word);
	if (!existsSync(path) || !statSync(path).isFile()) return undefined;
	const text = readFileSync(path, 'utf8');
	return text.trimStart().startsWith('{') ? text : undefined;
}

/** A saved plan is made again and compared: what was decided from something that has changed is not done. */
async function applySaved(text: string, options: ApplyOptions, context: CliContext): Promise<ExitCode> {
	const saved = readSavedPlan(text);
	if (saved === undefined) {
		return refuse(
			[
				commandLineProblem(
					'HS1804',
					'the file is no plan that this version can read',
					'make it again with `hsctl plan PLAYBOOK -o FILE`',
				),
			],
			context,
		);
	}
	const [planned] = await planPlaybooks(
		[saved.request.playbook],
		{ ...options, ...optionsOfPlan(saved) },
		saved.purpose,
		context,
	);
	if (planned === undefined || !planned.ok) return planned?.code ?? exitCodes.invalid;
	const drifts = findDrift(saved, planned.made.plan);
	if (drifts.length > 0) {
		context.stderr.write('hsctl: refused: the plan is no longer true, and nothing was changed\n');
		for (const { host, unit, what } of drifts)
			context.stderr.write(`  ${host}${unit === undefined ? '' : ` ${unit}`}: ${what}\n`);
		context.stderr.write('hsctl: make the plan again with `hsctl plan`\n');
		return exitCodes.refused;
	}
	return runPlan(planned.made, options, context);
}

/** The options that a plan was made with, to make it again. */
export const optionsOfPlan = ({ request }: Plan): GlobalOptions => ({
	...(request.inventory === undefined ? {} : { inventory: request.inventory }),
	...(request.limit === undefined ? {} : { limit: request.limit }),
	tags: request.tags,
	target: request.targets,
	set: Object.entries(request.set).map(([name, value]) => `${name}=${value}`),
	answer: Object.entries(request.answers).map(([unit, answer]) => `${unit}=${answer}`),
});

/** Units whose earlier start has no known end are asked about where somebody can answer; elsewhere they stay unknown. */
async function settleQuestions(
	planned: Planned & { ok: true },
	options: ApplyOptions,
	{ terminal, composition }: CliContext,
): Promise<MadePlan> {
	const { made } = planned;
	if (!terminal.canAsk || options.json === true || options.yes === true) return made;
	const answers: Record<string, Answer> = { ...made.plan.request.answers };
	for (const host of made.plan.hosts) {
		for (const unit of host.units) {
			if (unit.decision.kind !== 'ask') continue;
			const answer = await ask(
				`${host.name} ${unit.address}: ${unit.decision.because}\n  run it again (r), record that it was done (d), or leave it (Enter)? `,
				terminal,
			);
			if (answer === 'r') answers[unit.address] = 'retry';
			if (answer === 'd') answers[unit.address] = 'done';
		}
	}
	const request = { ...made.plan.request, answers };
	return decidePlan(
		{ ...made, narrowing: planned.request.narrowing, request, purpose: made.plan.purpose },
		composition.clock,
	);
}

async function agree(plans: readonly Plan[], options: ApplyOptions, context: CliContext): Promise<'yes' | ExitCode> {
	const toRun = plans.reduce((sum, { counts }) => sum + counts.run, 0);
	if (toRun === 0 || options.yes === true) return 'yes';
	if (!context.terminal.canAsk || options.json === true) {
		return refuse(
			[
				commandLineProblem(
					'HS1802',
					'nobody is there to say yes to this plan',
					'give --yes, or apply a saved plan: `hsctl plan PLAYBOOK -o FILE`, `hsctl apply FILE`',
				),
			],
			context,
		);
	}
	const answer = await ask(`Do this? Type yes: `, context.terminal);
	if (/^y(es)?$/i.test(answer)) return 'yes';
	context.stderr.write('Nothing was changed.\n');
	return exitCodes.success;
}
