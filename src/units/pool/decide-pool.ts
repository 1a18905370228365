import type { Digest } from '../../model/brand.ts';
import { hostPath } from '../../model/brand.ts';
import type { Judgement } from '../../model/condition.ts';
import type { Decision, PlannedFile } from '../../model/plan.ts';
import type { PoolWorkFile } from '../../model/pool-work.ts';
import type { OpenJob, Receipt, UnitMemory } from '../../model/receipt.ts';
import type { Pool, RepoFile } from '../../model/unit.ts';
import type { FileSight } from './file-look.ts';
import { type FileVerdict, judgeFile } from './judge-file.ts';
import type { PoolFileOnHost, PoolOnHost } from './pool-on-host.ts';

/** What is known when a pool is decided on one host. */
export interface PoolSituation {
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
	| { readonly kind: 'impossible'; readonly because: string };

export interface PoolDecision {
	readonly decision: Decision;
	readonly notes: readonly string[];
	readonly files: readonly PlannedFile[];
	/** Present when it may run. */
	readonly work?: readonly PoolWorkFile[];
}

/** Would this pool be changed here, and why? Whatever stands in the way of one file stands in the way of all of them. */
export function decidePool(on: PoolOnHost, situation: PoolSituation): PoolDecision {
	const { judgement, unseen } = situation;
	const running = situation.memory.jobs.find(({ state }) => state === 'running' || state === 'orphan');
	if (running !== undefined) return nothing({ kind: 'refused', because: `start ${running.attempt} is running now` });
	if (unseen !== undefined && judgement.holds !== 'no') return nothing({ kind: 'unknown', because: unseen });
	const ends = on.files.map((file, index) => endOf(file, index, on.pool, situation));
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
			return customisedEnd(wanted, index, verdict, pool, situation);
		case 'keep':
		case 'fail':
		case 'refuse':
			return stoppedBy(verdict, verdict.action);
	}
}

const stoppedBy = ({ at, because }: FileVerdict, action: PlannedFile['action'], more = ''): FileEnd => ({
	planned: { dest: at, action, because: `${because}${more}` },
});

function workEnd(
	{ file }: PoolFileOnHost,
	{ at, because, was }: FileVerdict,
	action: 'same' | 'create' | 'replace' | 'merge',
	digest: Digest,
): FileEnd {
	const { mode, owner, group, src } = file;
	return {
		planned: { dest: at, action, because },
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

/** The playbook's word on what somebody has changed. A deleted file has nothing that could be replaced or merged. */
function customisedEnd(
	wanted: PoolFileOnHost,
	index: number,
	verdict: FileVerdict,
	{ onCustomised }: Pool,
	situation: PoolSituation,
): FileEnd {
	if (verdict.was === undefined) return stoppedBy(verdict, 'keep');
	const sight = situation.sights[index];
	const bar = sight?.bars[0];
	switch (onCustomised) {
		case 'skip':
			return stoppedBy(verdict, 'keep', '; on_customised is skip');
		case 'fail':
			return stoppedBy(verdict, 'fail', '; on_customised is fail');
		case 'replace':
			if (bar !== undefined) return stoppedBy(verdict, 'refuse', '; and it cannot be replaced');
			return workEnd(
				wanted,
				{ ...verdict, because: `${verdict.because}; on_customised is replace, and a backup is kept` },
				'replace',
				wanted.file.src.digest,
			);
		case 'merge': {
			const merged = situation.merge(wanted, index);
			if (merged.kind === 'impossible')
				return stoppedBy(verdict, 'keep', `; on_customised is merge, and that is not possible: ${merged.because}`);
			const because = `${verdict.because}; its change is merged into the new version`;
			const isThere = merged.digest === verdict.was;
			return workEnd(wanted, { ...verdict, because }, isThere ? 'same' : 'merge', merged.digest);
		}
	}
}

function decide(pool: Pool, ends: readonly FileEnd[], { judgement, memory, machineId }: PoolSituation): Decision {
	if (judgement.holds === 'no') return { kind: 'skip', because: judgement.because };
	if (judgement.holds === 'unknown')
		return { kind: judgement.isUnseen === true ? 'unknown' : 'fail', because: judgement.because };
	const unpinned = pool.files.flatMap(({ src, base }) => [src, ...(base === undefined ? [] : [base])]).find(isUnpinned);
	if (unpinned !== undefined) return refusedByPin(unpinned);
	const files = ends.map(({ planned }) => planned);
	for (const [action, kind] of stops) {
		const stopped = files.filter(file => file.action === action);
		const [first] = stopped;
		if (first !== undefined)
			return { kind, because: `${nameOf(first)}: ${first.because}${andMore(stopped.length - 1)}` };
	}
	const changed = files.filter(({ action }) => action !== 'same');
	if (changed.length === 0) return { kind: 'done', because: `${filesWord(files.length)} as they should be` };
	const again = latestFailure(memory, machineId);
	return { kind: 'run', because: `${summary(files)}${again === undefined ? '' : `; ${again}, tried again`}` };
}

/** What is worst is said first. A file that is not there because the playbook wants none there is no conflict. */
const stops: readonly (readonly [PlannedFile['action'], 'refused' | 'fail' | 'conflict'])[] = [
	['refuse', 'refused'],
	['fail', 'fail'],
	['keep', 'conflict'],
];

const isUnpinned = ({ pin }: RepoFile): boolean => pin !== 'matches';

const refusedByPin = ({ path, pin }: RepoFile): Decision => ({
	kind: 'refused',
	because: `${path} ${pin === 'missing' ? 'is not pinned in hsctl.lock' : 'is not what hsctl.lock pins'}: read it, then run \`hsctl lock\``,
});

/** The last part of a path says most; the files themselves are listed with their whole paths. */
const nameOf = ({ dest }: PlannedFile): string => dest.slice(dest.lastIndexOf('/') + 1) || dest;

const andMore = (count: number): string => (count === 0 ? '' : ` (and ${count} more)`);

const filesWord = (count: number): string => (count === 1 ? '1 file is' : `${count} files are`);

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

function latestFailure({ receipts }: UnitMemory, machineId: string): string | undefined {
	const latest = receipts.filter(receipt => receipt.machineId === machineId).toSorted(byEnd)[0];
	return latest?.status === 'failed' ? `${endWords[latest.why] ?? 'failed'} on ${day(latest)}` : undefined;
}

const endWords: Readonly<Record<string, string>> = { rolled_back: 'undone by itself', rollback_failed: 'not undone' };

const byEnd = (one: Receipt, other: Receipt): number =>
	one.finishedAt === other.finishedAt ? other.attempt - one.attempt : one.finishedAt < other.finishedAt ? 1 : -1;

const day = ({ finishedAt }: Receipt): string => finishedAt.slice(0, 16).replace('T', ' ');

/** What a dead run has left half done is undone before anything else; the plan looks through it. */
const notesOf = ({ memory }: PoolSituation): readonly string[] =>
	memory.jobs.some(isLeftOpen) ? ['an earlier change of it was interrupted: it is brought to its end first'] : [];

const isLeftOpen = ({ state }: OpenJob): boolean => state === 'lost' || state === 'interrupted';
