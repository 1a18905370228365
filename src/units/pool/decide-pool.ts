import type { Digest, JobKey } from '../../model/brand.ts';
import { hostPath } from '../../model/brand.ts';
import type { Judgement } from '../../model/condition.ts';
import type { Decision, FileAction, PlannedFile } from '../../model/plan.ts';
import type { PoolWorkFile } from '../../model/pool-work.ts';
import type { OpenJob, Receipt, UnitMemory } from '../../model/receipt.ts';
import type { Pool, RepoFile } from '../../model/unit.ts';
import type { FileSight } from './file-look.ts';
import { clauses, type FileVerdict, judgeFile } from './judge-file.ts';
import type { PoolFileOnHost, PoolOnHost } from './pool-on-host.ts';

/** What is known when a pool is decided on one host. */
export interface PoolSituation {
	/** Of what is to be there now. */
	readonly key: JobKey;
	readonly judgement: Judgement;
	readonly memory: UnitMemory;
	readonly machineId: string;
	/** `pool.x~playbook`: the name under which the host remembers what this pool has put there. */
	readonly memoryName: string;
	readonly sights: readonly FileSight[];
	/** Saved facts stand for the host, and they hold no look at the files: why, in one clause. */
	readonly unseen?: string;
	/** Carries somebody's change over into the new version. */
	merge(file: PoolFileOnHost, index: number): Merged;
}

/** What a three-way merge came to. */
export type Merged =
	| { readonly kind: 'clean'; readonly digest: Digest }
	| { readonly kind: 'impossible'; readonly because: string }
	/** Nobody has looked at the bytes: why, in one clause. */
	| { readonly kind: 'unseen'; readonly because: string };

export interface PoolDecision {
	readonly decision: Decision;
	readonly notes: readonly string[];
	/** In the pool's order; none where nobody has looked at them. */
	readonly files: readonly PlannedFile[];
	/** Present when it may run. */
	readonly work?: readonly PoolWorkFile[];
}

/** Would this pool be changed here, and why? Whatever stands in the way of one file stands in the way of all of them. */
export function decidePool(on: PoolOnHost, situation: PoolSituation): PoolDecision {
	const { judgement, unseen } = situation;
	const running = situation.memory.jobs.find(({ state }) => state === 'running' || state === 'orphan');
	if (running !== undefined) return nothing({ kind: 'refused', because: `start ${running.attempt} is running now` });
	if (unseen !== undefined) return nothing(byCondition(judgement) ?? { kind: 'unknown', because: unseen });
	const ends = refuseTwins(on.files.map((file, index) => endOf(file, index, on.pool, situation)));
	const files = ends.map(({ planned }) => planned);
	const decision = decide(on.pool, ends, situation);
	const mayRun = decision.kind === 'run' || decision.kind === 'skip';
	const work = ends.flatMap(({ work: one }) => one ?? []);
	const isWhole = work.length === ends.length;
	return { decision, notes: notesOf(situation), files, ...(mayRun && isWhole ? { work } : {}) };
}

const nothing = (decision: Decision): PoolDecision => ({ decision, notes: [], files: [] });

interface FileEnd {
	readonly planned: PlannedFile;
	/** Absent: this file keeps the pool from being changed. */
	readonly work?: PoolWorkFile;
	/** Only a look at the host can tell what becomes of it: why, in one clause. */
	readonly unseen?: string;
}

function endOf(wanted: PoolFileOnHost, index: number, pool: Pool, situation: PoolSituation): FileEnd {
	const sight = situation.sights[index] ?? { seen: { kind: 'unseen' as const }, bars: [], kept: [] };
	const verdict = judgeFile(wanted, sight, pool, situation.memoryName);
	switch (verdict.action) {
		case 'same':
		case 'create':
		case 'replace':
			return workEnd(wanted, verdict, verdict.action, verdict.merged ?? wanted.file.src.digest);
		case 'customised':
			return customisedEnd(wanted, verdict, pool.onCustomised, () => situation.merge(wanted, index));
		case 'skip':
		case 'keep':
		case 'fail':
		case 'refuse':
			return stoppedBy(wanted, verdict, verdict.action);
	}
}

const planned = (
	{ dest }: PoolFileOnHost,
	{ action: judged, at, because, was }: FileVerdict,
	action: FileAction,
): PlannedFile => ({
	dest: at,
	...(at === dest ? {} : { link: dest }),
	action,
	because,
	...(judged === 'customised' ? { customised: true } : {}),
	...(was === undefined ? {} : { was }),
});

const stoppedBy = (wanted: PoolFileOnHost, verdict: FileVerdict, action: FileAction, more = ''): FileEnd => ({
	planned: planned(wanted, { ...verdict, because: verdict.because + more }, action),
});

function workEnd(
	wanted: PoolFileOnHost,
	verdict: FileVerdict,
	action: 'same' | 'create' | 'replace' | 'merge',
	digest: Digest,
): FileEnd {
	const { mode, owner, group, src } = wanted.file;
	const { at, was } = verdict;
	return {
		planned: { ...planned(wanted, verdict, action), digest },
		work: {
			act: action === 'merge' ? 'replace' : action,
			dest: hostPath(at),
			digest,
			source: src.digest,
			...(was === undefined ? {} : { was }),
			...(mode === undefined ? {} : { mode }),
			...(owner === undefined ? {} : { owner }),
			...(group === undefined ? {} : { group }),
		},
	};
}

/** The playbook's word on what somebody has changed. */
function customisedEnd(
	wanted: PoolFileOnHost,
	verdict: FileVerdict,
	policy: Pool['onCustomised'],
	merge: () => Merged,
): FileEnd {
	switch (policy) {
		case 'skip':
			return stoppedBy(wanted, verdict, 'keep', '; on_customised is skip');
		case 'fail':
			return stoppedBy(wanted, verdict, 'fail', '; on_customised is fail');
		case 'replace': {
			const because = clauses(
				verdict.because,
				'on_customised is replace, and a backup is kept',
				verdict.dress,
				verdict.names,
			);
			return workEnd(wanted, { ...verdict, because }, 'replace', wanted.file.src.digest);
		}
		case 'merge':
			return mergedEnd(wanted, verdict, merge());
	}
}

function mergedEnd(wanted: PoolFileOnHost, verdict: FileVerdict, merged: Merged): FileEnd {
	if (merged.kind === 'unseen') {
		const because = `${verdict.because}; on_customised is merge, and ${merged.because}`;
		return { ...stoppedBy(wanted, { ...verdict, because }, 'keep'), unseen: because };
	}
	if (merged.kind === 'impossible')
		return stoppedBy(wanted, verdict, 'keep', `; on_customised is merge, and that is not possible: ${merged.because}`);
	if (merged.digest !== verdict.was) {
		const because = clauses(verdict.because, 'its change is merged into the new version', verdict.dress, verdict.names);
		return workEnd(wanted, { ...verdict, because }, 'merge', merged.digest);
	}
	return verdict.dress === undefined
		? workEnd(
				wanted,
				{ ...verdict, because: 'it has the change of this host and all of the new version' },
				'same',
				merged.digest,
			)
		: workEnd(wanted, { ...verdict, because: clauses(verdict.dress, verdict.names) }, 'replace', merged.digest);
}

/** Two entries that a link brings to one place are one file, and it cannot be two things. */
function refuseTwins(ends: readonly FileEnd[]): readonly FileEnd[] {
	const first = new Map<string, PlannedFile>();
	return ends.map(end => {
		const { dest, link } = end.planned;
		const twin = first.get(dest);
		if (twin === undefined) {
			first.set(dest, end.planned);
			return end;
		}
		const because =
			link === undefined
				? `${twin.link ?? twin.dest} leads to it, and would write it too`
				: `it leads to ${dest}, which another entry writes too`;
		const { digest, ...rest } = end.planned;
		return { planned: { ...rest, action: 'refuse', because } };
	});
}

function decide(pool: Pool, ends: readonly FileEnd[], { judgement, key, memory, machineId }: PoolSituation): Decision {
	const files = ends.map(({ planned: file }) => file);
	const unseen = ends.flatMap(end => (end.unseen === undefined ? [] : [`${nameOf(end.planned)}: ${end.unseen}`]));
	const seen = ends.flatMap(end => (end.unseen === undefined ? [end.planned] : []));
	const unpinned = pool.files.flatMap(({ src, base }) => [src, ...(base === undefined ? [] : [base])]).find(isUnpinned);
	const stopped =
		byCondition(judgement) ??
		stopBy(files, 'skip', 'skip') ??
		(unpinned === undefined ? undefined : refusedByPin(unpinned)) ??
		stopBy(files, 'refuse', 'refused') ??
		stopBy(files, 'fail', 'fail') ??
		stopBy(seen, 'keep', 'conflict');
	if (stopped !== undefined) return stopped;
	if (unseen[0] !== undefined) return { kind: 'unknown', because: `${unseen[0]}${andMore(unseen.length - 1)}` };
	if (files.every(({ action }) => action === 'same')) return { kind: 'done', because: asItShouldBe(files.length) };
	const again = latestFailure(key, memory, machineId);
	return { kind: 'run', because: `${summary(files)}${again === undefined ? '' : `; ${again}, tried again`}` };
}

function byCondition({ holds, because, isUnseen }: Judgement): Decision | undefined {
	if (holds === 'yes') return undefined;
	if (holds === 'no') return { kind: 'skip', because };
	return { kind: isUnseen === true ? 'unknown' : 'fail', because };
}

/** What a file of this action makes of the whole pool. */
function stopBy(
	files: readonly PlannedFile[],
	action: FileAction,
	kind: 'skip' | 'refused' | 'fail' | 'conflict',
): Decision | undefined {
	const stopped = files.filter(file => file.action === action);
	const [first] = stopped;
	if (first === undefined) return undefined;
	return { kind, because: `${nameOf(first)}: ${first.because}${andMore(stopped.length - 1)}` };
}

const isUnpinned = ({ pin }: RepoFile): boolean => pin !== 'matches';

const refusedByPin = ({ path, pin }: RepoFile): Decision => ({
	kind: 'refused',
	because: `${path} ${pin === 'missing' ? 'is not pinned in hsctl.lock' : 'is not what hsctl.lock pins'}: read it, then run \`hsctl lock\``,
});

/** The last part of a path says most; the files themselves are listed with their whole paths. */
const nameOf = ({ dest, link = dest }: PlannedFile): string => link.slice(link.lastIndexOf('/') + 1);

const andMore = (count: number): string => (count === 0 ? '' : ` (and ${count} more)`);

const asItShouldBe = (count: number): string =>
	count === 1 ? '1 file is as it should be' : `${count} files are as they should be`;

function summary(files: readonly PlannedFile[]): string {
	const of = (action: PlannedFile['action'], words: string) => {
		const { length } = files.filter(file => file.action === action);
		return length === 0 ? [] : [`${length} ${words}`];
	};
	return [
		...of('create', 'to create'),
		...of('replace', 'to replace'),
		...of('merge', 'to merge'),
		...of('same', 'as it should be'),
	].join(', ');
}

/** Of this very content: what another one came to says nothing of it. */
function latestFailure(key: JobKey, { receipts }: UnitMemory, machineId: string): string | undefined {
	const latest = receipts.filter(one => one.machineId === machineId && one.key === key).toSorted(byEnd)[0];
	return latest?.status === 'failed' ? `${endWords.get(latest.why) ?? 'failed'} on ${day(latest)}` : undefined;
}

/** How the host's receipts call it. */
const endWords: ReadonlyMap<string, string> = new Map([
	['rolled_back', 'undone by itself'],
	['rollback_failed', 'could not be put into use again after it was undone'],
]);

const byEnd = (one: Receipt, other: Receipt): number =>
	one.finishedAt === other.finishedAt ? other.attempt - one.attempt : one.finishedAt < other.finishedAt ? 1 : -1;

const day = ({ finishedAt }: Receipt): string => finishedAt.slice(0, 16).replace('T', ' ');

/** What a dead run has left half done is undone before anything else; the plan looks through it. */
const notesOf = ({ memory }: PoolSituation): readonly string[] =>
	memory.jobs.some(isLeftOpen)
		? ['an earlier change of it was interrupted; the next run on this host ends it first']
		: [];

const isLeftOpen = ({ state }: OpenJob): boolean => state === 'lost' || state === 'interrupted';
