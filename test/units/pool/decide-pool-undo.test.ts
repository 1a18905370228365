import { describe, expect, it } from 'vitest';
import { asRunId } from '../../../src/model/brand.ts';
import type { Decision, PlannedFile } from '../../../src/model/plan.ts';
import { decidePoolUndo, readUndo, type UndoFile } from '../../../src/units/pool/decide-pool-undo.ts';

const job = `${'a'.repeat(64)}.2`;
const run = asRunId('01ABC');
const file = (over: Partial<UndoFile> = {}): UndoFile => ({
	dest: '/srv/a',
	act: 'replace',
	now: 'new',
	backup: 'whole',
	...over,
});
const created = file({ dest: '/srv/new', act: 'create', backup: 'none' });

describe('the print of what can be taken back', () => {
	it('tells the change, and of each file what it was, is and has', () => {
		const printed = [
			`undo ${job} ${run}`,
			'was 1 replace /srv/a b',
			'now 1 new',
			'copy 1 whole',
			'was 3 create /srv/new',
			'now 3 edited',
			'was 4 replace /srv/c',
			'now 4 absent',
			'copy 4 damaged',
		].join('\n');
		expect(readUndo(printed)).toEqual({
			job,
			run,
			files: [
				file({ dest: '/srv/a b' }),
				file({ dest: '/srv/new', act: 'create', now: 'edited', backup: 'none' }),
				file({ dest: '/srv/c', now: 'absent', backup: 'damaged' }),
			],
		});
	});

	it.each([
		[''],
		['\n'],
		['undo'],
		[`undo ${'a'.repeat(63)}.2 r`],
		[`undo ${'a'.repeat(64)} r`],
		['was 1 replace /srv/a'],
	])('is nothing when it says %j', printed => {
		expect(readUndo(printed)).toBeUndefined();
	});

	it('takes what is not said for the worst', () => {
		expect(
			readUndo(`undo ${job} r\nwas 1 replace /srv/a\nwas 2 strange /srv/b\nnow 2 strange\ncopy 2 strange`)?.files,
		).toEqual([file({ now: 'edited', backup: 'none' }), file({ dest: '/srv/b', now: 'edited', backup: 'damaged' })]);
	});

	it('is no file where no path is said', () => {
		expect(readUndo(`undo ${job} r\nnow 1 new\ncopy 1 whole`)?.files).toEqual([]);
	});
});

interface Row {
	readonly title: string;
	readonly files: readonly UndoFile[];
	readonly kind: Decision['kind'];
	readonly because: string;
	readonly actions: readonly PlannedFile['action'][];
}

const rows: readonly Row[] = [
	{
		title: 'runs where everything is as it left it',
		files: [file(), file({ dest: '/srv/b' }), created],
		kind: 'run',
		because: 'changed by run 01ABC: 2 to restore, 1 to remove',
		actions: ['restore', 'restore', 'remove'],
	},
	{
		title: 'of created files only removes them',
		files: [created],
		kind: 'run',
		because: 'changed by run 01ABC: 1 to remove',
		actions: ['remove'],
	},
	{
		title: 'is in conflict with what was changed since',
		files: [file(), file({ dest: '/srv/b', now: 'edited' })],
		kind: 'conflict',
		because: '/srv/b: it was changed since, and that stays',
		actions: ['restore', 'keep'],
	},
	{
		title: 'is in conflict with what was deleted since, also where it was created',
		files: [{ ...created, now: 'absent' }],
		kind: 'conflict',
		because: '/srv/new: it was deleted since, and that stays',
		actions: ['keep'],
	},
	{
		title: 'is refused by a damaged backup before it is in conflict',
		files: [file({ now: 'edited' }), file({ dest: '/srv/b', backup: 'damaged' })],
		kind: 'refused',
		because: '/srv/b: its backup is damaged or gone, so nothing is restored',
		actions: ['keep', 'refuse'],
	},
	{
		title: 'is refused where a backup is gone',
		files: [file({ backup: 'none', now: 'edited' })],
		kind: 'refused',
		because: '/srv/a: its backup is damaged or gone, so nothing is restored',
		actions: ['refuse'],
	},
	{
		title: 'is refused where nothing is known of its files',
		files: [],
		kind: 'refused',
		because: 'the record of what run 01ABC has changed is damaged, so nothing is restored',
		actions: [],
	},
];

describe('taking a pool back', () => {
	it.each(rows)('$title', ({ files, kind, because, actions }) => {
		const decided = decidePoolUndo({ job, run, files });
		expect(decided.decision).toEqual({ kind, because });
		expect(decided.files.map(({ action }) => action)).toEqual(actions);
		expect(decided.job).toBe(kind === 'run' ? job : undefined);
	});

	it('is skipped where the host keeps nothing of it', () => {
		expect(decidePoolUndo(undefined)).toEqual({
			decision: { kind: 'skip', because: 'this host keeps no backup of a change of it' },
			files: [],
		});
	});

	it('as a part of a run is the change of that very run, or none', () => {
		const latest = { job, run: '01B', files: [file()] };
		const kinds = ['01B', '01A', '01C'].map(wanted => decidePoolUndo(latest, asRunId(wanted)));
		expect(kinds.map(({ decision, job: own }) => [decision.kind, own])).toEqual([
			['run', job],
			['refused', undefined],
			['skip', undefined],
		]);
	});
});
