import { evaluate } from '../conditions/evaluate.ts';
import type { RunId } from '../model/brand.ts';
import type { Condition, Judgement } from '../model/condition.ts';
import type { HostFacts, HostStateFolder } from '../model/host-facts.ts';
import type { Answer, Decision, EffectiveValues, Job, Observation, PlannedUnit } from '../model/plan.ts';
import type { Print } from '../model/probe.ts';
import type { UnitMemory } from '../model/receipt.ts';
import type { Become, Phase, WorkUnit } from '../model/unit.ts';
import { nextAttempt } from '../units/attempt.ts';
import { decideHotfix, decideUndo } from '../units/hotfix.ts';
import type { UnitObservation } from './observation.ts';
import { planPool, planPoolUndo } from './plan-pool.ts';
import type { HotfixQuestion, JobContentOnHost, UnitQuestion } from './questions.ts';

/** What decisions share beside the host's answers. */
export interface DecisionContext {
	readonly playbook: string;
	readonly purpose: 'do' | 'undo';
	readonly answers: Readonly<Record<string, Answer>>;
	/** For an undo of what one run has changed. */
	readonly ofRun?: RunId;
}

/** A unit decided for itself: what others' decisions do to it comes in `order.ts`. */
export type DecidedUnit = Omit<PlannedUnit, 'needs' | 'barriers' | 'after' | 'stage' | 'recheck'>;

/** Pure: the same question and the same prints give the same unit. The host asks for it again when something changed meanwhile. */
export function decideUnit(
	question: UnitQuestion,
	observed: UnitObservation,
	host: { readonly facts: HostFacts; readonly become: Become },
	context: DecisionContext,
): DecidedUnit {
	const { unit } = question;
	const { confirmMs, ...decided } = decide(question, observed, host.facts, context);
	return {
		address: unit.address,
		phase: phaseOf[unit.kind],
		at: unit.at,
		...(unit.description === undefined ? {} : { description: unit.description }),
		effective: {
			...effectiveOf(question),
			...(confirmMs === undefined ? {} : { confirmMs }),
			timeoutMs: unit.timeoutMs,
			become: host.become,
		},
		observations: observationsOf(question, observed),
		...decided,
	};
}

const phaseOf = { hotfix: 'hotfixes', pool: 'pools' } as const satisfies Record<WorkUnit['kind'], Phase>;

/** A pool is compared with what is there each time, and what is left of an interrupted one is undone by the host itself. */
const effectiveOf = ({ unit }: UnitQuestion): Omit<EffectiveValues, 'timeoutMs' | 'become'> =>
	unit.kind === 'hotfix'
		? { run: unit.run, ifInterrupted: unit.ifInterrupted }
		: {
				run: 'on_change',
				ifInterrupted: 'retry',
				onCustomised: unit.onCustomised,
				onDeleted: unit.onDeleted,
				together: unit.together,
				keep: unit.keep,
			};

function decide(
	question: UnitQuestion,
	observed: UnitObservation,
	facts: HostFacts,
	context: DecisionContext,
): Decided {
	const memory = trusted(observed.memory, facts.state);
	switch (question.kind) {
		case 'hotfix':
			return context.purpose === 'do'
				? decideDoing(question, observed, facts, context)
				: decideUndoing(question, observed, facts, context);
		case 'pool': {
			const decided =
				context.purpose === 'do'
					? planPool(question, { ...observed, memory }, facts, { playbook: context.playbook, judge })
					: planPoolUndo(question, observed, context);
			const decision = guardByState(decided.decision, facts.state);
			const { job, ...rest } = decided;
			return { ...rest, decision, ...(job !== undefined && mayRun(decision) ? { job } : {}) };
		}
	}
}

/** A print that nobody has seen is none. */
const observationsOf = ({ looks }: UnitQuestion, observed: UnitObservation): readonly Observation[] =>
	looks.flatMap(({ fact }, index) => {
		const printed = observed.printed[index] ?? '';
		return typeof printed === 'string' ? [{ fact, printed }] : [];
	});

type Decided = Pick<DecidedUnit, 'decision' | 'notes' | 'trace' | 'job' | 'files'> & Pick<EffectiveValues, 'confirmMs'>;

function decideDoing(
	question: HotfixQuestion,
	{ printed, memory: remembered }: UnitObservation,
	{ machineId, state }: HostFacts,
	context: DecisionContext,
): Decided {
	const { unit, work } = question;
	const memory = trusted(remembered, state);
	const judgement = judge(question.condition, printed);
	const answer = context.answers[unit.address];
	const decided = decideHotfix(unit, {
		key: work.key,
		playbook: context.playbook,
		machineId,
		judgement,
		memory,
		...(answer === undefined ? {} : { answer }),
	});
	const job = jobOf(work, memory, {
		purpose: decided.purpose,
		despiteUnknown: decided.despiteUnknown,
		timeoutMs: unit.timeoutMs,
		restarts: unit.restarts,
	});
	const decision = guardByState(decided.decision, state);
	return { decision, notes: decided.notes, trace: judgement.trace, ...(mayRun(decision) ? { job } : {}) };
}

function decideUndoing(
	question: HotfixQuestion,
	observed: UnitObservation,
	{ machineId, state }: HostFacts,
	context: DecisionContext,
): Decided {
	const { unit, undoWork } = question;
	const memory = trusted(observed.memory, state);
	const { decision, undoes } = decideUndo(unit, { playbook: context.playbook, machineId, memory });
	if (undoWork === undefined || undoes === undefined) return { decision, notes: [], trace: [] };
	const job = jobOf(undoWork, observed.undoMemory ?? noMemory, {
		purpose: 'undo',
		undoes,
		despiteUnknown: true,
		timeoutMs: unit.timeoutMs,
		restarts: unit.restarts,
	});
	const guarded = guardByState(decision, state);
	return { decision: guarded, notes: [], trace: [], ...(mayRun(guarded) ? { job } : {}) };
}

/** Hosts that are alike ask the same and mostly see the same: each answer is judged once. */
const judged = new WeakMap<Condition, Map<string, Judgement>>();

function judge(condition: Condition, printed: readonly Print[]): Judgement {
	const known = judged.get(condition) ?? new Map<string, Judgement>();
	judged.set(condition, known);
	const answer = JSON.stringify(printed);
	const judgement = known.get(answer) ?? evaluate(condition, printed);
	if (known.size < mostAnswers) known.set(answer, judgement);
	return judgement;
}

/** Where every host answers something else, remembering more would only cost memory. */
const mostAnswers = 64;

/** Receipts in a folder that others can write to prove nothing. */
const trusted = (memory: UnitMemory, { condition }: HostStateFolder): UnitMemory =>
	condition === 'unsafe' ? noMemory : memory;

/** Where nothing can be remembered nothing is run: the host's runner would turn it away. */
function guardByState(decision: Decision, { condition, path, because }: HostStateFolder): Decision {
	if (decision.kind !== 'run' || (condition !== 'unsafe' && condition !== 'unwritable')) return decision;
	return { kind: 'refused', because: `${path} cannot hold its memory: ${because}` };
}

/** A skipped unit carries its job too: a unit before it may turn its condition round. */
const mayRun = (decision: Decision): boolean => decision.kind === 'run' || decision.kind === 'skip';

const jobOf = (
	work: JobContentOnHost,
	memory: UnitMemory,
	rest: Pick<Job, 'purpose' | 'undoes' | 'despiteUnknown' | 'timeoutMs' | 'restarts'>,
): Job => ({ ...work, attempt: nextAttempt(work.key, memory), ...rest });

const noMemory: UnitMemory = { receipts: [], damaged: [], jobs: [] };
