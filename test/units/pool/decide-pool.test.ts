import { describe, expect, it } from 'vitest';
import type { Decision, FileAction } from '../../../src/model/plan.ts';
import type { PoolWorkFile } from '../../../src/model/pool-work.ts';
import type { JobState, Receipt } from '../../../src/model/receipt.ts';
import type { Pool } from '../../../src/model/unit.ts';
import { decidePool, type Merged, type PoolDecision, type PoolSituation } from '../../../src/units/pool/decide-pool.ts';
import type { FileSight } from '../../../src/units/pool/file-look.ts';
import { judgement, keyOf, machineId, memory, openJob, receipt } from '../../fakes/builders.ts';
import { kept, onHost, poolFile, repoFile, seenFile, sight, sum } from '../../fakes/pool-builders.ts';

const absent = sight({ kind: 'absent' });
const same = sight(seenFile('new\n'));
const ours = sight(seenFile('v1\n'), { kept: [kept('v1\n')] });
const mine = sight(seenFile('mine\n'));
const folder = sight({ kind: 'folder' });
const hidden = sight({ kind: 'hidden', folder: '/srv' });

const cannot: Merged = { kind: 'impossible', because: 'both have changed one place' };
const cleanly: Merged = { kind: 'clean', digest: sum('new and mine\n') };

interface Asked extends Partial<Omit<PoolSituation, 'sights' | 'merge'>> {
	readonly sights?: readonly FileSight[];
	readonly pool?: Partial<Omit<Pool, 'address' | 'files'>>;
	/** In their order; a file for each sight, /srv/1 and on. */
	readonly files?: readonly Parameters<typeof poolFile>[0][];
	readonly merged?: Merged;
}

function ask({ sights = [ours], pool = {}, files = [], merged = cannot, ...situation }: Asked): PoolDecision {
	const all = sights.map((_, index) => poolFile({ dest: `/srv/${index + 1}`, ...files[index] }));
	return decidePool(onHost({ ...pool, files: all }), {
		key: keyOf('now'),
		judgement: judgement('yes'),
		memory: memory(),
		machineId,
		memoryName: 'pool.site~web',
		sights,
		merge: () => merged,
		...situation,
	});
}

interface Row extends Asked {
	readonly title: string;
	readonly kind: Decision['kind'];
	readonly because: string;
	readonly actions?: readonly FileAction[];
	/** What the host is asked to do with each file; none: it has no work. */
	readonly acts?: readonly PoolWorkFile['act'][];
}

const unpinned = repoFile('new\n', { pin: 'missing' });
const open = (state: JobState) => memory({ jobs: [openJob(state, 3)] });
const ended = (rest: Partial<Omit<Receipt, 'unit'>>) => memory({ receipts: [receipt({ status: 'failed', ...rest })] });
const undone = { why: 'rolled_back' as Receipt['why'] };

const rows: readonly Row[] = [
	// what is to be done
	{
		title: 'runs where its files are ours, and counts them',
		sights: [ours, ours, absent, same],
		kind: 'run',
		because: '1 to create, 2 to replace, 1 as it should be',
		actions: ['replace', 'replace', 'create', 'same'],
		acts: ['replace', 'replace', 'create', 'same'],
	},
	{
		title: 'is done where all of them are as they should be',
		sights: [same, same],
		kind: 'done',
		because: '2 files are as they should be',
		actions: ['same', 'same'],
	},
	{ title: 'of one file is done in other words', sights: [same], kind: 'done', because: '1 file is as it should be' },
	// its condition
	{
		title: 'is skipped by its condition, whatever its files are like, with its work in case that it comes to hold',
		judgement: judgement('no', 'git is new enough'),
		sights: [ours, same],
		kind: 'skip',
		because: 'git is new enough',
		acts: ['replace', 'same'],
	},
	{
		title: 'skipped by its condition has no work where a file would stand in the way',
		judgement: judgement('no', 'git is new enough'),
		sights: [ours, mine],
		kind: 'skip',
		because: 'git is new enough',
	},
	{
		title: 'fails where its condition cannot be evaluated',
		judgement: judgement('unknown', 'git hangs'),
		kind: 'fail',
		because: 'git hangs',
	},
	{
		title: 'is unknown where nobody has seen what its condition asks for',
		judgement: { ...judgement('unknown', 'git is not in the facts'), isUnseen: true },
		kind: 'unknown',
		because: 'git is not in the facts',
	},
	// nobody has looked at its files
	{
		title: 'is unknown where nobody has looked at its files',
		unseen: 'files of pool.site is not in the facts',
		sights: [sight({ kind: 'unseen' })],
		kind: 'unknown',
		because: 'files of pool.site is not in the facts',
		actions: [],
	},
	{
		title: 'is skipped by its condition also where nobody has looked at its files',
		unseen: 'files of pool.site is not in the facts',
		judgement: judgement('no', 'git is new enough'),
		kind: 'skip',
		because: 'git is new enough',
		actions: [],
	},
	{
		title: 'fails by its condition also where nobody has looked at its files',
		unseen: 'files of pool.site is not in the facts',
		judgement: judgement('unknown', 'git hangs'),
		kind: 'fail',
		because: 'git hangs',
		actions: [],
	},
	// running
	...(['running', 'orphan'] as const).map(state => ({
		title: `is refused while a start of it is ${state}`,
		memory: open(state),
		judgement: judgement('no'),
		kind: 'refused' as const,
		because: 'start 3 is running now',
		actions: [],
	})),
	// the order of what stands in the way
	{
		title: 'is not for this host where a file is not there that has to be: that counts before everything else',
		sights: [mine, folder, hidden, absent],
		files: [{ src: unpinned }, {}, {}, { ifAbsent: 'skip' }],
		kind: 'skip',
		because: '4: it is not there; if_absent is skip',
		actions: ['keep', 'refuse', 'fail', 'skip'],
	},
	{
		title: 'is refused by a missing pin before its files are judged',
		sights: [mine, folder],
		files: [{ src: unpinned }],
		kind: 'refused',
		because: 'files/a is not pinned in hsctl.lock: read it, then run `hsctl lock`',
	},
	{
		title: 'is refused where a base is not what the lock file pins',
		files: [{ base: repoFile('v0\n', { pin: 'differs' }) }],
		kind: 'refused',
		because: 'files/a is not what hsctl.lock pins: read it, then run `hsctl lock`',
	},
	{
		title: 'is refused without a pin even where nothing would be done',
		sights: [same],
		files: [{ src: unpinned }],
		kind: 'refused',
		because: 'files/a is not pinned in hsctl.lock: read it, then run `hsctl lock`',
	},
	{
		title: 'is refused by what cannot be replaced before what cannot be judged',
		sights: [mine, hidden, folder],
		kind: 'refused',
		because: '3: it is a folder',
	},
	{
		title: 'fails by what cannot be judged before it is in conflict',
		sights: [mine, hidden],
		kind: 'fail',
		because: '2: /srv is closed to this user',
	},
	{
		title: 'is in conflict with what was deleted and what was customised, and counts them',
		sights: [sight({ kind: 'absent' }, { kept: [kept('v1\n')] }), ours, mine],
		kind: 'conflict',
		because: '1: it was deleted since this pool put it there; on_deleted is skip (and 1 more)',
		actions: ['keep', 'replace', 'keep'],
	},
	{
		title: 'without a sight of a file fails',
		sights: [ours, sight({ kind: 'unseen' })],
		kind: 'fail',
		because: '2: the look at it told nothing',
	},
	// customised
	{
		title: 'leaves a customised file alone',
		sights: [mine],
		kind: 'conflict',
		because: '1: no baseline, no package and no pool knows this version; on_customised is skip',
		actions: ['keep'],
	},
	{
		title: 'fails by a customised file where the playbook says so',
		sights: [mine],
		pool: { onCustomised: 'fail' },
		kind: 'fail',
		because: '1: no baseline, no package and no pool knows this version; on_customised is fail',
		actions: ['fail'],
	},
	{
		title: 'replaces a customised file where the playbook says so',
		sights: [mine],
		pool: { onCustomised: 'replace' },
		kind: 'run',
		because: '1 to replace',
		actions: ['replace'],
		acts: ['replace'],
	},
	{
		title: 'merges a customised file where the playbook says so',
		sights: [mine, same],
		pool: { onCustomised: 'merge' },
		merged: cleanly,
		kind: 'run',
		because: '1 to merge, 1 as it should be',
		actions: ['merge', 'same'],
		acts: ['replace', 'same'],
	},
	{
		title: 'is in conflict with what cannot be merged',
		sights: [mine],
		pool: { onCustomised: 'merge' },
		kind: 'conflict',
		because:
			'1: no baseline, no package and no pool knows this version; on_customised is merge, and that is not possible: both have changed one place',
		actions: ['keep'],
	},
	{
		title: 'is unknown where nobody has seen the bytes that would be merged',
		sights: [mine, ours],
		pool: { onCustomised: 'merge' },
		merged: { kind: 'unseen', because: 'nobody has looked' },
		kind: 'unknown',
		because: '1: no baseline, no package and no pool knows this version; on_customised is merge, and nobody has looked',
		actions: ['keep', 'replace'],
	},
	{
		title: 'is in conflict where a file stays, whatever might be merged',
		sights: [mine, sight({ kind: 'absent' }, { kept: [kept('v1\n')] })],
		pool: { onCustomised: 'merge' },
		merged: { kind: 'unseen', because: 'nobody has looked' },
		kind: 'conflict',
		because: '2: it was deleted since this pool put it there; on_deleted is skip',
	},
	{
		title: 'is done where the merge is there already',
		sights: [mine],
		pool: { onCustomised: 'merge' },
		merged: { kind: 'clean', digest: sum('mine\n') },
		kind: 'done',
		because: '1 file is as it should be',
		actions: ['same'],
	},
	{
		title: 'gives the mode to a merge that is there already, and nothing else',
		sights: [sight(seenFile('mine\n', { mode: '600' }))],
		files: [{ mode: '0644' }],
		pool: { onCustomised: 'merge' },
		merged: { kind: 'clean', digest: sum('mine\n') },
		kind: 'run',
		because: '1 to replace',
		actions: ['replace'],
		acts: ['replace'],
	},
	// tried again
	{
		title: 'that was undone by itself is tried again, and says when that was',
		memory: ended({ ...undone, finishedAt: '2026-08-02T11:12:13Z' }),
		kind: 'run',
		because: '1 to replace; undone by itself on 2026-08-02 11:12, tried again',
	},
	{
		title: 'that could not be put into use again is tried again',
		memory: ended({ why: 'rollback_failed' as Receipt['why'] }),
		kind: 'run',
		because: '1 to replace; could not be put into use again after it was undone on 2026-08-01 10:00, tried again',
	},
	{
		title: 'that failed in another way is tried again',
		memory: ended({ why: 'constructor' as Receipt['why'] }),
		kind: 'run',
		because: '1 to replace; failed on 2026-08-01 10:00, tried again',
	},
	{
		title: 'says nothing of a failure that a success came after',
		memory: memory({
			receipts: [
				receipt({ finishedAt: '2026-08-03T00:00:00Z' }),
				receipt({ status: 'failed', finishedAt: '2026-08-02T00:00:00Z' }),
			],
		}),
		kind: 'run',
		because: '1 to replace',
	},
	{
		title: 'takes the later attempt where both ended in the same second',
		memory: memory({ receipts: [receipt({ attempt: 1 }), receipt({ status: 'failed', attempt: 2 })] }),
		kind: 'run',
		because: '1 to replace; failed on 2026-08-01 10:00, tried again',
	},
	{
		title: 'says nothing of what became of other content',
		memory: ended({ ...undone, key: keyOf('before') }),
		kind: 'run',
		because: '1 to replace',
	},
	{
		title: 'says nothing of what became of it on the machine that this one was cloned from',
		memory: ended({ ...undone, machineId: 'another' }),
		kind: 'run',
		because: '1 to replace',
	},
	{
		title: 'that was taken back is done once more',
		memory: ended({ status: 'undone' }),
		kind: 'run',
		because: '1 to replace',
	},
	// links
	{
		title: 'is refused where a link leads to another of its files',
		sights: [sight(seenFile('v1\n'), { at: '/srv/2', kept: [kept('v1\n')] }), ours],
		files: [{ follow: true }],
		kind: 'refused',
		because: '2: /srv/1 leads to it, and would write it too',
		actions: ['replace', 'refuse'],
	},
	{
		title: 'is refused where two links lead to one place',
		sights: [sight(seenFile('new\n'), { at: '/x/y' }), sight(seenFile('new\n'), { at: '/x/y' })],
		files: [{ follow: true }, { follow: true }],
		kind: 'refused',
		because: '2: it leads to /x/y, which another entry writes too',
		actions: ['same', 'refuse'],
	},
];

describe('a pool', () => {
	it.each(rows)('$title', ({ kind, because, actions, acts, title: _, ...asked }) => {
		const { decision, files, work } = ask(asked);
		expect(decision).toEqual({ kind, because });
		if (actions !== undefined) expect(files.map(({ action }) => action)).toEqual(actions);
		const mayRun = kind === 'run' || kind === 'skip';
		if (acts !== undefined || !mayRun) expect(work?.map(({ act }) => act)).toEqual(acts);
	});

	it.each([
		['lost', ['an earlier change of it was interrupted; the next run on this host ends it first']],
		['interrupted', ['an earlier change of it was interrupted; the next run on this host ends it first']],
		['finished', []],
		['void', []],
	] as const)('whose earlier start is %s notes that: %j', (state, notes) => {
		expect(ask({ memory: open(state) }).notes).toEqual(notes);
	});

	it('tells the host what was there, what will be, what that was made from, and what belongs to it', () => {
		const files = [{ mode: '0640', owner: 'www-data', group: 'adm' }, {}, {}];
		const { work } = ask({ sights: [mine, absent, same], files, pool: { onCustomised: 'merge' }, merged: cleanly });
		const source = sum('new\n');
		expect(work).toEqual([
			{
				act: 'replace',
				dest: '/srv/1',
				digest: sum('new and mine\n'),
				source,
				was: sum('mine\n'),
				mode: '0640',
				owner: 'www-data',
				group: 'adm',
			},
			{ act: 'create', dest: '/srv/2', digest: source, source },
			{ act: 'same', dest: '/srv/3', digest: source, source, was: source },
		]);
	});

	it('keeps the bytes of an earlier merge where only the mode is wrong', () => {
		const merged = sight(seenFile('both\n', { mode: '600' }), { kept: [kept('both\n', 'pool.site~web', 'new\n')] });
		const { work } = ask({ sights: [merged], files: [{ mode: '0644' }] });
		expect(work).toMatchObject([{ act: 'replace', digest: sum('both\n'), source: sum('new\n'), was: sum('both\n') }]);
	});

	it('says of a followed link where it leads, and is named by the link', () => {
		const { files, work, decision } = ask({
			sights: [sight(seenFile('mine\n'), { at: '/opt/real' })],
			files: [{ dest: '/srv/link', follow: true }],
		});
		expect(files).toMatchObject([{ dest: '/opt/real', link: '/srv/link', customised: true, was: sum('mine\n') }]);
		expect(decision.because).toMatch(/^link: /);
		expect(work).toBeUndefined();
	});

	it('says which files somebody has customised, and what each will be', () => {
		const { files } = ask({ sights: [mine, ours, same], pool: { onCustomised: 'replace' } });
		expect(files.map(({ customised, was, digest }) => ({ customised, was, digest }))).toEqual([
			{ customised: true, was: sum('mine\n'), digest: sum('new\n') },
			{ customised: undefined, was: sum('v1\n'), digest: sum('new\n') },
			{ customised: undefined, was: sum('new\n'), digest: sum('new\n') },
		]);
		expect(ask({ sights: [mine] }).files[0]).not.toHaveProperty('digest');
	});

	it.each<[Pool['onCustomised'], Merged | undefined, string]>([
		[
			'replace',
			undefined,
			'no baseline, no package and no pool knows this version; on_customised is replace, and a backup is kept; ' +
				'its mode is 4751, not 0600; its other name (a hard link) keeps the old bytes',
		],
		[
			'merge',
			cleanly,
			'no baseline, no package and no pool knows this version; its change is merged into the new version; ' +
				'its mode is 4751, not 0600; its other name (a hard link) keeps the old bytes',
		],
		[
			'merge',
			{ kind: 'clean', digest: sum('mine\n') },
			'its mode is 4751, not 0600; its other name (a hard link) keeps the old bytes',
		],
		['skip', undefined, 'no baseline, no package and no pool knows this version; on_customised is skip'],
	])(
		'whose customised file is to be dealt with by `%s` says what else that changes',
		(onCustomised, merged, because) => {
			const sights = [sight(seenFile('mine\n', { mode: '4751', links: 2 }))];
			const { files } = ask({
				sights,
				files: [{ mode: '0600' }],
				pool: { onCustomised },
				...(merged === undefined ? {} : { merged }),
			});
			expect(files[0]?.because).toBe(because);
		},
	);

	it('does not merge where nobody has asked for it', () => {
		const { pool, ...rest } = { pool: { onCustomised: 'replace' as const }, sights: [mine] };
		const all = onHost({ ...pool, files: [poolFile()] });
		const merge = () => {
			throw new Error('it was asked for a merge');
		};
		const situation = {
			key: keyOf('now'),
			judgement: judgement('yes'),
			memory: memory(),
			machineId,
			memoryName: 'p~w',
		};
		expect(decidePool(all, { ...situation, ...rest, merge }).decision.kind).toBe('run');
	});
});
