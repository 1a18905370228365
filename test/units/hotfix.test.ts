import { describe, expect, it } from 'vitest';
import type { Condition } from '../../src/model/condition.ts';
import type { Answer, Decision } from '../../src/model/plan.ts';
import type { JobState, UnitMemory } from '../../src/model/receipt.ts';
import type { InterruptedPolicy, RunPolicy, Script } from '../../src/model/unit.ts';
import { nextAttempt } from '../../src/units/attempt.ts';
import { blockedBy, decideHotfix, decideUndo, type HotfixSituation, satisfiesNeed } from '../../src/units/hotfix.ts';
import {
	fileExists,
	hotfix,
	judgement,
	keyOf,
	machineId,
	memory,
	openJob,
	receipt,
	script,
} from '../fakes/builders.ts';

interface Row {
	readonly title: string;
	readonly run?: RunPolicy;
	readonly ifInterrupted?: InterruptedPolicy;
	readonly when?: Condition;
	readonly pin?: Script['pin'];
	readonly holds?: 'yes' | 'no' | 'unknown';
	readonly memory?: UnitMemory;
	readonly answer?: Answer;
	readonly kind: Decision['kind'];
	readonly because: RegExp | string;
	readonly purpose?: 'do' | 'adopt';
	readonly despiteUnknown?: boolean;
}

const now = keyOf('now');
const before = keyOf('before');
const failed = memory({ receipts: [receipt({ status: 'failed', exitCode: 4 })] });
const done = memory({ receipts: [receipt()] });
const doneOtherwise = memory({ receipts: [receipt({ key: before })] });
const damaged = memory({ damaged: ['hotfix.a~web~x.json'] });
const open = (state: JobState) => memory({ jobs: [openJob(state)] });

const decide = (row: Partial<Row>) => {
	const situation: HotfixSituation = {
		key: now,
		playbook: 'web',
		machineId,
		judgement: judgement(row.holds ?? 'yes'),
		memory: row.memory ?? memory(),
		...(row.answer === undefined ? {} : { answer: row.answer }),
	};
	return decideHotfix(
		hotfix({
			run: row.run ?? 'once',
			ifInterrupted: row.ifInterrupted ?? 'auto',
			when: row.when ?? fileExists('/etc/old'),
			script: script('true\n', { pin: row.pin ?? 'matches' }),
		}),
		situation,
	);
};

const rows: readonly Row[] = [
	// the condition alone
	{ title: 'a fix whose condition holds runs, for that reason', kind: 'run', because: 'git 2.29.2 is below 2.30.0' },
	{
		title: 'a fix whose condition does not hold is skipped',
		holds: 'no',
		kind: 'skip',
		because: 'git 2.29.2 is below 2.30.0',
	},
	{
		title: 'a condition that cannot be evaluated fails the unit and never runs it',
		holds: 'unknown',
		kind: 'fail',
		because: /git/,
	},
	{ title: '`run: every` says so in its reason', run: 'every', kind: 'run', because: /\(run: every\)$/ },
	{ title: '`run: every` still asks its condition', run: 'every', holds: 'no', kind: 'skip', because: /git/ },
	// what is done
	{
		title: 'what is done stays done, even while its condition holds',
		memory: done,
		kind: 'done',
		because: 'done on 2026-08-01 10:00',
	},
	{
		title: 'what is done stays done when its condition cannot be evaluated',
		holds: 'unknown',
		memory: done,
		kind: 'done',
		because: /done on/,
	},
	{ title: '`run: every` runs what is done again', run: 'every', memory: done, kind: 'run', because: /every/ },
	{
		title: '`run: on_change` leaves unchanged content alone',
		run: 'on_change',
		memory: done,
		kind: 'done',
		because: /done on/,
	},
	{
		title: 'a script that changed after a success is reported and not run',
		memory: doneOtherwise,
		kind: 'changed_since',
		because: /changed since it ran on 2026-08-01 10:00; run: once/,
	},
	{
		title: 'a changed script is reported even when its condition no longer holds',
		holds: 'no',
		memory: doneOtherwise,
		kind: 'changed_since',
		because: /changed since/,
	},
	{
		title: '`run: on_change` runs a changed script',
		run: 'on_change',
		memory: doneOtherwise,
		kind: 'run',
		because: 'changed since it ran on 2026-08-01 10:00',
	},
	{
		title: '`run: on_change` asks the condition of a changed script too',
		run: 'on_change',
		holds: 'no',
		memory: doneOtherwise,
		kind: 'skip',
		because: /git/,
	},
	{
		title: '`run: on_change` fails on a changed script whose condition cannot be evaluated',
		run: 'on_change',
		holds: 'unknown',
		memory: doneOtherwise,
		kind: 'fail',
		because: /git/,
	},
	{
		title: 'other content that failed is no success to be changed since',
		memory: memory({ receipts: [receipt({ key: before, status: 'failed' })] }),
		kind: 'run',
		because: /git/,
	},
	{
		title: 'the same unit of another playbook is somebody else’s',
		memory: memory({ receipts: [receipt({ key: before, playbook: 'db' })] }),
		kind: 'run',
		because: /git/,
	},
	{
		title: 'a receipt made on another machine proves nothing here',
		memory: memory({ receipts: [receipt({ machineId: 'other' })] }),
		kind: 'run',
		because: /git/,
	},
	{
		title: 'what was undone runs again, and says so',
		memory: memory({ receipts: [receipt({ status: 'undone' })] }),
		kind: 'run',
		because: /; undone on 2026-08-01 10:00$/,
	},
	{
		title: 'the latest receipt counts: done after a failure is done',
		memory: memory({
			receipts: [receipt({ status: 'failed', finishedAt: '2026-07-01T10:00:00Z' }), receipt({ attempt: 2 })],
		}),
		kind: 'done',
		because: /done on/,
	},
	// failures
	{
		title: 'a failed fix is tried again',
		memory: failed,
		kind: 'run',
		because: /below 2.30.0; failed on 2026-08-01 10:00 \(exit 4\), tried again$/,
	},
	{
		title: 'a failed fix is tried again even when its own half-done work turned its condition round',
		holds: 'no',
		memory: failed,
		kind: 'run',
		because: /tried again although .*: an unfinished fix may have caused that$/,
	},
	{
		title: 'a failed fix is not tried again on a condition that cannot be evaluated',
		holds: 'unknown',
		memory: failed,
		kind: 'fail',
		because: /git/,
	},
	{
		title: 'a failure by time is told as such',
		memory: memory({ receipts: [receipt({ status: 'failed', why: 'timeout' })] }),
		kind: 'run',
		because: /\(timeout\), tried again/,
	},
	{ title: 'a failure of `run: every` is no obstacle', run: 'every', memory: failed, kind: 'run', because: /every/ },
	// starts without a known end
	{
		title: 'what runs now is refused',
		memory: open('running'),
		kind: 'refused',
		because: /start 1 is running now/,
		despiteUnknown: true,
	},
	{
		title: 'what runs without its supervisor is refused, whatever a person says',
		memory: open('orphan'),
		answer: 'retry',
		kind: 'refused',
		because: /still runs, without its supervisor/,
		despiteUnknown: true,
	},
	{
		title: 'an interrupted fix runs again while its condition says so',
		memory: open('interrupted'),
		kind: 'run',
		because: /start 1 was interrupted by a restart of the host; .*, so it runs again/,
		despiteUnknown: true,
	},
	{
		title: 'an interrupted fix is asked about when it has no condition: nothing could tell whether it is done',
		when: { kind: 'all', of: [{ kind: 'always' }] },
		memory: open('lost'),
		kind: 'ask',
		because: /no condition that could tell/,
		despiteUnknown: true,
	},
	{
		title: 'what is done every time is done again after an interruption, condition or not',
		when: { kind: 'always' },
		run: 'every',
		memory: open('lost'),
		kind: 'run',
		because: /so it runs again/,
		despiteUnknown: true,
	},
	{
		title: 'an interrupted fix is asked about when its condition no longer says run',
		holds: 'no',
		memory: open('lost'),
		kind: 'ask',
		because: /no longer says run/,
		despiteUnknown: true,
	},
	{
		title: 'an interrupted fix is asked about when its condition cannot be evaluated',
		holds: 'unknown',
		memory: open('lost'),
		kind: 'ask',
		because: /killed/,
		despiteUnknown: true,
	},
	{
		title: '`if_interrupted: retry` runs it again whatever its condition says',
		ifInterrupted: 'retry',
		holds: 'no',
		memory: open('lost'),
		kind: 'run',
		because: /if_interrupted is retry/,
		despiteUnknown: true,
	},
	{
		title: '`if_interrupted: ask` asks even while its condition holds',
		ifInterrupted: 'ask',
		memory: open('lost'),
		kind: 'ask',
		because: /killed$/,
		despiteUnknown: true,
	},
	{
		title: '`if_interrupted: fail` fails',
		ifInterrupted: 'fail',
		memory: open('interrupted'),
		kind: 'fail',
		because: /if_interrupted is fail/,
		despiteUnknown: true,
	},
	{
		title: '`run: every` does not pass over a start without a known end',
		run: 'every',
		holds: 'no',
		memory: open('lost'),
		kind: 'ask',
		because: /killed/,
		despiteUnknown: true,
	},
	{
		title: 'a person’s word `retry` runs it again',
		holds: 'no',
		memory: open('lost'),
		answer: 'retry',
		kind: 'run',
		because: /run again on your word/,
		despiteUnknown: true,
	},
	{
		title: 'a person’s word `done` records it as done and runs nothing',
		memory: open('lost'),
		answer: 'done',
		kind: 'run',
		because: /recorded as done on your word/,
		purpose: 'adopt',
		despiteUnknown: true,
	},
	{
		title: 'job files that cannot be read count as a start without a known end',
		holds: 'no',
		memory: open('damaged'),
		kind: 'ask',
		because: /left damaged files/,
		despiteUnknown: true,
	},
	{
		title: 'a later start without an end outweighs an earlier success',
		run: 'every',
		holds: 'no',
		memory: memory({ receipts: [receipt()], jobs: [openJob('lost', 2)] }),
		kind: 'ask',
		because: /start 2/,
		despiteUnknown: true,
	},
	{
		title: 'an earlier start without an end is settled by a later success',
		memory: memory({ receipts: [receipt({ attempt: 2 })], jobs: [openJob('lost', 1)] }),
		kind: 'done',
		because: /done on/,
	},
	{
		title: 'the start of other content is nobody’s business here',
		memory: memory({ jobs: [openJob('lost', 1, before)] }),
		kind: 'run',
		because: /git/,
	},
	...(['staged', 'claimed', 'void', 'abandoned', 'refused', 'finished'] as const).map(
		(state): Row => ({
			title: `a job that is ${state} has nothing open`,
			memory: open(state),
			kind: 'run',
			because: /git/,
		}),
	),
	{
		title: 'a word on a unit that nothing is open of changes nothing',
		answer: 'done',
		kind: 'run',
		because: /git/,
		purpose: 'do',
	},
	// damaged receipts
	{
		title: 'a damaged receipt is asked about, never taken for nothing',
		memory: damaged,
		kind: 'ask',
		because: /hotfix.a~web~x.json is damaged/,
		despiteUnknown: true,
	},
	{
		title: 'a damaged receipt is asked about even when the condition does not hold',
		holds: 'no',
		memory: damaged,
		kind: 'ask',
		because: /damaged/,
		despiteUnknown: true,
	},
	{
		title: 'a damaged receipt gives way to a person’s `retry`',
		memory: damaged,
		answer: 'retry',
		kind: 'run',
		because: /damaged.*on your word/,
		despiteUnknown: true,
	},
	{
		title: 'a damaged receipt gives way to a person’s `done`',
		memory: damaged,
		answer: 'done',
		kind: 'run',
		because: /recorded as done/,
		purpose: 'adopt',
		despiteUnknown: true,
	},
	{
		title: '`run: every` does not care about a damaged receipt',
		run: 'every',
		memory: damaged,
		kind: 'run',
		because: /every/,
		despiteUnknown: true,
	},
	{
		title: 'a damaged receipt beside a good one is only a note',
		memory: memory({ receipts: [receipt()], damaged: ['x'] }),
		kind: 'done',
		because: /done on/,
	},
	// pins
	{
		title: 'a script that is not pinned is refused',
		pin: 'missing',
		kind: 'refused',
		because: 'hotfixes/a.sh is not pinned in hsctl.lock: read it, then run `hsctl lock`',
	},
	{
		title: 'a script that is not what is pinned is refused',
		pin: 'differs',
		kind: 'refused',
		because: /is not what hsctl.lock pins/,
	},
	{ title: 'a fix that is skipped needs no pin', pin: 'missing', holds: 'no', kind: 'skip', because: /git/ },
	{ title: 'a fix that is done needs no pin', pin: 'differs', memory: done, kind: 'done', because: /done on/ },
	{
		title: 'a retry needs its pin like a first start',
		pin: 'differs',
		memory: failed,
		kind: 'refused',
		because: /pins/,
	},
];

describe('a hotfix on one host', () => {
	it.each(rows)('$title', row => {
		const { decision, purpose, despiteUnknown } = decide(row);
		expect(decision.kind).toBe(row.kind);
		expect(decision.because).toMatch(row.because);
		expect(purpose).toBe(row.purpose ?? 'do');
		expect(despiteUnknown).toBe(row.despiteUnknown ?? false);
	});

	it('has one clause without a full stop as every reason', () => {
		for (const row of rows) expect(decide(row).decision.because, row.title).not.toMatch(/\.$|\n|undefined/);
	});

	it('notes receipts of another machine, and a damaged one beside a good one', () => {
		const foreign = memory({ receipts: [receipt({ machineId: 'x' }), receipt({ machineId: 'y', key: before })] });
		expect(decide({ memory: foreign }).notes).toEqual(['2 receipts of another machine ignored']);
		expect(decide({ memory: memory({ receipts: [receipt()], damaged: ['r.json'] }) }).notes).toEqual([
			'damaged receipt: r.json',
		]);
		expect(decide({}).notes).toEqual([]);
	});
});

describe('the undo of a hotfix', () => {
	const undo = script('undo\n', { path: hotfix().script.path });
	const decideOn = (remembered: UnitMemory, pin: Script['pin'] = 'matches') =>
		decideUndo(hotfix({ undo: { ...undo, pin } }), { playbook: 'web', machineId, memory: remembered });

	it.each([
		{ title: 'takes back what was done', memory: done, kind: 'run', undoes: now },
		{ title: 'takes back what was done with other content', memory: doneOtherwise, kind: 'run', undoes: before },
		{ title: 'has nothing to take back where nothing was done', memory: memory(), kind: 'skip' },
		{ title: 'has nothing to take back of a failure', memory: failed, kind: 'skip' },
		{ title: 'D10: cannot be decided where its receipt is damaged', memory: damaged, kind: 'fail' },
		{ title: 'is done once', memory: memory({ receipts: [receipt({ status: 'undone' })] }), kind: 'done' },
		{
			title: 'takes back the latest success when there are several',
			memory: memory({ receipts: [receipt({ key: before, finishedAt: '2026-01-01T00:00:00Z' }), receipt()] }),
			kind: 'run',
			undoes: now,
		},
		{
			title: 'leaves the same unit of another playbook alone',
			memory: memory({ receipts: [receipt({ playbook: 'db' })] }),
			kind: 'skip',
		},
		{
			title: 'leaves what another machine did alone',
			memory: memory({ receipts: [receipt({ machineId: 'x' })] }),
			kind: 'skip',
		},
	])('$title', ({ memory: remembered, kind, undoes }) => {
		const decided = decideOn(remembered);
		expect(decided.decision.kind).toBe(kind);
		expect(decided.undoes).toBe(undoes);
	});

	it('is refused when its script is not pinned', () => {
		expect(decideOn(done, 'missing').decision.kind).toBe('refused');
	});

	it('is skipped where there is no undo script, and says so', () => {
		const decided = decideUndo(hotfix(), { playbook: 'web', machineId, memory: done });
		expect(decided.decision).toEqual({ kind: 'skip', because: 'it has no undo script' });
	});
});

describe('the number of the next start', () => {
	it.each([
		{ title: 'is 1 where nothing is known', memory: memory(), next: 1 },
		{ title: 'comes after a receipt', memory: memory({ receipts: [receipt({ attempt: 3 })] }), next: 4 },
		{ title: 'comes after an open job, whatever its state', memory: memory({ jobs: [openJob('void', 5)] }), next: 6 },
		{
			title: 'comes after the highest of all',
			memory: memory({ receipts: [receipt({ attempt: 2 })], jobs: [openJob('lost', 7), openJob('refused', 4)] }),
			next: 8,
		},
		{
			title: 'does not count other content',
			memory: memory({ receipts: [receipt({ attempt: 9, key: before })], jobs: [openJob('lost', 9, before)] }),
			next: 1,
		},
		{
			title: 'counts what another machine did: its folder may be here',
			memory: memory({ receipts: [receipt({ attempt: 2, machineId: 'x' })] }),
			next: 3,
		},
	])('$title', ({ memory: remembered, next }) => {
		expect(nextAttempt(now, remembered)).toBe(next);
	});
});

describe('a need', () => {
	it.each([
		['run', true],
		['skip', true],
		['done', true],
		['changed_since', true],
		['ask', false],
		['fail', false],
		['refused', false],
		['blocked', false],
	] as const)('that is to %s satisfies: %s', (kind, expected) => {
		const decision: Decision =
			kind === 'blocked' ? { kind, because: 'x', by: hotfix().address } : { kind, because: 'x' };
		expect(satisfiesNeed(decision)).toBe(expected);
	});

	it('that is itself blocked is named with who blocks it', () => {
		const first = blockedBy(hotfix().address, { kind: 'fail', because: 'git is not readable' });
		expect(first).toMatchObject({ by: 'hotfix.a', because: 'needs hotfix.a: git is not readable' });
		expect(blockedBy(hotfix({ address: 'hotfix.b' }).address, first).because).toBe(
			'needs hotfix.b, which is blocked by hotfix.a',
		);
	});
});
