import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/execution/exit-code-of.ts';
import { heldWords, outcomeOfDecision, outcomeOfJob } from '../../src/execution/outcome-of.ts';
import { poolEndBehindUs } from '../../src/execution/outcome-of-pool.ts';
import { hasSucceeded, Outcomes } from '../../src/execution/outcomes.ts';
import type { RunnerFinished } from '../../src/execution/runner-event.ts';
import jobText from '../../src/host/job.sh';
import sequenceText from '../../src/host/sequence.sh';
import watchText from '../../src/host/watch.sh';
import { asUnitAddress, hostName } from '../../src/model/brand.ts';
import { type Outcome, unitStatuses } from '../../src/model/outcome.ts';
import { decisionOf } from '../fakes/builders.ts';
import { plannedUnit } from '../outputs/samples.ts';

const finished = (rest: Partial<RunnerFinished>): RunnerFinished => ({
	e: 'finished',
	i: 0,
	status: 'changed',
	why: 'exit',
	rc: 0,
	ms: 12,
	by: null,
	survivors: 0,
	...rest,
});
const context = { because: 'git is old', timeoutMs: 90_000, blocker: 'hotfix.b' };
const outcome = (rest: Partial<RunnerFinished>, more = {}) => outcomeOfJob(finished(rest), { ...context, ...more });

describe('how a job has ended', () => {
	it.each<[Partial<RunnerFinished>, string]>([
		[{}, 'changed git is old 0'],
		[{ status: 'failed', rc: 7 }, 'failed exit 7 7'],
		[{ status: 'failed', why: 'signal', rc: 139, signal: 11 }, 'failed ended by SIGSEGV 139'],
		[{ status: 'failed', why: 'signal', rc: 137 }, 'failed ended by SIGKILL 137'],
		[
			{ status: 'failed', why: 'signal', rc: 137, signal: 9, oom: true },
			'failed ended by SIGKILL; the kernel was out of memory 137',
		],
		[{ status: 'failed', why: 'signal', rc: 128 + 63 }, 'failed ended by signal 63 191'],
		[{ status: 'failed', why: 'timeout', rc: 143 }, 'failed did not end within 90s; its processes were ended 143'],
		[
			{ status: 'failed', why: 'timeout', rc: 143, survivors: 1 },
			'failed did not end within 90s; its processes were ended; 1 process of it escaped and still runs 143',
		],
		[
			{ status: 'failed', why: 'timeout', rc: 143, survivors: 2 },
			'failed did not end within 90s; its processes were ended; 2 processes of it escaped and still run 143',
		],
		[{ status: 'failed', why: 'timeout' }, 'failed did not end within 90s; it ended by itself with exit 0 -'],
		[{ status: 'failed', why: 'cancelled' }, 'failed cancelled; it ended by itself with exit 0 -'],
		[{ status: 'rolled_back', why: 'confirm' }, 'rolled_back confirm -'],
		[{ status: 'rolled_back', why: 'check', rc: 3 }, 'rolled_back check 3'],
		[{ status: 'blocked', why: 'need', by: 1 }, 'blocked needs hotfix.b, which did not succeed -'],
		[{ status: 'skipped', why: 'unchanged' }, 'skipped git is old -'],
		[{ status: 'skipped', why: 'adopted' }, 'ok git is old -'],
		[{ status: 'unknown', why: 'disk' }, 'unknown it ran, and the host could not record its end durably -'],
		[{ status: 'refused', why: 'disk' }, 'refused the host could not write durably; nothing was started -'],
		[{ status: 'not_started', why: 'stopped' }, 'not_started stopped before it started -'],
		[{ status: 'constructor', why: 'toString' }, 'unknown toString -'],
		[{ status: 'new word', why: 'new reason' }, 'unknown new reason -'],
	])('%j', (event, expected) => {
		const { status, because, exitCode } = outcome(event);
		expect(`${status} ${because} ${exitCode ?? '-'}`).toBe(expected);
	});

	it.each(['no_answer', 'answer'])(
		'tells why it was decided as it was when its condition was asked again (%s)',
		why => {
			expect(outcome({ status: 'refused', why }, { decidedAgain: 'git is unreadable' }).because).toBe(
				'git is unreadable',
			);
			expect(outcome({ status: 'refused', why }).because).toMatch(/condition/);
		},
	);

	it.each([
		['hotfixes', 'hotfix.a: its condition changed during the run'],
		['pools', 'pool.a: its condition or one of its files changed during the run'],
	] as const)('says what the host of one of the %s waits for an answer to', (phase, words) => {
		const address = asUnitAddress(words.slice(0, words.indexOf(':')));
		const unit = plannedUnit(address, { kind: 'run', because: '' }, { address, phase });
		expect(heldWords(unit)).toBe(words);
		expect(`${address}: ${outcome({ status: 'refused', why: 'no_answer' }, { unit }).because}`).toBe(
			`${words} and nobody was there to decide`,
		);
	});

	it('has a sentence for every word of the runner', () => {
		const text = [jobText, sequenceText, watchText].join('\n');
		const words = new Set([
			...[...text.matchAll(/hs_finish [a-z_]+ ([a-z_]+)/g)].map(([, word = '']) => word),
			...[...text.matchAll(/hs_why=([a-z_]+)/g)].map(([, word = '']) => word),
			...[...text.matchAll(/hs_refuse ([a-z_]+)$/gm)].map(([, word = '']) => word),
			'timeout',
			'cancelled',
			'output_limit',
			'answer',
		]);
		expect(words.size).toBeGreaterThan(12);
		for (const why of words) expect(outcome({ status: 'refused', why }).because, why).not.toBe(why);
	});
});

describe('how a pool has ended whose runner was killed', () => {
	it.each([
		['rolled_back', 'rolled_back', 'every file is as it was'],
		['rollback_failed', 'rollback_failed', 'every file is as it was, but could not be put into use again: see its log'],
		['failed', 'failed', 'no file was replaced'],
		['constructor', 'failed', 'no file was replaced'],
	])('is what its receipt calls %s', (why, status, words) => {
		expect(poolEndBehindUs(why)).toEqual({
			status,
			because: `the runner on the host was ended while it ran; ${words}`,
		});
	});
});

describe('how a unit ends that needs no host', () => {
	it.each([
		['done', 'ok'],
		['skip', 'skipped'],
		['changed_since', 'skipped'],
		['ask', 'unknown'],
		['fail', 'failed'],
		['blocked', 'blocked'],
		['refused', 'refused'],
		['run', undefined],
	] as const)('%s becomes %s', (kind, status) => {
		expect(outcomeOfDecision(decisionOf(kind))?.status).toBe(status);
	});

	it('a conflict is what the playbook wants to be left alone; of an undo it is what was asked for', () => {
		expect(outcomeOfDecision(decisionOf('conflict'))?.status).toBe('skipped');
		expect(outcomeOfDecision(decisionOf('conflict'), 'undo')?.status).toBe('refused');
	});
});

describe('outcomes', () => {
	const end = (status: Outcome['status']): Outcome => ({ status, because: '', changed: false, durationMs: 0 });
	const unit = asUnitAddress('hotfix.a');

	it('count every status, and know a unit on every host', () => {
		const outcomes = new Outcomes();
		outcomes.record(hostName('a'), unit, end('changed'));
		outcomes.record(hostName('b'), unit, end('failed'));
		expect(outcomes.counts).toMatchObject({ changed: 1, failed: 1, ok: 0 });
		expect(outcomes.of(hostName('a'), unit)?.status).toBe('changed');
		expect(outcomes.everywhere(unit).map(one => one.status)).toEqual(['changed', 'failed']);
	});

	it('take a second end of a unit for a bug', () => {
		const outcomes = new Outcomes();
		outcomes.record(hostName('a'), unit, end('ok'));
		expect(() => outcomes.record(hostName('a'), unit, end('ok'))).toThrow(/ended twice/);
	});

	it('take the last word on a change that the end of the run takes back', () => {
		const outcomes = new Outcomes();
		outcomes.record(hostName('a'), unit, end('changed'));
		outcomes.record(hostName('a'), unit, end('rolled_back'));
		expect(outcomes.counts).toMatchObject({ changed: 0, rolled_back: 1 });
		expect(outcomes.of(hostName('a'), unit)?.status).toBe('rolled_back');
		expect(() => outcomes.record(hostName('a'), unit, end('rolled_back'))).toThrow(/ended twice/);
	});

	it.each(unitStatuses)('a need that ended %s', status => {
		expect(hasSucceeded(end(status))).toBe(['ok', 'changed', 'skipped'].includes(status));
	});
});

describe('the exit code of a run', () => {
	const code = (...statuses: readonly Outcome['status'][]) => {
		const outcomes = new Outcomes();
		for (const [index, status] of statuses.entries())
			outcomes.record(hostName(`h${index}`), asUnitAddress('u'), end(status));
		return exitCodeOf({ counts: outcomes.counts, isInterrupted: false, isOpen: false });
	};
	const end = (status: Outcome['status']): Outcome => ({ status, because: '', changed: false, durationMs: 0 });

	it.each<[readonly Outcome['status'][], number]>([
		[[], 0],
		[['ok', 'changed', 'skipped'], 0],
		[['changed', 'unreachable'], 4],
		[['unreachable', 'failed', 'blocked'], 5],
		[['rolled_back'], 5],
		[['failed', 'unknown'], 6],
		[['rollback_failed'], 6],
		[['unknown', 'refused', 'changed'], 7],
		[['refused', 'not_started'], 9],
	])('of %j is %i: the highest wins', (statuses, expected) => {
		expect(code(...statuses)).toBe(expected);
	});

	it('is 130 after Ctrl-C, whatever has happened', () => {
		expect(exitCodeOf({ counts: new Outcomes().counts, isInterrupted: true, isOpen: true })).toBe(130);
	});

	it('is 6 as long as some host goes on unseen', () => {
		expect(exitCodeOf({ counts: new Outcomes().counts, isInterrupted: false, isOpen: true })).toBe(6);
	});
});
