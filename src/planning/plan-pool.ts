import type { Digest } from '../model/brand.ts';
import { asJobKey } from '../model/brand.ts';
import type { Condition, Judgement } from '../model/condition.ts';
import type { HostFacts } from '../model/host-facts.ts';
import type { Job, PlannedUnit } from '../model/plan.ts';
import type { PoolWork } from '../model/pool-work.ts';
import type { Print } from '../model/probe.ts';
import { nextAttempt } from '../units/attempt.ts';
import { decidePool } from '../units/pool/decide-pool.ts';
import { decidePoolUndo, readUndo } from '../units/pool/decide-pool-undo.ts';
import { readSights } from '../units/pool/file-look.ts';
import { manifestDigest, poolManifest, poolPath } from '../units/pool/manifest.ts';
import type { UnitObservation } from './observation.ts';
import { digestOf, mergeFile, withDiff } from './pool-texts.ts';
import type { PoolQuestion } from './questions.ts';

/** A pool decided for itself. */
export type DecidedPool = Pick<PlannedUnit, 'decision' | 'notes' | 'trace' | 'job' | 'files'>;

interface PoolContext {
	readonly playbook: string;
	judge(condition: Condition, printed: readonly Print[]): Judgement;
}

/** What becomes of a pool's files on a host, with the job that does it and what differs, for people. */
export function planPool(
	question: PoolQuestion,
	observed: UnitObservation,
	{ machineId }: Pick<HostFacts, 'machineId'>,
	{ playbook, judge }: PoolContext,
): DecidedPool {
	const { on, unit, condition, memoryName } = question;
	const { memory, printed } = observed;
	const judgement = judge(condition, printed);
	const look = printed.at(-1);
	const sights = readSights(typeof look === 'string' ? look : '', question.shown ?? []);
	const decided = decidePool(on, {
		judgement,
		memory,
		machineId,
		memoryName,
		sights,
		...(typeof look === 'object' ? { unseen: look.unseen } : {}),
		merge: (file, index) => {
			const merged = mergeFile(file, observed.texts?.get(index + 1));
			return merged.kind === 'clean' ? { kind: 'clean', digest: digestOf(merged.bytes) } : merged;
		},
	});
	const files = decided.files.map((file, index) =>
		withDiff(file, { wanted: on.files[index], sight: sights[index], there: observed.texts?.get(index + 1) }),
	);
	const base = { decision: decided.decision, notes: decided.notes, trace: judgement.trace, files };
	if (decided.work === undefined) return base;
	const work: PoolWork = {
		kind: 'apply',
		files: decided.work,
		commands: on.commands,
		...(on.cwd === undefined ? {} : { cwd: on.cwd }),
		confirmMs: on.confirmMs,
		together: unit.together,
		keep: unit.keep,
	};
	const attempt = nextAttempt(question.key, memory);
	return { ...base, job: poolJob(question, work, { attempt, playbook }) };
}

/** What would be taken back of it. */
export function planPoolUndo(question: PoolQuestion, { printed }: UnitObservation, playbook: string): DecidedPool {
	const look = printed.at(-1);
	const { decision, files, job } = decidePoolUndo(typeof look === 'string' ? readUndo(look) : undefined);
	const base = { decision, notes: [], trace: [], files };
	if (job === undefined) return base;
	const work: PoolWork = { kind: 'undo', job, together: false };
	const undoes = asJobKey(job.slice(0, job.indexOf('.')));
	return { ...base, job: { ...poolJob(question, work, { attempt: 1, playbook }), purpose: 'undo', undoes } };
}

function poolJob(
	{ key, unit, on, env }: PoolQuestion,
	pool: PoolWork,
	{ attempt, playbook }: { readonly attempt: number; readonly playbook: string },
): Job {
	const manifest = poolManifest(pool, { key, attempt, address: unit.address, playbook });
	return {
		key,
		attempt,
		script: { path: poolPath, digest: manifestDigest(manifest), interpreter: ['/bin/sh'] },
		purpose: 'do',
		despiteUnknown: true,
		env,
		// Waiting for a confirmation is no work.
		timeoutMs: unit.timeoutMs + on.confirmMs,
		restarts: [],
		pool,
	};
}

/** The bytes that a file of the pool is to have: the repository's, or those with the host's change merged in. */
export function bytesFor(
	{ on }: PoolQuestion,
	{ texts }: Pick<UnitObservation, 'texts'>,
	index: number,
	digest: Digest,
): Uint8Array | undefined {
	const file = on.files[index];
	if (file === undefined) return undefined;
	if (file.file.src.digest === digest) return file.file.src.bytes;
	const merged = mergeFile(file, texts?.get(index + 1));
	return merged.kind === 'clean' && digestOf(merged.bytes) === digest ? merged.bytes : undefined;
}
