import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { decidePlan, type MadePlan } from '../../execution/make-plan.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { type ExitCode, exitCodes, highestOf } from '../../model/exit-code.ts';
import type { Answer, Plan } from '../../model/plan.ts';
import { planText } from '../../outputs/plan/human.ts';
import { findDrift } from '../../planning/drift.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import { ask } from '../ask.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { openReports, readReports } from '../displays.ts';
import type { RequestOptions } from '../load.ts';
import { type Planned, planPlaybooks } from '../plan-playbook.ts';
import { commandLineProblem, refuse } from '../problem.ts';
import { runPlan } from '../run-plan.ts';
import { isOwnFile, readSavedPlan } from '../saved-plan.ts';
import { withConfig } from '../with-config.ts';

export interface ApplyOptions extends GlobalOptions {
	readonly yes?: boolean;
	readonly diff?: boolean;
	/** The plan could be saved and applied later instead of being said yes to. */
	readonly canBeSaved?: boolean;
}

/** Plans, asks, and applies that very plan; or applies a saved one after checking that everything it rests on is still so. */
export async function apply(words: readonly string[], options: ApplyOptions, context: CliContext): Promise<ExitCode> {
	const [file] = words;
	const saved = words.length === 1 && file !== undefined ? savedPlanIn(file, context) : undefined;
	if (saved !== undefined && file !== undefined) return applySaved(file, saved, options, context);
	const planned = await planPlaybooks(words, options, 'do', context);
	return applyPlanned(planned, { ...options, canBeSaved: true }, context);
}

/** Shows the plans, gets a yes, and runs one after the other. */
export async function applyPlanned(
	planned: readonly Planned[],
	given: ApplyOptions,
	context: CliContext,
): Promise<ExitCode> {
	const failed = planned.find(one => !one.ok);
	if (failed !== undefined && !failed.ok) return failed.code;
	const ready = planned.filter(one => one.ok);
	const options = withConfig(ready[0]?.found, given);
	const wanted = readReports(options, context);
	if (!wanted.ok) return refuse(wanted.error, context);
	const made: MadePlan[] = [];
	for (const one of ready) {
		const settled = await settleQuestions(one, options, context);
		if (settled === undefined) return left(context);
		made.push(settled);
	}
	const agreed = await showAndAgree(made, options, context);
	if (agreed !== 'yes') return agreed;
	const reports = await openReports(wanted.value);
	const codes: ExitCode[] = [];
	for (const [index, one] of made.entries()) {
		const code = await runNext(one, index === 0 ? undefined : ready[index], reports, options, context);
		codes.push(code);
		if (code === exitCodes.interrupted || code === exitCodes.terminated) break;
	}
	return highestOf(codes);
}

/** A plan that is not the first was made before the work of those in front of it: it is made again, and asked about when it differs. */
async function runNext(
	shown: MadePlan,
	behindOthers: (Planned & { ok: true }) | undefined,
	reports: readonly EventSink[],
	options: ApplyOptions,
	context: CliContext,
): Promise<ExitCode> {
	if (behindOthers === undefined) return runPlan(shown, reports, options, context);
	const again = await behindOthers.again();
	if (!again.ok) return again.code;
	const now = await settleQuestions(again, options, context);
	if (now === undefined) return left(context);
	if (findDrift(shown.plan, now.plan).length > 0) {
		context.stderr.write(`hsctl: the plan of ${behindOthers.found.given} has changed by what was done before it\n`);
		const agreed = await showAndAgree([now], options, context);
		if (agreed !== 'yes') return agreed;
	}
	return runPlan(now, reports, options, context);
}

async function showAndAgree(
	made: readonly MadePlan[],
	options: ApplyOptions,
	context: CliContext,
): Promise<'yes' | ExitCode> {
	const plans = made.map(({ plan }) => plan);
	if (options.json !== true)
		for (const plan of plans) {
			const { verbose = false, diff = false } = options;
			const words = { verbose, diffs: diff, titled: plans.length > 1, isPrelude: true };
			context.stdout.write(planText(plan, context.stdout, words));
		}
	return agree(plans, options, context);
}

function savedPlanIn(word: string, { cwd }: CliContext): string | undefined {
	const path = resolve(cwd, word);
	if (!existsSync(path) || !statSync(path).isFile()) return undefined;
	const text = readFileSync(path, 'utf8');
	return isOwnFile(text) ? text : undefined;
}

/** A saved plan is made again and compared: what was decided from something that has changed is not done. */
async function applySaved(file: string, text: string, options: ApplyOptions, context: CliContext): Promise<ExitCode> {
	const saved = readSavedPlan(text);
	if (saved === undefined) {
		return refuse(
			[
				commandLineProblem(
					'HS1804',
					`${file} is no plan that this version can read`,
					'make it again with `hsctl plan PLAYBOOK -o FILE`',
				),
			],
			context,
		);
	}
	if (saved.savedFacts !== undefined) {
		context.stderr.write(
			`hsctl: refused: ${file} was made from saved facts, nobody has looked at the hosts, and nothing was changed\n  = help: make it again without --facts: \`hsctl plan PLAYBOOK -o FILE\`\n`,
		);
		return exitCodes.refused;
	}
	const narrowed = narrowingFlag(options);
	if (narrowed !== undefined) return refuse([notNarrowed(narrowed)], context);
	const [planned] = await planPlaybooks(
		[saved.request.playbook],
		{ ...options, ...optionsOfPlan(saved) },
		saved.purpose,
		context,
	);
	if (planned === undefined || !planned.ok) return planned?.code ?? exitCodes.invalid;
	const configured = withConfig(planned.found, options);
	const reports = readReports(configured, context);
	if (!reports.ok) return refuse(reports.error, context);
	const drifts = findDrift(saved, planned.made.plan);
	if (drifts.length > 0) {
		context.stderr.write('hsctl: refused: the plan is no longer true, and nothing was changed\n');
		for (const { host, unit, what } of drifts)
			context.stderr.write(`  ${host}${unit === undefined ? '' : ` ${unit}`}: ${what}\n`);
		context.stderr.write('hsctl: make the plan again with `hsctl plan`\n');
		return exitCodes.refused;
	}
	return runPlan(planned.made, await openReports(reports.value), configured, context);
}

/** A saved plan is done as it is or not at all: a flag that would make it another one is not passed over. */
function narrowingFlag({ inventory, limit, tags, target, set, answer }: GlobalOptions): string | undefined {
	const given: Readonly<Record<string, boolean>> = {
		'--inventory': inventory !== undefined,
		'--limit': limit !== undefined,
		'--tags': (tags ?? []).length > 0,
		'--target': (target ?? []).length > 0,
		'--set': (set ?? []).length > 0,
		'--answer': (answer ?? []).length > 0,
	};
	return Object.keys(given).find(flag => given[flag]);
}

const notNarrowed = (flag: string): Diagnostic =>
	commandLineProblem(
		'HS1801',
		`a saved plan is applied as it is, and ${flag} would make it another one`,
		'leave it out, or make the plan again with it: `hsctl plan PLAYBOOK -o FILE`',
	);

/** The options that a plan was made with, to make it again. */
export const optionsOfPlan = ({ request }: Plan): RequestOptions => ({
	...(request.inventory === undefined ? {} : { inventory: request.inventory }),
	...(request.limit === undefined ? {} : { limit: request.limit }),
	tags: request.tags,
	target: request.targets,
	set: Object.entries(request.set).map(([name, value]) => `${name}=${value}`),
	answer: Object.entries(request.answers).map(([unit, answer]) => `${unit}=${answer}`),
	...(request.ofRun === undefined ? {} : { ofRun: request.ofRun }),
});

/** Units whose earlier start has no known end are asked about where somebody can answer; elsewhere they stay unknown. Ctrl-C: `undefined`. */
async function settleQuestions(
	planned: Planned & { ok: true },
	options: ApplyOptions,
	{ terminal, composition }: CliContext,
): Promise<MadePlan | undefined> {
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
			if (answer === undefined) return undefined;
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
					options.canBeSaved === true
						? 'give --yes, or apply a saved plan: `hsctl plan PLAYBOOK -o FILE`, `hsctl apply FILE`'
						: 'give --yes',
				),
			],
			context,
		);
	}
	const answer = await ask(`Do this? Type yes: `, context.terminal);
	if (answer === undefined) return left(context);
	if (/^y(es)?$/i.test(answer)) return 'yes';
	context.stderr.write('Nothing was changed.\n');
	return exitCodes.success;
}

/** Whoever leaves at a question has changed nothing, and whoever started us should know that we were interrupted. */
function left({ stderr }: CliContext): ExitCode {
	stderr.write('Nothing was changed.\n');
	return exitCodes.interrupted;
}
