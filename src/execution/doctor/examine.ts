import type { Check, HostHealth, Way } from '../../model/health.ts';
import type { Host } from '../../model/inventory.ts';
import type { Become } from '../../model/unit.ts';
import type { Clock } from '../../ports/clock.ts';
import { runnerDigest } from '../apply-program.ts';
import { type AskContext, askOnce, withLastWord } from '../exchange.ts';
import { inParallel } from '../in-parallel.ts';
import { measureSkew } from './clock.ts';
import { cureFor } from './cure.ts';
import { judgeHost } from './judge.ts';
import { doctorProgram } from './program.ts';
import { readDoctor } from './read.ts';

export interface ExamineContext extends AskContext {
	readonly clock: Clock;
	/** Hosts at once. */
	readonly parallel: number;
	/** How a host would be reached, without a connection. */
	describeWay(host: Host, signal: AbortSignal): Promise<Way>;
}

/** A host and who works on it. */
export interface Patient {
	readonly host: Host;
	readonly become: Become;
}

/** Looks at hosts for whatever would stop a run there, one exchange each. What it tries there is gone afterwards. */
export async function examineHosts(
	patients: readonly Patient[],
	context: ExamineContext,
): Promise<readonly HostHealth[]> {
	const found = new Map<Patient, HostHealth>();
	await inParallel(patients, context.parallel, async patient => {
		found.set(patient, await examine(patient, context));
	});
	return patients.flatMap(patient => found.get(patient) ?? []);
}

async function examine({ host, become }: Patient, context: ExamineContext): Promise<HostHealth> {
	const { clock } = context;
	const way = await context.describeWay(host, context.signal);
	let sentMs = 0;
	const makeProgram = (nonce: string) => {
		// The host is open now: this is as near to the sending as can be.
		sentMs = clock.now().getTime();
		return doctorProgram(host, nonce, runnerDigest);
	};
	const begun = clock.monotonicMs();
	const answer = await askOnce({ host, become }, makeProgram, context);
	const receivedMs = clock.now().getTime();
	const unreached = (because: string): HostHealth => ({
		host: host.name,
		way,
		reached: false,
		checks: [{ check: 'reached', result: 'fail', says: because, cure: cureFor(because, host, way) }],
	});
	if (!answer.ok) return unreached(answer.because);
	const readings = readDoctor(answer.stdout, answer.nonce);
	if (readings === undefined) return unreached(withLastWord('its answer was cut off', answer.stderr));
	const skew = measureSkew(readings.clock, { sentMs, receivedMs });
	const by = answer.by === undefined ? '' : ` by ${answer.by}`;
	const says = `in ${Math.round(clock.monotonicMs() - begun)} ms${by}`;
	const reached: Check = { check: 'reached', result: 'ok', says };
	return {
		host: host.name,
		way,
		reached: true,
		checks: [reached, ...judgeHost(readings, become, skew)],
		...(skew === undefined ? {} : { clock: skew }),
	};
}
