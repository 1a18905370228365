import type { HostName } from '../model/brand.ts';
import type { Host } from '../model/inventory.ts';
import type { HostObservation } from '../planning/observation.ts';
import type { HostQuestions } from '../planning/questions.ts';
import type { Random } from '../ports/clock.ts';
import type { Connector } from '../ports/connection.ts';
import { runnerDigest } from './apply-program.ts';
import { inParallel } from './in-parallel.ts';
import { probeProgram } from './probe-program.ts';
import { readProbe } from './read-probe.ts';

/** What looking at hosts takes. */
export interface LookContext {
	connectorFor(host: Host): Connector;
	readonly random: Random;
	readonly signal: AbortSignal;
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

async function lookAtHost(
	questions: HostQuestions,
	{ connectorFor, random, signal }: LookContext,
): Promise<HostObservation> {
	const opened = await connectorFor(questions.host).open(questions.host, questions.become, signal);
	if (!opened.ok) return { reached: false, because: opened.because };
	await using connection = opened.connection;
	const nonce = random.hex(16);
	const result = await connection.exec(probeProgram(questions, nonce, runnerDigest), {
		signal,
		byteBudget,
		deadlineMs: lookDeadlineMs,
	});
	if (result.kind === 'lost') return { reached: false, because: result.because };
	const observation = readProbe(result.stdout, questions, nonce);
	const said = result.stderr.trim().split('\n').at(-1) ?? '';
	return observation.reached || said === ''
		? observation
		: { reached: false, because: `${observation.because}: ${said}` };
}

/** 64 KiB a look for a thousand looks: more is a host gone wrong. */
const byteBudget = 64 * 1024 * 1024;
/** Every look is bounded by itself; this bounds a host that is too slow to answer at all. */
const lookDeadlineMs = 10 * 60_000;
