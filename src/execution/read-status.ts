import { asRunId, asUnitAddress, type RunId } from '../model/brand.ts';
import type { ChangeStage, HostStatus, KeptChange, OpenChange, UnitOnHost } from '../model/host-status.ts';
import type { JobState, OpenJob, Receipt } from '../model/receipt.ts';
import { readLock } from './host-locks.ts';
import { readMemory, readPendingRestarts } from './read-probe.ts';

/** Makes of the frames of a status program what is so on the host; `undefined` for what that cannot have printed. */
export function readStatus(frames: ReadonlyMap<string, string>): HostStatus | undefined {
	const lock = readLock(frames.get('lock') ?? '');
	if (lock === undefined || !frames.has('end')) return undefined;
	const memory = readMemory(linesOf(frames, 'memory'), () => true);
	const changes = linesOf(frames, 'changes').map(line => line.split(' '));
	const open = changes.flatMap(words => readOpen(words));
	const machine = (frames.get('machine') ?? '').replace(/^unknown$/, '');
	const receipts = memory.receipts.filter(({ machineId }) => machineId === machine);
	const starts = readStarts(linesOf(frames, 'starts'));
	return {
		lock,
		open: open.map(({ change }) => change),
		owedRestarts: readPendingRestarts(frames).map(({ service, run }) => ({ service, run: asRunId(run) })),
		units: unitsOf({ receipts, jobs: memory.jobs, starts, brought: new Set(open.map(({ job }) => job)) }),
		undoable: readKept(changes, linesOf(frames, 'ends')),
		damaged: memory.damaged,
	};
}

const linesOf = (frames: ReadonlyMap<string, string>, name: string): readonly string[] =>
	(frames.get(name) ?? '').split('\n').filter(line => line !== '');

/** `UNIT UNIT~PLAYBOOK RUN`. */
function readAbout([unit = '', memory = '', run = '']: readonly string[]): Pick<
	OpenChange,
	'unit' | 'playbook' | 'run'
> {
	return { unit: asUnitAddress(unit), playbook: memory.slice(memory.indexOf('~') + 1), run: asRunId(run) };
}

const stages: readonly ChangeStage[] = [
	'preparing',
	'committing',
	'confirming',
	'confirmed',
	'committed',
	'rolling',
	'restored',
	'rolled_back',
	'ended',
];

const workers: readonly OpenChange['worker'][] = ['live', 'guard', 'boot'];

function readOpen([word, job = '', stage, worker, ...about]: readonly string[]): readonly {
	readonly job: string;
	readonly change: OpenChange;
}[] {
	if (word !== 'open') return [];
	const change: OpenChange = {
		...readAbout(about),
		stage: stages.find(known => known === stage) ?? 'unknown',
		worker: workers.find(known => known === worker) ?? 'none',
	};
	return [{ job, change }];
}

/** Changes of a pool lie on top of each other: the latest, which the host names first, is the first that can be taken back. */
function readKept(changes: readonly (readonly string[])[], ends: readonly string[]): readonly KeptChange[] {
	const seconds = new Map(
		ends.flatMap(line => {
			const [, at, job] = /^(\d+) .*\/([^/]+)\/end$/.exec(line) ?? [];
			return at === undefined || job === undefined ? [] : [[job, Number(at)] as const];
		}),
	);
	return changes
		.flatMap(([word, job = '', files, ...about]) => {
			const at = seconds.get(job);
			const committedAt = at === undefined ? {} : { committedAt: new Date(at * 1000).toISOString() };
			return word === 'kept' ? [{ ...readAbout(about), files: Number(files), ...committedAt }] : [];
		})
		.toSorted(byUnit);
}

interface Start {
	readonly unit: string;
	readonly playbook: string;
	readonly run: RunId;
}

/** `KEY.ATTEMPT UNIT PLAYBOOK RUN`. */
const readStarts = (lines: readonly string[]): ReadonlyMap<string, Start> =>
	new Map(
		lines.map(line => {
			const [job = '', unit = 'unknown', playbook = '', run = ''] = line.split(' ');
			return [job, { unit, playbook, run: asRunId(run) }];
		}),
	);

interface Remembered {
	readonly receipts: readonly Receipt[];
	readonly jobs: readonly OpenJob[];
	readonly starts: ReadonlyMap<string, Start>;
	/** Jobs that are told of as open changes. */
	readonly brought: ReadonlySet<string>;
}

function unitsOf({ receipts, jobs, starts, brought }: Remembered): readonly UnitOnHost[] {
	const latest = new Map<string, UnitOnHost>();
	const put = (unit: UnitOnHost) => latest.set(`${unit.unit} ${unit.playbook}`, unit);
	for (const receipt of receipts.toSorted(byEnd)) put(readReceipt(receipt));
	for (const job of jobs) {
		const name = `${job.key}.${job.attempt}`;
		const start = starts.get(name);
		const status = openStates[job.state];
		if (start === undefined || status === undefined || brought.has(name)) continue;
		if (receipts.some(({ key, attempt }) => key === job.key && attempt >= job.attempt)) continue;
		put({ ...start, unit: asUnitAddress(start.unit), status });
	}
	return [...latest.values()].toSorted(byUnit);
}

const openStates: Partial<Record<JobState, UnitOnHost['status']>> = {
	running: 'running',
	orphan: 'running',
	lost: 'unknown',
	interrupted: 'unknown',
	damaged: 'unknown',
};

const statusWords = { ok: 'done', failed: 'failed', undone: 'undone' } as const;

const readReceipt = ({ unit, playbook, run, status, purpose, why, exitCode, finishedAt }: Receipt): UnitOnHost => ({
	unit,
	playbook,
	status: statusWords[status],
	run: asRunId(run),
	finishedAt,
	...(purpose === undefined ? {} : { purpose }),
	...(status === 'failed' ? { why, ...(why === 'exit' ? { exitCode } : {}) } : {}),
});

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

const byUnit = (one: Pick<UnitOnHost, 'unit' | 'playbook'>, other: Pick<UnitOnHost, 'unit' | 'playbook'>): number =>
	compare(one.unit, other.unit) || compare(one.playbook, other.playbook);

const byEnd = (one: Receipt, other: Receipt): number =>
	compare(one.finishedAt, other.finishedAt) || one.attempt - other.attempt;

/** Whether a change is open there that nobody works on. */
export const isStuck = ({ open }: Pick<HostStatus, 'open'>): boolean => open.some(({ worker }) => worker !== 'live');
