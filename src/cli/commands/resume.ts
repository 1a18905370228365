import type { HostName, UnitAddress } from '../../model/brand.ts';
import type { NumberedEvent } from '../../model/event.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import type { UnitStatus } from '../../model/outcome.ts';
import type { Plan } from '../../model/plan.ts';
import type { UnitsByHost } from '../../planning/select.ts';
import type { CliContext } from '../context.ts';
import type { HostOptions } from '../hosts-to-ask.ts';
import { planPlaybooks } from '../plan-playbook.ts';
import { commandLineProblem, refuse } from '../problem.ts';
import { withRun } from '../with-run.ts';
import { type ApplyOptions, applyPlanned, optionsOfPlan } from './apply.ts';

export interface ResumeOptions extends ApplyOptions, HostOptions {
	readonly only?: readonly string[];
}

/** What each word of `--only` stands for. */
const groups: Readonly<Record<string, readonly UnitStatus[]>> = {
	failed: ['failed', 'rolled_back', 'blocked', 'refused'],
	unreachable: ['unreachable'],
	unknown: ['unknown', 'rollback_failed'],
	not_started: ['not_started'],
};

/** Plans again what a run did not bring to a good end, and does it: receipts on the hosts keep the rest from running twice. */
export const resume = (what: string, options: ResumeOptions, context: CliContext): Promise<ExitCode> => {
	const words = options.only ?? Object.keys(groups);
	const wrong = words.find(word => !Object.hasOwn(groups, word));
	if (wrong !== undefined) {
		return Promise.resolve(
			refuse(
				[
					commandLineProblem(
						'HS1801',
						`--only ${wrong} is no group of outcomes`,
						`groups are ${Object.keys(groups).join(', ')}`,
					),
				],
				context,
			),
		);
	}
	return withRun(what, context, options, async ({ run }, journal) => {
		const wanted = new Set(words.flatMap(word => groups[word] ?? []));
		const plan = journal.plan(run);
		const left = leftOver(plan, [...journal.events(run)], wanted);
		if (left.size === 0) {
			context.stderr.write(`hsctl: run ${run} left nothing to go on with\n`);
			return exitCodes.success;
		}
		const before = optionsOfPlan(plan);
		// What a person says now is said behind what was said then, and wins.
		const planned = await planPlaybooks(
			[plan.request.playbook],
			{
				...options,
				...before,
				answer: [...(before.answer ?? []), ...(options.answer ?? [])],
				limit: [...left.keys()].join(', '),
				target: targetsOf(left, plan),
				unitsByHost: left,
			},
			plan.purpose,
			context,
		);
		return applyPlanned(planned, options, context);
	});
};

/** What each host is left with: units whose last word is one of the wanted ones; a unit without a last word counts as unknown. */
function leftOver(plan: Plan, events: readonly NumberedEvent[], wanted: ReadonlySet<UnitStatus>): UnitsByHost {
	const ends = new Map<string, UnitStatus>(
		events.flatMap(event =>
			event.type === 'unit_finished' ? [[`${event.host} ${event.unit}`, event.status] as const] : [],
		),
	);
	const isLeft = (host: string, unit: string) => wanted.has(ends.get(`${host} ${unit}`) ?? 'unknown');
	return new Map(
		plan.hosts.flatMap((host): readonly (readonly [HostName, ReadonlySet<UnitAddress> | 'all'])[] => {
			// Of a host that could not be looked at, nobody knows its units: it gets all that the run was asked for.
			if (!host.reached) return wanted.has('unreachable') ? [[host.name, 'all']] : [];
			const units = host.units.filter(({ address, phase }) => phase !== 'restarts' && isLeft(host.name, address));
			return units.length === 0 ? [] : [[host.name, new Set(units.map(({ address }) => address))]];
		}),
	);
}

/** What is left, for a plan that can be shown and gone on with; where a host is left with all, this has to choose all that it chose then. */
function targetsOf(left: UnitsByHost, { request }: Plan): readonly string[] {
	const units = new Set<string>();
	for (const wish of left.values()) {
		if (wish === 'all') return request.targets;
		for (const unit of wish) units.add(unit);
	}
	return [...units];
}
