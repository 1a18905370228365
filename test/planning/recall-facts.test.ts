import { describe, expect, it } from 'vitest';
import { hostName } from '../../src/model/brand.ts';
import type { Host } from '../../src/model/inventory.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { SeenAs, SeenHost } from '../../src/model/saved-facts.ts';
import type { Hotfix } from '../../src/model/unit.ts';
import { lookDigest } from '../../src/planning/look-digest.ts';
import { planRun } from '../../src/planning/plan.ts';
import { type HostQuestions, questionsFor } from '../../src/planning/questions.ts';
import { factsUsed, recallHosts } from '../../src/planning/recall-facts.ts';
import {
	facts,
	fileExists,
	host,
	hotfix,
	memory,
	need,
	openJob,
	playbook,
	receipt,
	request,
	script,
	stoppedClock,
} from '../fakes/builders.ts';

const web1 = host('web1', { connection: 'ssh', address: '10.0.0.1' });

/** What was saved when the host was asked these questions and its looks printed this. */
function saved(questions: HostQuestions, printed: readonly string[], rest: Partial<SeenAs> = {}): SeenHost {
	const looks = questions.units.flatMap(unit => unit.looks);
	return {
		name: hostName('web1'),
		reached: true,
		takenAt: '2026-07-30T10:00:00.000Z',
		place: { connection: 'ssh', address: '10.0.0.1' },
		seen: [
			{
				become: questions.become,
				facts: facts(),
				looks: looks.map(({ fact, look }, at) => ({ fact, look: lookDigest(look), printed: printed[at] ?? '' })),
				memory: memory(),
				pendingRestarts: [],
				...rest,
			},
		],
	};
}

const ask = (units: readonly Hotfix[], on: Host = web1): readonly HostQuestions[] =>
	questionsFor(playbook(units, { on: [on] }), [{ host: on, units }], new Map());

function planFrom(units: readonly Hotfix[], hosts: readonly SeenHost[], on: Host = web1): Plan {
	const questions = ask(units, on);
	const folder = { folder: 'facts', hosts: new Map(hosts.map(one => [one.name, one])) };
	return planRun({
		playbook: playbook(units, { on: [on] }),
		questions,
		observed: recallHosts(questions, folder),
		request: request(),
		purpose: 'do',
		now: stoppedClock.now(),
		savedFacts: factsUsed(questions, folder),
	});
}

const decisions = (plan: Plan) =>
	Object.fromEntries(plan.hosts.flatMap(one => one.units).map(({ address, decision }) => [address, decision]));

const there = hotfix({ address: 'hotfix.a', when: fileExists('/a') });
const other = hotfix({ address: 'hotfix.a', when: fileExists('/other') });

const [firstQuestion] = ask([there]);
if (firstQuestion === undefined) throw new Error('nothing is asked');
const asked: HostQuestions = firstQuestion;
const keyOfA = asked.units[0]?.key;
if (keyOfA === undefined) throw new Error('there is no work');

describe('a plan from saved facts', () => {
	it('decides as the host would have been decided', () => {
		expect(decisions(planFrom([there], [saved(asked, ['there'])]))).toMatchObject({ 'hotfix.a': { kind: 'run' } });
		expect(decisions(planFrom([there], [saved(asked, ['absent'])]))).toMatchObject({ 'hotfix.a': { kind: 'skip' } });
	});

	it('says from when the oldest of its facts are', () => {
		expect(planFrom([there], [saved(asked, ['there'])]).savedFacts).toEqual({
			folder: 'facts',
			oldest: '2026-07-30T10:00:00.000Z',
		});
		expect(planFrom([there], []).savedFacts).toEqual({ folder: 'facts' });
	});

	it('knows nothing of a look that was not taken, and says so with the time', () => {
		const plan = planFrom([other], [saved(asked, ['there'])]);
		expect(decisions(plan)['hotfix.a']).toEqual({
			kind: 'unknown',
			because: 'file_exists /other is not in the saved facts of web1 (taken 2026-07-30T10:00:00.000Z)',
		});
		expect(plan.counts).toMatchObject({ unknown: 1, fail: 0 });
		expect(plan.hosts[0]?.units[0]?.job).toBeUndefined();
	});

	it('whatever a fallback says: that speaks of a host that was asked', () => {
		const lenient = hotfix({
			address: 'hotfix.a',
			when: { kind: 'file_exists', options: { path: '/other', invert: false, if_unreadable: 'run' }, at: there.at },
		});
		expect(decisions(planFrom([lenient], [saved(asked, [])]))).toMatchObject({ 'hotfix.a': { kind: 'unknown' } });
	});

	it('needs no look that the rest decides without', () => {
		const both = hotfix({ address: 'hotfix.a', when: { kind: 'all', of: [fileExists('/other'), fileExists('/a')] } });
		const facts = [saved(asked, ['absent'])];
		expect(decisions(planFrom([both], facts))).toMatchObject({
			'hotfix.a': { kind: 'skip', because: '/a does not exist' },
		});
	});

	it('remembers every unit, also one that the facts were not taken for', () => {
		const done = memory({ receipts: [receipt({ unit: 'hotfix.a', key: keyOfA })] });
		const view = saved(asked, [], { memory: done });
		expect(decisions(planFrom([other], [view]))).toMatchObject({ 'hotfix.a': { kind: 'done' } });
		const fresh = hotfix({ address: 'hotfix.new' });
		expect(decisions(planFrom([fresh], [view]))).toMatchObject({ 'hotfix.new': { kind: 'run' } });
	});

	it('knows an interrupted start by its job, and not one of other content', () => {
		const lost = saved(asked, ['there'], { memory: memory({ jobs: [openJob('lost', 1, keyOfA)] }) });
		expect(decisions(planFrom([there], [lost]))['hotfix.a']?.because).toMatch(/start 1 ended without a trace/);
		const elsewhere = saved(asked, ['there'], { memory: memory({ jobs: [openJob('lost', 1)] }) });
		expect(decisions(planFrom([there], [elsewhere]))['hotfix.a']?.because).toBe('/a exists');
		// Whether it would be run again hangs on a look that nobody took.
		const unseen = saved(asked, [], { memory: memory({ jobs: [openJob('lost', 1, keyOfA)] }) });
		expect(decisions(planFrom([other], [unseen]))).toMatchObject({ 'hotfix.a': { kind: 'unknown' } });
	});

	it('takes what the undo script has done for nothing that the unit itself has done', () => {
		const undone = hotfix({ address: 'hotfix.a', undo: script('echo undo') });
		const undoKey = ask([undone])[0]?.units[0]?.undoKey ?? keyOfA;
		const seen = saved(asked, [], { memory: memory({ receipts: [receipt({ unit: 'hotfix.a', key: undoKey })] }) });
		expect(decisions(planFrom([undone], [seen]))).toMatchObject({ 'hotfix.a': { kind: 'run', because: 'always' } });
	});

	it('takes a unit for unknown that needs an unknown one, and for blocked where that is certain', () => {
		const needing = hotfix({ address: 'hotfix.b', needs: [need('hotfix.a')] });
		const facts = [saved(asked, [])];
		expect(decisions(planFrom([other, needing], facts))['hotfix.b']).toMatchObject({
			kind: 'unknown',
			because: expect.stringMatching(/^needs hotfix\.a: .* is not in the saved facts/),
		});
		const failing = hotfix({ address: 'hotfix.c', when: fileExists('/a') });
		const both = hotfix({ address: 'hotfix.b', needs: [need('hotfix.a'), need('hotfix.c')] });
		const unreadable = [saved(asked, ['hidden /'])];
		expect(decisions(planFrom([other, failing, both], unreadable))['hotfix.b']).toMatchObject({
			kind: 'blocked',
			by: 'hotfix.c',
		});
	});

	it.each<[string, readonly SeenHost[], Host, RegExp]>([
		['without a file', [], web1, /^nothing is saved of it in facts; `hsctl facts PLAYBOOK --save facts` looks at it$/],
		[
			'that is reached otherwise by now',
			[saved(asked, [])],
			host('web1', { connection: 'ssh', address: '10.0.0.2' }),
			/the inventory says otherwise than the saved facts of web1 \(taken .*\) how it is reached/,
		],
		[
			'that was looked at as somebody else',
			[saved(asked, [])],
			{ ...web1, become: 'sudo' },
			/were seen without become, and the playbook works with become: sudo/,
		],
	])('does not know a host %s', (_, hosts, on, because) => {
		const [one] = planFrom([there], hosts, on).hosts;
		expect(one).toMatchObject({ reached: false, because: expect.stringMatching(because) });
	});

	it('takes what waits for a host that is not known for unknown', () => {
		const web2 = host('web2');
		const units = [there, hotfix({ address: 'hotfix.b', needs: [need('hotfix.a', 'all')] })];
		const all = playbook(units, { on: [web1, web2] });
		const questions = questionsFor(
			all,
			[web1, web2].map(one => ({ host: one, units })),
			new Map(),
		);
		const folder = { folder: 'facts', hosts: new Map([[web1.name, saved(asked, ['there'])]]) };
		const plan = planRun({
			playbook: all,
			questions,
			observed: recallHosts(questions, folder),
			request: request(),
			purpose: 'do',
			now: stoppedClock.now(),
		});
		expect(decisions(plan)['hotfix.b']).toEqual({
			kind: 'unknown',
			because: 'needs hotfix.a: nothing is known of web2',
		});
	});
});
