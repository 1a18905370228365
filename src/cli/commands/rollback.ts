import type { ExitCode } from '../../model/exit-code.ts';
import type { Plan, PlannedUnit } from '../../model/plan.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { planPlaybooks } from '../plan-playbook.ts';
import { commandLineProblem, refuse } from '../problem.ts';
import { type ApplyOptions, applyPlanned, optionsOfPlan } from './apply.ts';

export interface RollbackOptions extends ApplyOptions {
	readonly playbook?: string;
}

/** Takes back hotfixes by their undo scripts: a unit by its address, or the units that a run has done. */
export async function rollback(what: string, options: RollbackOptions, context: CliContext): Promise<ExitCode> {
	const wish = what.includes('.') ? unitOfLastRun(what, options, context) : unitsOfRun(what, options, context);
	const { file, targets, madeWith } = (await wish) ?? {};
	if (file === undefined || targets === undefined) {
		return refuse(
			[
				commandLineProblem(
					'HS1803',
					nothingAbout(what),
					'name the playbook: hsctl rollback UNIT --playbook FILE, or see `hsctl history`',
				),
			],
			context,
		);
	}
	if (targets.length === 0) {
		return refuse(
			[
				commandLineProblem(
					'HS1806',
					`run ${what} has changed nothing that could be undone`,
					`see \`hsctl show ${what}\``,
				),
			],
			context,
		);
	}
	const planned = await planPlaybooks([file], { ...madeWith, ...options, target: targets }, 'undo', context);
	const [one] = planned;
	if (one?.ok === true && !one.made.plan.hosts.some(host => host.units.some(isUndoable))) {
		const because = reasonsOf(one.made.plan, targets);
		return refuse(
			[
				commandLineProblem(
					'HS1806',
					`${what} cannot be undone: ${because === '' ? 'no host has it' : because}`,
					'write an undo script, or see `hsctl history`',
				),
			],
			context,
		);
	}
	return applyPlanned(planned, options, context);
}

/** Skipped is what has no undo script, and what no receipt says was done. */
const isUndoable = (unit: PlannedUnit): boolean => unit.decision.kind !== 'skip';

const nothingAbout = (what: string): string => {
	if (what === '') return 'an empty word is no unit and no run';
	return what === 'last' ? 'there is no run yet' : `the history has nothing about ${what}`;
};

/** Why nothing can be taken back, of what was asked for: a plan also holds what that needs. */
function reasonsOf({ hosts }: Plan, targets: readonly string[]): string {
	const units = hosts.flatMap(host => host.units).filter(({ address }) => targets.includes(address));
	const reasons = units.map(({ address, decision }) =>
		targets.length === 1 ? decision.because : `${address}: ${decision.because}`,
	);
	return [...new Set(reasons)].join('; ');
}

interface UndoWish {
	readonly file: string;
	readonly targets: readonly string[];
	/** Inventory, variables and hosts of the run that did it; what this command line says wins. */
	readonly madeWith: GlobalOptions;
}

const madeWith = (plan: Plan): GlobalOptions => {
	const { inventory, limit, set } = optionsOfPlan(plan);
	return {
		...(inventory === undefined ? {} : { inventory }),
		...(limit === undefined ? {} : { limit }),
		...(set === undefined ? {} : { set }),
	};
};

async function unitOfLastRun(
	unit: string,
	{ playbook }: RollbackOptions,
	{ composition }: CliContext,
): Promise<UndoWish | undefined> {
	if (playbook !== undefined) return { file: playbook, targets: [unit], madeWith: {} };
	const journal = await composition.readJournal();
	try {
		for (const { run } of journal.runs(200)) {
			const plan = journal.plan(run);
			if (plan.hosts.some(host => host.units.some(({ address }) => address === unit)))
				return { file: plan.request.playbook, targets: [unit], madeWith: madeWith(plan) };
		}
		return undefined;
	} finally {
		journal.close();
	}
}

async function unitsOfRun(
	prefix: string,
	{ playbook }: RollbackOptions,
	{ composition }: CliContext,
): Promise<UndoWish | undefined> {
	const journal = await composition.readJournal();
	try {
		const summary = prefix === '' ? undefined : journal.find(prefix);
		if (summary === undefined) return undefined;
		const changed = [...journal.events(summary.run)].flatMap(event =>
			event.type === 'unit_finished' && event.status === 'changed' && event.unit.startsWith('hotfix.')
				? [event.unit]
				: [],
		);
		const plan = journal.plan(summary.run);
		return { file: playbook ?? plan.request.playbook, targets: [...new Set(changed)], madeWith: madeWith(plan) };
	} finally {
		journal.close();
	}
}
