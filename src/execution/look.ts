import type { HostName } from '../model/brand.ts';
import type { HostObservation } from '../planning/observation.ts';
import type { HostQuestions } from '../planning/questions.ts';
import type { Clock } from '../ports/clock.ts';
import { runnerDigest } from './apply-program.ts';
import { type AskContext, askOnce, withLastWord } from './exchange.ts';
import { inParallel } from './in-parallel.ts';
import { probeProgram } from './probe-program.ts';
import { readProbe } from './read-probe.ts';

/** What looking at hosts takes. */
export interface LookContext extends AskContext {
	readonly clock: Clock;
	/** Hosts at once. */
	readonly parallel: number;
	/** Told as each host answers, for a progress line. */
	onHost?(host: HostName, observation: HostObservation): void;
}

/** Asks every host its questions, one exchange each. Reads, never writes. A host that does not answer is an observation too. */
export async function lookAtHosts(
	questions: readonly HostQuestions[],
	context: LookContext,
): Promise<ReadonlyMap<HostName, HostObservation>> {
	const observed = new Map<HostName, HostObservation>();
	await inParallel(questions, context.parallel, async question => {
		const observation = await lookAtHost(question, context);
		observed.set(question.host.name, observation);
		context.onHost?.(question.host.name, observation);
	});
	return observed;
}

async function lookAtHost(questions: HostQuestions, context: LookContext): Promise<HostObservation> {
	const { clock } = context;
	let sentMs = 0;
	const makeProgram = (nonce: string) => {
		sentMs = clock.now().getTime();
		return probeProgram(questions, nonce, runnerDigest);
	};
	const answer = await askOnce(questions, makeProgram, context);
	const receivedMs = clock.now().getTime();
	if (!answer.ok) return { reached: false, because: answer.because };
	const observation = readProbe(answer.stdout, questions, answer.nonce, { sentMs, receivedMs });
	if (observation.reached) return answer.by === undefined ? observation : { ...observation, by: answer.by };
	return { reached: false, because: withLastWord(observation.because, answer.stderr) };
}
