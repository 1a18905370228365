import type { RunId } from '../../model/brand.ts';
import type { Decision, PlannedFile } from '../../model/plan.ts';

/** What a host says of the latest change of a pool that can be taken back. */
export interface UndoSight {
	/** `KEY.ATTEMPT`: the job that made it. */
	readonly job: string;
	readonly run: string;
	/** None: the record that names them is damaged. */
	readonly files: readonly UndoFile[];
}

export interface UndoFile {
	readonly dest: string;
	readonly act: 'replace' | 'create';
	/** Whether it still is what the change put there. */
	readonly now: 'new' | 'edited' | 'absent';
	readonly backup: 'whole' | 'damaged' | 'none';
}

export interface PoolUndoDecision {
	readonly decision: Decision;
	readonly files: readonly PlannedFile[];
	/** The job that is taken back, when it may be. */
	readonly job?: string;
}

/** Reads what `hs_look_undo` of src/host/files.sh prints; `undefined`: there is nothing to take back. */
export function readUndo(printed: string): UndoSight | undefined {
	const files = new Map<string, UndoFile>();
	let head: { readonly job: string; readonly run: string } | undefined;
	for (const line of printed.split('\n')) {
		const [, word = '', first = '', rest = ''] = /^(\w+) (\S+) ?(.*)$/.exec(line) ?? [];
		if (word === 'undo') head = /^[0-9a-f]{64}\.\d{1,6}$/.test(first) ? { job: first, run: rest } : undefined;
		else files.set(first, readFile(files.get(first) ?? unread, word, rest));
	}
	return head === undefined ? undefined : { ...head, files: [...files.values()].filter(({ dest }) => dest !== '') };
}

/** What is not said is taken for the worst. */
const unread: UndoFile = { dest: '', act: 'replace', now: 'edited', backup: 'none' };

function readFile(file: UndoFile, word: string, rest: string): UndoFile {
	switch (word) {
		case 'was': {
			const [, act = '', dest = ''] = /^(\w+) (.*)$/.exec(rest) ?? [];
			return { ...file, dest, act: act === 'create' ? 'create' : 'replace' };
		}
		case 'now':
			return { ...file, now: rest === 'new' || rest === 'absent' ? rest : 'edited' };
		case 'copy':
			return { ...file, backup: rest === 'whole' ? 'whole' : 'damaged' };
		default:
			return file;
	}
}

/**
 * Would this pool be taken back here, and to what? All of its files or none, and nobody's later change is lost.
 * @param ofRun only the change that this run has made; absent: the latest one
 */
export function decidePoolUndo(sight: UndoSight | undefined, ofRun?: RunId): PoolUndoDecision {
	if (sight === undefined)
		return { decision: { kind: 'skip', because: 'this host keeps no backup of a change of it' }, files: [] };
	if (ofRun !== undefined && sight.run !== ofRun) return { decision: ofAnotherRun(sight.run, ofRun), files: [] };
	if (sight.files.length === 0) {
		const because = `the record of what run ${sight.run} has changed is damaged, so nothing is restored`;
		return { decision: { kind: 'refused', because }, files: [] };
	}
	const files = sight.files.map(planned);
	const worst = files.find(({ action }) => action === 'refuse') ?? files.find(({ action }) => action === 'keep');
	if (worst !== undefined) {
		const kind = worst.action === 'refuse' ? 'refused' : 'conflict';
		return { decision: { kind, because: `${worst.dest}: ${worst.because}` }, files };
	}
	const count = (action: PlannedFile['action']) => files.filter(file => file.action === action).length;
	const parts = [
		...(count('restore') === 0 ? [] : [`${count('restore')} to restore`]),
		...(count('remove') === 0 ? [] : [`${count('remove')} to remove`]),
	];
	return {
		decision: { kind: 'run', because: `changed by run ${sight.run}: ${parts.join(', ')}` },
		files,
		job: sight.job,
	};
}

/** Changes lie on top of each other, so only the latest can be taken back. Ids of runs begin with their time. */
const ofAnotherRun = (latest: string, wanted: RunId): Decision =>
	latest > wanted
		? {
				kind: 'refused',
				because: `run ${latest} has changed it again since: take that back first, with \`hsctl rollback ${latest}\``,
			}
		: {
				kind: 'skip',
				because: `what run ${wanted} has changed here was taken back, or its backup is gone; what is left is of run ${latest}`,
			};

function planned({ dest, act, now, backup }: UndoFile): PlannedFile {
	if (act === 'replace' && backup !== 'whole')
		return { dest, action: 'refuse', because: 'its backup is damaged or gone, so nothing is restored' };
	if (now === 'edited') return { dest, action: 'keep', because: 'it was changed since, and that stays' };
	if (now === 'absent') return { dest, action: 'keep', because: 'it was deleted since, and that stays' };
	return act === 'create'
		? { dest, action: 'remove', because: 'the pool had created it' }
		: { dest, action: 'restore', because: 'the pool had replaced it' };
}
