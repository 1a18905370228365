import type { HostName } from '../model/brand.ts';
import type { Host, HostPlace } from '../model/inventory.ts';
import type { Plan, PlanCounts, PlannedHost, PlannedUnit, PlanRequest, SavedFactsUsed } from '../model/plan.ts';
import type { Playbook } from '../model/playbook.ts';
import { secretNames } from '../model/secret.ts';
import type { WorkUnit } from '../model/unit.ts';
import { type DecisionContext, decideUnit } from './decide.ts';
import { fingerprint } from './fingerprint.ts';
import { hostWarnings } from './host-warnings.ts';
import { type NeedsOf, needersAmong } from './needers.ts';
import type { HostObservation } from './observation.ts';
import type { UnitWithNeeds } from './order.ts';
import { type DecidedHost, orderHosts } from './order-hosts.ts';
import type { HostQuestions } from './questions.ts';
import { planRestarts } from './restarts.ts';
import { refuseSharedFiles } from './shared-files.ts';
import { planVerify } from './verify.ts';

export interface PlanInput {
	readonly playbook: Playbook;
	readonly questions: readonly HostQuestions[];
	readonly observed: ReadonlyMap<HostName, HostObservation>;
	readonly request: PlanRequest;
	readonly purpose: 'do' | 'undo';
	readonly now: Date;
	readonly savedFacts?: SavedFactsUsed;
}

/** The plan, as a list of passes over all hosts: decide each unit for itself, order and block, add restarts, count, fingerprint. */
export function planRun({ playbook, questions, observed, request, purpose, now, savedFacts }: PlanInput): Plan {
	const { answers, ofRun } = request;
	const context: Deciding = {
		playbook: playbook.name,
		purpose,
		answers,
		...(ofRun === undefined ? {} : { ofRun }),
		needsOf: purpose === 'do' ? unit => unit.needs : needersAmong(unitsOf(questions)),
	};
	const decided = questions.map(host => decideHost(host, observed.get(host.host.name) ?? neverAsked, context));
	const ordered = orderHosts(decided, purpose);
	const hosts = decided.map((host, index) => finishHost(host, ordered[index] ?? []));
	return {
		format: 'hsctl/plan/v1',
		playbook: { name: playbook.name, file: playbook.file },
		purpose,
		createdAt: now.toISOString(),
		request,
		secrets: secretsOf(hosts, playbook),
		hosts,
		counts: count(hosts),
		fingerprint: fingerprint(hosts),
		...(savedFacts === undefined ? {} : { savedFacts }),
	};
}

/** Of the secrets, the ones that some job takes. */
function secretsOf(hosts: readonly PlannedHost[], { secrets }: Playbook): Plan['secrets'] {
	if (secrets.size === 0) return {};
	const taken = new Set(hosts.flatMap(({ units }) => units.flatMap(({ job }) => secretNames(job?.stdin))));
	return Object.fromEntries([...secrets].filter(([name]) => taken.has(name)));
}

const neverAsked: HostObservation = { reached: false, because: 'it was not asked' };

interface Deciding extends DecisionContext {
	readonly needsOf: NeedsOf;
}

const unitsOf = (questions: readonly HostQuestions[]): readonly WorkUnit[] =>
	questions.flatMap(({ units }) => units.map(({ unit }) => unit));

function decideHost(questions: HostQuestions, observed: HostObservation, context: Deciding): DecidedHost {
	if (!observed.reached) return { questions, observed, units: [] };
	const host = { facts: observed.facts, become: questions.become };
	const decided = questions.units.flatMap((question, index) => {
		const answers = observed.units[index];
		return answers === undefined ? [] : [{ question, unit: decideUnit(question, answers, host, context) }];
	});
	const own = decided.map(({ unit }) => unit);
	const units = (context.purpose === 'do' ? refuseSharedFiles(own) : own).flatMap((unit, index): UnitWithNeeds[] => {
		const question = decided[index]?.question;
		return question === undefined ? [] : [{ unit, needs: context.needsOf(question.unit) }];
	});
	return { questions, observed, units };
}

function finishHost({ questions, observed }: DecidedHost, ordered: readonly PlannedUnit[]): PlannedHost {
	const { name } = questions.host;
	if (!observed.reached) return { name, reached: false, because: observed.because, units: [] };
	const owed = observed.facts.state.condition === 'unsafe' ? [] : observed.pendingRestarts;
	const restarts = planRestarts(ordered, owed, questions.become);
	const verify = planVerify([...ordered, ...restarts], questions);
	const warnings = hostWarnings(observed);
	return {
		name,
		reached: true,
		place: placeOf(questions.host),
		facts: observed.facts,
		...(observed.by === undefined ? {} : { by: observed.by }),
		units: [...ordered, ...restarts, ...verify],
		...(warnings.length === 0 ? {} : { warnings }),
	};
}

export function placeOf({ connection, address, port, user, on, vmid, stateDir }: Host): HostPlace {
	return {
		connection,
		...(address === undefined ? {} : { address }),
		...(port === undefined ? {} : { port }),
		...(user === undefined ? {} : { user }),
		...(on === undefined ? {} : { on }),
		...(vmid === undefined ? {} : { vmid }),
		...(stateDir === undefined ? {} : { stateDir }),
	};
}

function count(hosts: readonly PlannedHost[]): PlanCounts {
	const counts = {
		run: 0,
		skip: 0,
		done: 0,
		changed_since: 0,
		ask: 0,
		fail: 0,
		unknown: 0,
		conflict: 0,
		blocked: 0,
		refused: 0,
	};
	for (const host of hosts) for (const unit of host.units) counts[unit.decision.kind] += 1;
	return { ...counts, hosts: hosts.length, unreachable: hosts.filter(host => !host.reached).length };
}
