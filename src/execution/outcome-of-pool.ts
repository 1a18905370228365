import type { Outcome } from '../model/outcome.ts';
import type { PlannedUnit } from '../model/plan.ts';
import type { PoolWork } from '../model/pool-work.ts';
import type { RunnerFinished } from './runner-event.ts';

/** How a pool ended: what went wrong first, and what became of the files. One clause. */
export function poolWords(finished: RunnerFinished, { job, decision, effective, files }: PlannedUnit): string {
	if (finished.status === 'changed') return decision.because;
	const cause = causes[finished.why]?.(finished, { work: job?.pool, confirmMs: effective.confirmMs ?? 0, files });
	return `${cause ?? finished.why}; ${filesWords(finished)}`;
}

interface PoolContext {
	readonly work: PoolWork | undefined;
	readonly confirmMs: number;
	readonly files: PlannedUnit['files'];
}

type Cause = (finished: RunnerFinished, context: PoolContext) => string;

const causes: Readonly<Record<string, Cause>> = {
	meet: (finished, context) => `${fileName(finished, context)} was changed since the plan was made`,
	validate: (finished, context) => `${commandName('validate', finished, context)} says no to the new files`,
	stage: (finished, context) => `${fileName(finished, context)} could not be prepared`,
	backup: (finished, context) => `the backup of ${fileName(finished, context)} is damaged or gone`,
	swap: (finished, context) => `${fileName(finished, context)} could not be replaced`,
	activate: (finished, context) => `${commandName('activate', finished, context)} failed`,
	check: (finished, context) => `${commandName('check', finished, context)} failed`,
	confirm: (_, { work, confirmMs }) =>
		work?.together === true
			? 'it was not confirmed: some host did not get that far'
			: `no new connection confirmed it within ${confirmMs / 1000} s`,
	cwd: () => 'the folder that its commands want to work in is not there',
	disk: () => 'the host could not write durably',
	guard: () => 'the host could not be made to undo it by itself',
	died: () => 'its process was killed',
	timeout: () => 'it took too long',
	cancelled: () => 'it was cancelled',
	output_limit: () => 'it printed more than 256 MiB',
};

function fileName({ step }: RunnerFinished, { work, files }: PoolContext): string {
	const index = (step ?? 0) - 1;
	return (work?.kind === 'apply' ? work.files[index]?.dest : undefined) ?? files?.[index]?.dest ?? 'a file';
}

/** Commands are numbered through all kinds. */
function commandName(kind: string, { step, rc }: RunnerFinished, { work }: PoolContext): string {
	const command = work?.kind === 'apply' ? work.commands[(step ?? 0) - 1] : undefined;
	const name = command === undefined ? `its \`${kind}\`` : `\`${command.text}\``;
	return rc === null || rc === 0 ? name : `${name} (exit ${rc})`;
}

function filesWords({ status, inactive, aside }: Pick<RunnerFinished, 'status' | 'inactive' | 'aside'>): string {
	const kept = aside === true ? '; what somebody else had written meanwhile is kept: see its log' : '';
	switch (status) {
		case 'rolled_back':
			return `every file is as it was${kept}`;
		case 'rollback_failed':
			return inactive === true
				? `every file is as it was, but could not be put into use again: see its log${kept}`
				: `and not everything could be put back: see its log${kept}`;
		default:
			return 'no file was replaced';
	}
}

/** How a pool ended whose runner was killed, or whose host was restarted: all that is left of it is the end that its receipt names. */
export function poolEndBehindUs(why: string): Pick<Outcome, 'status' | 'because'> {
	const status = Object.hasOwn(poolStatuses, why) ? (poolStatuses[why] ?? 'failed') : 'failed';
	// Of files that could not be put back no receipt tells: their transaction is still open.
	return {
		status,
		because: `the runner on the host was ended while it ran; ${filesWords({ status, inactive: true })}`,
	};
}

/** What becomes of a pool's success when the commands of `verify` say no at the end and the host takes the change back. */
export const poolTakenBack = ({ durationMs }: Pick<Outcome, 'durationMs'>, rc: number | null): Outcome => ({
	status: 'rolled_back',
	because: `a command of \`verify\` failed${rc === null ? '' : ` (exit ${rc})`}; ${filesWords({ status: 'rolled_back' })}`,
	changed: false,
	durationMs,
});

/** The statuses that a pool can end with beside those of other jobs. */
export const poolStatuses: Readonly<Record<string, Outcome['status']>> = {
	rolled_back: 'rolled_back',
	rollback_failed: 'rollback_failed',
};
