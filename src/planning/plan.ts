import type { HostName, UnitAddress } from '../model/brand.ts';
import type { Decision, Plan, PlanCounts, PlannedHost, PlanRequest } from '../model/plan.ts';
import type { Playbook } from '../model/playbook.ts';
import { type DecisionContext, decideUnit } from './decide.ts';
import { fingerprint } from './fingerprint.ts';
import type { HostObservation } from './observation.ts';
import { type DecisionsEverywhere, orderHost, type UnitWithNeeds } from './order.ts';
import type { HostQuestions } from './questions.ts';
import { planRestarts } from './restarts.ts';

export interface PlanInput {
	readonly playbook: Playbook;
	readonly questions: readonly HostQuestions[];
	readonly observed: ReadonlyMap<HostName, HostObservation>;
	readonly request: PlanRequest;
	readonly purpose: 'do' | 'undo';
	readonly now: Date;
}

/** The plan, as a list of passes over all hosts: decide each unit for itself, order and block, add restarts, count, fingerprint. */
export function planRun({ playbook, questions, observed, request, purpose, now }: PlanInput): Plan {
	const context: DecisionContext = { playbook: playbook.name, purpose, answers: request.answers };
	const decided = questions.map(host => decideHost(host, observed.get(host.host.name) ?? neverAsked, context));
	const everywhere = decisionsEverywhere(decided);
	const hosts = decided.map(host => finishHost(host, everywhere));
	return {
		format: 'hsctl/plan/v1',
		playbook: { name: playbook.name, file: playbook.file },
		purpose,
		createdAt: now.toISOString(),
		request,
		hosts,
		counts: count(hosts),
		fingerprint: fingerprint(hosts),
	};
}

const neverAsked: HostObservation = { reached: false, because: 'it was not asked' };

interface DecidedHost {
	readonly questions: HostQuestions;
	readonly observed: HostObservation;
	readonly units: readonly UnitWithNeeds[];
}

function decideHost(questions: HostQuestions, observed: HostObservation, context: DecisionContext): DecidedHost {
	if (!observed.reached) return { questions, observed, units: [] };
	const host = { facts: observed.facts, become: questions.become };
	const units = questions.units.flatMap((question, index): UnitWithNeeds[] => {
		const answers = observed.units[index];
		if (answers === undefined) return [];
		// What is undone is undone in the reverse of its needs; they must not block it.
		const needs = context.purpose === 'do' ? question.unit.needs : [];
		return [{ unit: decideUnit(question, answers, host, context), needs }];
	});
	return { questions, observed, units: context.purpose === 'do' ? units : units.toReversed() };
}

function decisionsEverywhere(hosts: readonly DecidedHost[]): DecisionsEverywhere {
	const everywhere = new Map<UnitAddress, Decision[]>();
	for (const { questions, observed, units } of hosts) {
		if (!observed.reached) {
			const because = `${questions.host.name} was not reached`;
			for (const { unit } of questions.units) note(everywhere, unit.address, { kind: 'fail', because });
		}
		for (const { unit } of units) note(everywhere, unit.address, unit.decision);
	}
	return everywhere;
}

function note(everywhere: Map<UnitAddress, Decision[]>, address: UnitAddress, decision: Decision): void {
	const decisions = everywhere.get(address);
	if (decisions === undefined) everywhere.set(address, [decision]);
	else decisions.push(decision);
}

function finishHost({ questions, observed, units }: DecidedHost, everywhere: DecisionsEverywhere): PlannedHost {
	const { name } = questions.host;
	if (!observed.reached) return { name, reached: false, because: observed.because, units: [] };
	const ordered = orderHost(units, everywhere);
	const restarts = planRestarts(ordered, observed.pendingRestarts, questions.become);
	return { name, reached: true, facts: observed.facts, units: [...ordered, ...restarts] };
}

function count(hosts: readonly PlannedHost[]): PlanCounts {
	const counts = { run: 0, skip: 0, done: 0, changed_since: 0, ask: 0, fail: 0, blocked: 0, refused: 0 };
	for (const host of hosts) for (const unit of host.units) counts[unit.decision.kind] += 1;
	return { ...counts, hosts: hosts.length, unreachable: hosts.filter(host => !host.reached).length };
}
