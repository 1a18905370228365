import { nearest } from '../../language/suggest.ts';
import type { HostName, RunId, UnitAddress } from '../../model/brand.ts';
import type { NumberedEvent } from '../../model/event.ts';
import type { ExitCode } from '../../model/exit-code.ts';
import type { Plan, PlannedUnit } from '../../model/plan.ts';
import { matchesTarget, type UnitsByHost } from '../../planning/select.ts';
import type { Journal, RunSummary } from '../../ports/journal.ts';
import type { CliContext } from '../context.ts';
import type { RequestOptions } from '../load.ts';
import { planPlaybooks } from '../plan-playbook.ts';
import { commandLineProblem, refuse } from '../problem.ts';
import { withRun } from '../with-run.ts';
import { type ApplyOptions, applyPlanned, optionsOfPlan } from './apply.ts';

export interface RollbackOptions extends ApplyOptions {
	readonly playbook?: string;
}

/** Takes back what was done: a unit by its address (its latest change on each host), or all that one run has changed. */
export const rollback = (what: string, options: RollbackOptions, context: CliContext): Promise<ExitCode> =>
	what.includes('.') ? rollbackUnit(what, options, context) : rollbackRun(what, options, context);

async function rollbackUnit(unit: string, options: RollbackOptions, context: CliContext): Promise<ExitCode> {
	const { playbook } = options;
	if (playbook !== undefined) return undo({ what: unit, file: playbook, targets: [unit], with: {} }, options, context);
	const journal = await context.composition.readJournal();
	try {
		const plan = latestPlanWith(unit, journal);
		if (plan === undefined) return refuse([unknownUnit(unit, journal)], context);
		return await undo(
			{ what: unit, file: plan.request.playbook, targets: [unit], with: madeWith(plan) },
			options,
			context,
		);
	} finally {
		journal.close();
	}
}

/** How far back a unit is looked for. */
const latestRuns = 200;

/** The plan of the latest run that has changed the unit; else of the latest that had it at all. */
function latestPlanWith(unit: string, journal: Journal): Plan | undefined {
	let latest: Plan | undefined;
	for (const { run, purpose } of journal.runs(latestRuns)) {
		const plan = journal.plan(run);
		if (!addressesOf(plan).some(address => matchesTarget(unit, address))) continue;
		latest ??= plan;
		if (purpose === 'undo') continue;
		const changed = [...changedBy(journal.events(run)).values()].flatMap(units => [...units]);
		if (changed.some(address => matchesTarget(unit, address))) return plan;
	}
	return latest;
}

const addressesOf = ({ hosts }: Plan): readonly UnitAddress[] =>
	hosts.flatMap(({ units }) => units.map(({ address }) => address));

function unknownUnit(unit: string, journal: Journal) {
	const known = journal.runs(latestRuns).flatMap(({ run }) => addressesOf(journal.plan(run)));
	const near = nearest(unit, [...new Set(known)]);
	return commandLineProblem(
		'HS1803',
		`the history has nothing about ${unit}`,
		`${near === undefined ? '' : `did you mean \`${near}\`? Else `}name the playbook: hsctl rollback UNIT --playbook FILE, or see \`hsctl history\``,
	);
}

/** What takes back a run may come from another controller, so hosts are asked for a run that is not known here. */
async function rollbackRun(what: string, options: RollbackOptions, context: CliContext): Promise<ExitCode> {
	if (what !== '' && !/^[0-9a-hjkmnp-tv-z]{1,26}$/i.test(what) && what !== 'last')
		return refuse([neither(what)], context);
	return withRun(what, context, options, async (summary, journal) => {
		const { run } = summary;
		const changed = changedBy(journal.events(run));
		const problem = problemOfRun(summary, changed);
		if (problem !== undefined) return refuse([problem], context);
		const plan = journal.plan(run);
		const targets = [...new Set([...changed.values()].flatMap(units => [...units]))];
		const wish = { what: `run ${run}`, file: options.playbook ?? plan.request.playbook, targets, with: madeWith(plan) };
		return undo({ ...wish, ofRun: run, changed }, options, context);
	});
}

const neither = (word: string) =>
	commandLineProblem(
		'HS1803',
		`${word} is neither a unit nor a run`,
		'write a unit with its section, as in `pool.website`, or a run as `hsctl history` shows it',
	);

/** Each host with the units that have been changed there. */
function changedBy(events: Iterable<NumberedEvent>): ReadonlyMap<HostName, ReadonlySet<UnitAddress>> {
	const changed = new Map<HostName, Set<UnitAddress>>();
	for (const event of events) {
		if (!isEnd(event)) continue;
		const units = changed.get(event.host) ?? new Set();
		// The last word counts: `verify` may have taken the change back.
		if (event.status === 'changed') units.add(event.unit);
		else units.delete(event.unit);
		if (units.size > 0) changed.set(event.host, units);
		else changed.delete(event.host);
	}
	return changed;
}

const isEnd = (event: NumberedEvent): event is NumberedEvent & { readonly type: 'unit_finished' } =>
	event.type === 'unit_finished' && /^(hotfix|pool)\./.test(event.unit);

function problemOfRun({ run, purpose, finishedAt }: RunSummary, changed: UnitsByHost) {
	const say = (message: string, hint: string) => commandLineProblem('HS1806', message, hint);
	if (finishedAt === null)
		return say(`nobody has seen the end of run ${run} yet`, `watch it to its end first: \`hsctl attach ${run}\``);
	if (changed.size === 0)
		return say(`run ${run} has changed nothing that could be undone`, `see \`hsctl show ${run}\``);
	if (purpose === 'undo')
		return say(
			`run ${run} is a rollback, and that is not taken back itself`,
			'do it again instead: `hsctl apply PLAYBOOK`',
		);
	return undefined;
}

/** Inventory, variables and hosts of the run that did it; what this command line says wins. */
function madeWith(plan: Plan): RequestOptions {
	const { inventory, limit, set } = optionsOfPlan(plan);
	return {
		...(inventory === undefined ? {} : { inventory }),
		...(limit === undefined ? {} : { limit }),
		...(set === undefined ? {} : { set }),
	};
}

interface UndoWish {
	/** As the person named it. */
	readonly what: string;
	readonly file: string;
	readonly targets: readonly string[];
	readonly with: RequestOptions;
	readonly ofRun?: RunId;
	/** With `ofRun`: what it has changed where. */
	readonly changed?: UnitsByHost;
}

async function undo(
	{ what, file, targets, with: before, ofRun, changed }: UndoWish,
	options: RollbackOptions,
	context: CliContext,
): Promise<ExitCode> {
	const planned = await planPlaybooks(
		[file],
		{
			...before,
			...(changed === undefined ? {} : { limit: [...changed.keys()].join(', '), unitsByHost: changed }),
			...options,
			target: targets,
			...(ofRun === undefined ? {} : { ofRun }),
		},
		'undo',
		context,
	);
	const [one] = planned;
	const because = one?.ok === true ? nothingToUndo(one.made.plan) : undefined;
	if (because === undefined) return applyPlanned(planned, options, context);
	return refuse([commandLineProblem('HS1806', `${what} cannot be undone: ${because}`, cureFor(targets))], context);
}

/** Why no host has anything that could be taken back; `undefined` where some has, or could not be asked. */
function nothingToUndo({ hosts }: Plan): string | undefined {
	const units = hosts.flatMap(host => host.units).filter(isWork);
	if (hosts.some(({ reached }) => !reached) || units.some(({ decision }) => decision.kind !== 'skip')) return undefined;
	const isOne = new Set(units.map(({ address }) => address)).size === 1;
	const reasons = units.map(({ address, decision }) => (isOne ? decision.because : `${address}: ${decision.because}`));
	return reasons.length === 0 ? 'no host has it' : [...new Set(reasons)].join('; ');
}

/** A restart that is owed from before is no part of what is taken back. */
const isWork = ({ phase }: PlannedUnit): boolean => phase === 'hotfixes' || phase === 'pools';

const cureFor = (targets: readonly string[]): string =>
	targets.some(target => target.startsWith('hotfix.'))
		? 'write an undo script, or see `hsctl history`'
		: '`hsctl status` lists what can be undone on which host';
