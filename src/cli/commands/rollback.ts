import type { ExitCode } from '../../model/exit-code.ts';
import type { PlannedUnit } from '../../model/plan.ts';
import type { CliContext } from '../context.ts';
import { planPlaybooks } from '../plan-playbook.ts';
import { commandLineProblem, refuse } from '../problem.ts';
import { type ApplyOptions, applyPlanned } from './apply.ts';

export interface RollbackOptions extends ApplyOptions {
	readonly playbook?: string;
}

/** Takes back hotfixes by their undo scripts: a unit by its address, or the units that a run has done. */
export async function rollback(what: string, options: RollbackOptions, context: CliContext): Promise<ExitCode> {
	const wish = what.includes('.') ? unitOfLastRun(what, options, context) : unitsOfRun(what, options, context);
	const { file, targets } = (await wish) ?? {};
	if (file === undefined || targets === undefined) {
		return refuse(
			[
				commandLineProblem(
					'HS1803',
					`the history has nothing about ${what}`,
					'name the playbook: hsctl rollback UNIT --playbook FILE, or see `hsctl history`',
				),
			],
			context,
		);
	}
	if (targets.length === 0) {
		return refuse(
			[commandLineProblem('HS1806', `run ${what} has changed nothing that could be undone`, 'see `hsctl show RUN`')],
			context,
		);
	}
	const planned = await planPlaybooks([file], { ...options, target: targets }, 'undo', context);
	const [one] = planned;
	if (one?.ok === true && !one.made.plan.hosts.some(host => host.units.some(isUndoable))) {
		const because = one.made.plan.hosts.flatMap(host => host.units.map(unit => unit.decision.because))[0];
		return refuse(
			[
				commandLineProblem(
					'HS1806',
					`${what} cannot be undone: ${because ?? 'no host has it'}`,
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

interface UndoWish {
	readonly file: string;
	readonly targets: readonly string[];
}

async function unitOfLastRun(
	unit: string,
	{ playbook }: RollbackOptions,
	{ composition }: CliContext,
): Promise<UndoWish | undefined> {
	if (playbook !== undefined) return { file: playbook, targets: [unit] };
	const journal = await composition.openJournal();
	try {
		for (const { run } of journal.runs(200)) {
			const plan = journal.plan(run);
			if (plan.hosts.some(host => host.units.some(({ address }) => address === unit)))
				return { file: plan.request.playbook, targets: [unit] };
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
	const journal = await composition.openJournal();
	try {
		const summary = journal.find(prefix);
		if (summary === undefined) return undefined;
		const changed = [...journal.events(summary.run)].flatMap(event =>
			event.type === 'unit_finished' && event.status === 'changed' && event.unit.startsWith('hotfix.')
				? [event.unit]
				: [],
		);
		return { file: playbook ?? journal.plan(summary.run).request.playbook, targets: [...new Set(changed)] };
	} finally {
		journal.close();
	}
}
