import type { Digest, RunId } from '../model/brand.ts';
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
import { confirmMs } from '../units/pool/pool-on-host.ts';
import type { UnitObservation } from './observation.ts';
import { bytesOf, digestOf, mergeFile, shownOf, withDiff } from './pool-texts.ts';
import type { PoolQuestion } from './questions.ts';

/** A pool decided for itself. */
export type DecidedPool = Pick<PlannedUnit, 'decision' | 'notes' | 'trace' | 'job' | 'files'> & {
	readonly confirmMs: number;
};

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
	const { key, on, unit, condition, memoryName } = question;
	const { memory, printed } = observed;
	const judgement = judge(condition, printed);
	const look = printed.at(-1);
	const sights = readSights(typeof look === 'string' ? look : '', question.shown ?? []);
	const there = sights.map(({ seen }, index) => shownOf(seen, observed.texts?.get(index + 1)));
	const decided = decidePool(on, {
		key,
		judgement,
		memory,
		machineId,
		memoryName,
		sights,
		...(typeof look === 'object' ? { unseen: look.unseen } : {}),
		merge: (file, index) => {
			if (observed.texts === undefined)
				return { kind: 'unseen', because: 'only a look at its bytes tells what comes of that' };
			const merged = mergeFile(file, there[index]);
			return merged.kind === 'clean' ? { kind: 'clean', digest: digestOf(merged.bytes) } : merged;
		},
	});
	// Saved facts hold no file.
	const unseen = observed.texts === undefined ? { unseen: 'only a look at the host shows it' } : {};
	const files = decided.files.map((file, index) => {
		const wanted = on.files[index];
		const sight = sights[index];
		if (wanted === undefined || sight === undefined) return file;
		return withDiff(file, { wanted, seen: sight.seen, there: there[index], ...unseen });
	});
	const toConfirm = confirmMs(
		on,
		files.map(({ dest }) => dest),
	);
	const { decision, notes } = decided;
	const base = { decision, notes, trace: judgement.trace, files, confirmMs: toConfirm };
	if (decided.work === undefined) return base;
	const work: PoolWork = {
		kind: 'apply',
		files: decided.work,
		commands: on.commands,
		...(on.cwd === undefined ? {} : { cwd: on.cwd }),
		confirmMs: toConfirm,
		together: unit.together,
		keep: unit.keep,
	};
	const attempt = nextAttempt(key, memory);
	return { ...base, job: poolJob(question, work, { attempt, playbook }) };
}

/** What would be taken back of it. */
export function planPoolUndo(
	question: PoolQuestion,
	{ printed }: UnitObservation,
	{ playbook, ofRun }: { readonly playbook: string; readonly ofRun?: RunId },
): DecidedPool {
	const look = printed.at(-1);
	const { decision, files, job } = decidePoolUndo(typeof look === 'string' ? readUndo(look) : undefined, ofRun);
	const base = { decision, notes: [], trace: [], files, confirmMs: confirmMs(question.on) };
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
		timeoutMs: unit.timeoutMs + (pool.kind === 'apply' ? pool.confirmMs : confirmMs(on)),
		restarts: [],
		pool,
	};
}

/** The bytes that a file of the pool is to have. */
export function bytesFor(
	{ on }: PoolQuestion,
	{ texts }: Pick<UnitObservation, 'texts'>,
	index: number,
	digest: Digest,
): Uint8Array | undefined {
	const file = on.files[index];
	return file === undefined ? undefined : bytesOf(digest, file, texts?.get(index + 1));
}
