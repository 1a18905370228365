import { constants } from 'node:os';
import type { Outcome } from '../model/outcome.ts';
import type { Decision, Plan, PlannedUnit } from '../model/plan.ts';
import { unreachable } from '../model/unreachable.ts';
import { poolStatuses, poolWords } from './outcome-of-pool.ts';
import type { RunnerFinished } from './runner-event.ts';

/** How a unit ends that is not sent to the host; `undefined` for one that runs there. */
export function outcomeOfDecision(decision: Decision, purpose: Plan['purpose'] = 'do'): Outcome | undefined {
	const outcome = (status: Outcome['status']): Outcome => ({
		status,
		because: decision.because,
		changed: false,
		durationMs: 0,
	});
	switch (decision.kind) {
		case 'run':
			return undefined;
		case 'done':
			return outcome('ok');
		case 'skip':
		case 'changed_since':
			return outcome('skipped');
		case 'conflict':
			// The playbook wants it so. Of an undo a person has asked for the very thing that is not done.
			return outcome(purpose === 'do' ? 'skipped' : 'refused');
		case 'ask':
		case 'unknown':
			return outcome('unknown');
		case 'fail':
			return outcome('failed');
		case 'blocked':
			return outcome('blocked');
		case 'refused':
			return outcome('refused');
		default:
			return unreachable(decision);
	}
}

/** What is needed beside the runner's words to say how a unit ended. */
export interface FinishedContext {
	/** Why the unit was to run or to be skipped. */
	readonly because: string;
	readonly timeoutMs: number;
	/** The address of the unit in the way, for a blocked one. */
	readonly blocker: string | undefined;
	/** Why it was decided as it was when its condition was asked again during the run. */
	readonly decidedAgain?: string | undefined;
	/** What was planned of it, when that is at hand. */
	readonly unit?: PlannedUnit;
}

/** How a unit ended, from the runner's own record. */
export function outcomeOfJob(finished: RunnerFinished, context: FinishedContext): Outcome {
	const status = isNoChange(finished, context) ? 'ok' : (own(statuses, finished.status) ?? 'unknown');
	// What fails without a command that failed (a pool that nobody confirms, say) comes with a 0 that is nobody's exit.
	const hasExit = status === 'changed' || (hasLog(finished, status) && finished.rc !== 0);
	return {
		status,
		because: `${wordsFor(finished, context)}${survivors(finished)}`,
		changed: status === 'changed',
		...(hasExit && finished.rc !== null ? { exitCode: finished.rc } : {}),
		durationMs: finished.ms,
	};
}

/** Whether it came to run on the host, which keeps what it printed. */
export const hasLog = ({ rc }: RunnerFinished, status: Outcome['status']): boolean =>
	rc !== null && ['changed', 'failed', 'rolled_back', 'rollback_failed'].includes(status);

/** Recorded on a person's word, or a verification that said yes: nothing was changed. */
const isNoChange = ({ why, status }: RunnerFinished, { unit }: FinishedContext): boolean =>
	why === 'adopted' || (status === 'changed' && unit?.phase === 'verify');

function wordsFor(finished: RunnerFinished, context: FinishedContext): string {
	const { unit } = context;
	if (unit?.job?.pool !== undefined && isEndOfPool(finished)) return poolWords(finished, unit);
	return own(sentences, finished.why)?.(finished, context) ?? finished.why;
}

/** It came to run; what keeps any job from running has words of its own. */
const isEndOfPool = ({ status, why }: RunnerFinished): boolean =>
	['changed', 'failed', 'rolled_back', 'rollback_failed'].includes(status) || why === 'meet';

/** A host may say any word, `constructor` too. */
const own = <Value>(table: Readonly<Record<string, Value>>, word: string): Value | undefined =>
	Object.hasOwn(table, word) ? table[word] : undefined;

const statuses: Readonly<Record<string, Outcome['status']>> = {
	changed: 'changed',
	failed: 'failed',
	skipped: 'skipped',
	blocked: 'blocked',
	refused: 'refused',
	unknown: 'unknown',
	not_started: 'not_started',
	...poolStatuses,
};

/** One clause for each way a job can end: all sentences of this kind are here. */
const sentences: Readonly<Record<string, (finished: RunnerFinished, context: FinishedContext) => string>> = {
	exit: ({ status, rc }, { because }) => (status === 'failed' ? `exit ${rc}` : because),
	adopted: (_, { because }) => because,
	signal: ({ signal, rc, oom }) =>
		`ended by ${signalName(signal ?? (rc ?? 128) - 128)}${oom === true ? '; the kernel was out of memory' : ''}`,
	timeout: (finished, { timeoutMs }) => `did not end within ${spoken(timeoutMs)}; ${lastWord(finished)}`,
	cancelled: finished => `cancelled; ${lastWord(finished)}`,
	output_limit: () => 'printed more than 256 MiB; its processes were ended',
	digest: () => 'the bytes on the host are not those of the plan; nothing was started',
	drift: () => 'what it was decided from has changed, and not by this run; nothing was started',
	look: () => 'looking again at what it was decided from took longer than 60 s; nothing was started',
	claimed: () => 'another run has started it since the plan was made',
	overtaken: () => 'the lock of the host was taken away from this run; nothing more of it was started',
	settle: () => 'an earlier start of it turned out to have no known end',
	interpreter: () => 'its interpreter is not on this host; nothing was started',
	disk: ({ status }) =>
		status === 'unknown'
			? 'it ran, and the host could not record its end durably'
			: 'the host could not write durably; nothing was started',
	no_answer: (_, { decidedAgain, unit }) =>
		decidedAgain ?? `${decidedBy(unit)} changed during the run and nobody was there to decide`,
	answer: (_, { decidedAgain }) => decidedAgain ?? 'its condition does not hold any more after the units before it',
	stopped: () => 'stopped before it started',
	need: (_, { blocker }) => `needs ${blocker ?? 'a unit'}, which did not succeed`,
	unchanged: (_, { because, unit }) => (unit?.phase === 'verify' ? 'nothing was done here' : because),
	verify: ({ rc, status }) =>
		`a command of \`verify\` failed (exit ${rc})${status === 'failed' ? '' : `; ${undoneWords[status] ?? ''}`}`,
};

/** What its host waits for an answer to. */
export const heldWords = (unit: PlannedUnit | undefined): string =>
	`${unit?.address ?? 'a unit'}: ${decidedBy(unit)} changed during the run`;

/** A pool is decided by what is at its destinations too. */
const decidedBy = (unit: Pick<PlannedUnit, 'phase'> | undefined): string =>
	unit?.phase === 'pools' ? 'its condition or one of its files' : 'its condition';

const undoneWords: Readonly<Record<string, string>> = {
	rolled_back: 'the pools that this run had changed are as they were',
	rollback_failed: 'and not every pool that this run had changed could be put back: see its log',
};

/** A script that hears the request to end may still end in its own way. */
const lastWord = ({ rc }: RunnerFinished): string =>
	rc === null || rc > 128 ? 'its processes were ended' : `it ended by itself with exit ${rc}`;

const survivors = ({ survivors: count }: RunnerFinished): string =>
	count > 0 ? `; ${count} process${count === 1 ? '' : 'es'} of it escaped and still run${count === 1 ? 's' : ''}` : '';

const signalName = (number: number): string =>
	Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`;

function spoken(ms: number): string {
	if (ms % 60_000 === 0) return `${ms / 60_000}m`;
	return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
}
