import type { PlannedUnit } from '../model/plan.ts';
import { verifyAddress, verifyJob } from '../units/verify.ts';
import type { HostQuestions } from './questions.ts';

/** The commands that decide at the end of a host's work, where there is any work that they could be about. */
export function planVerify(
	units: readonly PlannedUnit[],
	{ verify, become }: Pick<HostQuestions, 'verify' | 'become'>,
): readonly PlannedUnit[] {
	if (verify === undefined || units.length === 0) return [];
	const { unit, commands, env } = verify;
	const mayRun = units.filter(({ decision, recheck }) => decision.kind === 'run' || recheck);
	const job = verifyJob(commands, { env, unit, user: become === 'none' ? 'login' : 'root' });
	const because =
		mayRun.length === 0
			? 'there is nothing to be done that it could be about'
			: 'after everything else, when something was done';
	return [
		{
			address: verifyAddress,
			phase: 'verify',
			at: unit.at,
			decision: { kind: mayRun.length === 0 ? 'skip' : 'run', because },
			recheck: false,
			needs: [],
			barriers: [],
			after: mayRun.map(({ address }) => address),
			stage: units.reduce((last, { stage }) => Math.max(last, stage), 0),
			effective: { run: 'every', ifInterrupted: 'retry', timeoutMs: unit.timeoutMs, become },
			observations: [],
			trace: [],
			...(mayRun.length === 0 ? {} : { job }),
			notes: [],
		},
	];
}
