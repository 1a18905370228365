import type { NumberedEvent } from '../../model/event.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import type { UnitStatus } from '../../model/outcome.ts';
import type { Plan } from '../../model/plan.ts';
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
		if (left.hosts.length === 0) {
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
				limit: left.hosts.join(', '),
				target: left.units,
			},
			plan.purpose,
			context,
		);
		return applyPlanned(planned, options, context);
	});
};

/** Hosts and units whose last word is one of the wanted ones; a unit without a last word counts as unknown. */
function leftOver(
	plan: Plan,
	events: readonly NumberedEvent[],
	wanted: ReadonlySet<UnitStatus>,
): { readonly hosts: readonly string[]; readonly units: readonly string[] } {
	const ends = new Map<string, UnitStatus>(
		events.flatMap(event =>
			event.type === 'unit_finished' ? [[`${event.host} ${event.unit}`, event.status] as const] : [],
		),
	);
	const isLeft = (host: string, unit: string) => wanted.has(ends.get(`${host} ${unit}`) ?? 'unknown');
	const hosts = new Set<string>();
	const units = new Set<string>();
	for (const host of plan.hosts) {
		if (!host.reached && wanted.has('unreachable')) hosts.add(host.name);
		for (const { address, phase } of host.units) {
			if (phase === 'restarts' || !isLeft(host.name, address)) continue;
			hosts.add(host.name);
			units.add(address);
		}
	}
	return { hosts: [...hosts], units: [...units] };
}
