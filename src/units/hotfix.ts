import type { JobKey, UnitAddress } from '../model/brand.ts';
import type { Condition, Judgement } from '../model/condition.ts';
import type { Answer, Decision } from '../model/plan.ts';
import type { OpenJob, Receipt, UnitMemory } from '../model/receipt.ts';
import type { Hotfix, InterruptedPolicy, Script } from '../model/unit.ts';

/** What is known when a hotfix is decided on one host. */
export interface HotfixSituation {
	readonly key: JobKey;
	readonly playbook: string;
	readonly machineId: string;
	readonly judgement: Judgement;
	readonly memory: UnitMemory;
	/** A person's word on an interrupted start, from `--answer` or a prompt. */
	readonly answer?: Answer;
}

export interface HotfixDecision {
	readonly decision: Decision;
	readonly notes: readonly string[];
	/** The decision rests on an earlier start whose end nobody knows; the host may go on in spite of it. */
	readonly despiteUnknown: boolean;
	/** `adopt`: nothing runs, the host records that it was done. */
	readonly purpose: 'do' | 'adopt';
}

/**
 * Would this hotfix run here, and why? The order of the questions is the promise: what is done stays done, an unknown end is
 * never passed over, a failure is tried again, and only then the condition speaks.
 */
export function decideHotfix(hotfix: Hotfix, situation: HotfixSituation): HotfixDecision {
	const past = recall(hotfix, situation);
	const undecided = decideByMemory(hotfix, situation, past) ?? decideByCondition(hotfix, situation, past);
	const decision = undecided.kind === 'run' ? guardByPin(hotfix.script, undecided) : undecided;
	const isUnknown = past.open !== undefined || (past.same === undefined && past.damaged.length > 0);
	return {
		decision,
		notes: notesOf(past),
		despiteUnknown: isUnknown,
		purpose: isUnknown && situation.answer === 'done' ? 'adopt' : 'do',
	};
}

/** The memory of a host, sorted by what it means for this content. */
interface Past {
	/** The latest receipt of exactly this content on this machine. */
	readonly same: Receipt | undefined;
	/** The latest success of this unit of this playbook with other content. */
	readonly other: Receipt | undefined;
	/** The latest start of this content without a known end. */
	readonly open: OpenJob | undefined;
	readonly damaged: readonly string[];
	/** Receipts that came along with a copied disk: made on another machine. */
	readonly foreign: number;
}

function recall(hotfix: Hotfix, { key, playbook, machineId, memory }: HotfixSituation): Past {
	const here = memory.receipts.filter(receipt => receipt.unit === hotfix.address && receipt.machineId === machineId);
	const same = latest(here.filter(receipt => receipt.key === key));
	const others = here.filter(
		receipt => receipt.key !== key && receipt.playbook === playbook && receipt.status === 'ok',
	);
	const open = memory.jobs
		.filter(job => job.key === key && isUnsettled(job) && job.attempt > (same?.attempt ?? 0))
		.toSorted((a, b) => b.attempt - a.attempt)[0];
	return { same, other: latest(others), open, damaged: memory.damaged, foreign: memory.receipts.length - here.length };
}

const latest = (receipts: readonly Receipt[]): Receipt | undefined =>
	receipts.toSorted((a, b) =>
		a.finishedAt === b.finishedAt ? b.attempt - a.attempt : a.finishedAt < b.finishedAt ? 1 : -1,
	)[0];

/** Published, claimed without a start, or proved never started: nothing has happened. */
const isUnsettled = (job: OpenJob): boolean =>
	!['staged', 'claimed', 'void', 'abandoned', 'refused', 'finished'].includes(job.state);

function decideByMemory(hotfix: Hotfix, situation: HotfixSituation, past: Past): Decision | undefined {
	if (past.open !== undefined) return decideInterrupted(hotfix, situation, past.open);
	if (past.same === undefined && past.damaged.length > 0 && hotfix.run !== 'every') {
		return decideDamaged(situation, past.damaged);
	}
	if (hotfix.run === 'every') return undefined;
	if (past.same?.status === 'ok') return { kind: 'done', because: `done on ${day(past.same)}` };
	if (past.same?.status === 'failed') return retryFailure(situation.judgement, past.same);
	if (past.same === undefined && past.other !== undefined)
		return decideChanged(hotfix, situation.judgement, past.other);
	return undefined;
}

function decideInterrupted(hotfix: Hotfix, { judgement, answer }: HotfixSituation, open: OpenJob): Decision {
	const what = `start ${open.attempt} ${openStates[open.state] ?? 'has no known end'}`;
	if (open.state === 'running' || open.state === 'orphan') return { kind: 'refused', because: what };
	if (answer === 'retry') return { kind: 'run', because: `${what}; run again on your word` };
	if (answer === 'done') return { kind: 'run', because: `${what}; recorded as done on your word` };
	return interruptedPolicies[policyOf(hotfix)](what, judgement);
}

/** A condition that holds everywhere is no evidence that the fix is still missing; what is done every time may be done again. */
const policyOf = ({ ifInterrupted, when, run }: Hotfix): InterruptedPolicy | 'no_evidence' =>
	ifInterrupted === 'auto' && run !== 'every' && !asksAnything(when) ? 'no_evidence' : ifInterrupted;

function asksAnything(condition: Condition): boolean {
	switch (condition.kind) {
		case 'always':
			return false;
		case 'all':
		case 'any':
			return condition.of.some(asksAnything);
		case 'not':
			return asksAnything(condition.of);
		default:
			return true;
	}
}

const openStates: Readonly<Record<string, string>> = {
	running: 'is running now',
	orphan: 'still runs, without its supervisor',
	lost: 'ended without a trace: it and its supervisor were killed',
	interrupted: 'was interrupted by a restart of the host',
	damaged: 'left damaged files',
};

const interruptedPolicies: Readonly<
	Record<InterruptedPolicy | 'no_evidence', (what: string, judgement: Judgement) => Decision>
> = {
	auto: (what, judgement) =>
		judgement.isUnseen === true
			? { kind: 'unknown', because: `${what}, and ${judgement.because}` }
			: judgement.holds === 'yes'
				? { kind: 'run', because: `${what}; ${judgement.because}, so it runs again` }
				: { kind: 'ask', because: `${what}, and its condition no longer says run (${judgement.because})` },
	no_evidence: what => ({
		kind: 'ask',
		because: `${what}, and it has no condition that could tell whether it is done`,
	}),
	retry: what => ({ kind: 'run', because: `${what}; if_interrupted is retry` }),
	ask: what => ({ kind: 'ask', because: what }),
	fail: what => ({ kind: 'fail', because: `${what}; if_interrupted is fail` }),
};

function decideDamaged({ answer }: HotfixSituation, damaged: readonly string[]): Decision {
	const what = `the receipt ${damaged[0]} is damaged, so nobody knows whether it ran`;
	if (answer === 'retry') return { kind: 'run', because: `${what}; run again on your word` };
	if (answer === 'done') return { kind: 'run', because: `${what}; recorded as done on your word` };
	return { kind: 'ask', because: what };
}

/** The failed script may itself have changed what its condition looks at: a condition that no longer holds is no success. */
function retryFailure(judgement: Judgement, receipt: Receipt): Decision | undefined {
	const failure = `failed on ${day(receipt)} (${endOf(receipt)})`;
	if (judgement.holds === 'unknown') return undefined;
	if (judgement.holds === 'yes') return { kind: 'run', because: `${judgement.because}; ${failure}, tried again` };
	return {
		kind: 'run',
		because: `${failure}, tried again although ${judgement.because}: an unfinished fix may have caused that`,
	};
}

function decideChanged(hotfix: Hotfix, judgement: Judgement, receipt: Receipt): Decision | undefined {
	if (hotfix.run !== 'on_change')
		return {
			kind: 'changed_since',
			because: `changed since it ran on ${day(receipt)}; run: once keeps it from running again`,
		};
	if (judgement.holds !== 'yes') return undefined;
	return { kind: 'run', because: `changed since it ran on ${day(receipt)}` };
}

function decideByCondition(hotfix: Hotfix, { judgement }: HotfixSituation, past: Past): Decision {
	if (judgement.holds === 'no') return { kind: 'skip', because: judgement.because };
	if (judgement.holds === 'unknown')
		return { kind: judgement.isUnseen === true ? 'unknown' : 'fail', because: judgement.because };
	const again = past.same?.status === 'undone' ? `; undone on ${day(past.same)}` : '';
	return { kind: 'run', because: `${judgement.because}${again}${hotfix.run === 'every' ? ' (run: every)' : ''}` };
}

/** Would its `undo` run here, and what would it take back? */
export function decideUndo(
	hotfix: Hotfix,
	{ playbook, machineId, memory }: Omit<HotfixSituation, 'key' | 'judgement'>,
): UndoDecision {
	if (hotfix.undo === undefined) return { decision: { kind: 'skip', because: 'it has no undo script' } };
	const done = memory.receipts.filter(
		receipt =>
			receipt.unit === hotfix.address &&
			receipt.playbook === playbook &&
			receipt.machineId === machineId &&
			receipt.status !== 'failed',
	);
	const last = latest(done);
	if (last === undefined && memory.damaged.length > 0)
		return {
			decision: {
				kind: 'fail',
				because: `the receipt ${memory.damaged[0]} is damaged, so nobody knows what there is to undo`,
			},
		};
	if (last === undefined) return { decision: { kind: 'skip', because: 'no receipt says that it was done here' } };
	if (last.status === 'undone') return { decision: { kind: 'done', because: `undone on ${day(last)}` } };
	return {
		decision: guardByPin(hotfix.undo, { kind: 'run', because: `done on ${day(last)}; its undo takes that back` }),
		undoes: last.key,
	};
}

export interface UndoDecision {
	readonly decision: Decision;
	readonly undoes?: JobKey;
}

const pinProblems = { missing: 'is not pinned in hsctl.lock', differs: 'is not what hsctl.lock pins' } as const;

function guardByPin({ pin, path }: Script, decision: Decision): Decision {
	if (pin === 'matches') return decision;
	return { kind: 'refused', because: `${path} ${pinProblems[pin]}: read it, then run \`hsctl lock\`` };
}

function notesOf({ foreign, damaged, same }: Past): readonly string[] {
	return [
		...(foreign > 0 && same === undefined
			? [`${foreign} receipt${foreign === 1 ? '' : 's'} of another machine ignored`]
			: []),
		...(damaged.length > 0 && same !== undefined ? [`damaged receipt: ${damaged.join(', ')}`] : []),
	];
}

const day = (receipt: Receipt): string => receipt.finishedAt.slice(0, 16).replace('T', ' ');

const endOf = (receipt: Receipt): string => (receipt.why === 'exit' ? `exit ${receipt.exitCode}` : receipt.why);

/** Used where a unit's decision hangs on another's: did what it needs succeed, as far as the plan can say? */
export const satisfiesNeed = (decision: Decision): boolean =>
	['run', 'skip', 'done', 'changed_since'].includes(decision.kind);

/** `blocked`, naming who is in the way; what hangs on an unknown is unknown too. An undo waits for those that need the unit. */
export const blockedBy = (unit: UnitAddress, decision: Decision, purpose: 'do' | 'undo' = 'do'): Decision => {
	const needs = purpose === 'do' ? `needs ${unit}` : `${unit} needs it and stays`;
	if (decision.kind === 'blocked')
		return { kind: 'blocked', by: unit, because: `${needs}, which is blocked by ${decision.by}` };
	const because = `${needs}: ${decision.because}`;
	return decision.kind === 'unknown' ? { kind: 'unknown', because } : { kind: 'blocked', by: unit, because };
};
