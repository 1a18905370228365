import { describe, expect, it } from 'vitest';
import { hostPath } from '../../src/model/brand.ts';
import type { PlanCounts } from '../../src/model/plan.ts';
import type { Hotfix } from '../../src/model/unit.ts';
import type { HostObservation, UnitObservation } from '../../src/planning/observation.ts';
import { planRun } from '../../src/planning/plan.ts';
import { planExitCode } from '../../src/planning/plan-exit-code.ts';
import { questionsFor } from '../../src/planning/questions.ts';
import { selectWork } from '../../src/planning/select.ts';
import {
	facts,
	fileExists,
	host,
	hotfix,
	memory,
	need,
	observation,
	planCounts,
	playbook,
	reached,
	receipt,
	request,
	script,
} from '../fakes/builders.ts';

type Answers = Readonly<Record<string, HostObservation | Readonly<Record<string, UnitObservation>>>>;

/** Plans these units for these hosts; a host is given by what it shows of each unit, `yes` where nothing is said. */
function plan(
	units: readonly Hotfix[],
	hosts: Answers,
	purpose: 'do' | 'undo' = 'do',
	now = new Date('2026-08-01T12:00:00Z'),
) {
	const book = playbook(units, { on: Object.keys(hosts).map(name => host(name)) });
	const selected = selectWork(book, { tags: [], targets: [] });
	if (!selected.ok) throw new Error(JSON.stringify(selected.error));
	const questions = questionsFor(book, selected.value, new Map());
	const observed = new Map(
		questions.map(({ host: { name }, units: asked }) => {
			const given = hosts[name] ?? {};
			if (isObservation(given)) return [name, given] as const;
			return [name, reached(asked.map(({ unit }) => given[unit.address] ?? observation(['yes'])))] as const;
		}),
	);
	return planRun({ playbook: book, questions, observed, request: request(), purpose, now });
}
const isObservation = (given: Answers[string]): given is HostObservation => 'reached' in given;

const kindsOf = (made: ReturnType<typeof plan>) =>
	Object.fromEntries(
		made.hosts.map(one => [one.name, one.units.map(unit => `${unit.address} ${unit.decision.kind} ${unit.stage}`)]),
	);

const only = (name: string) => ({ kind: 'name', name }) as const;
const unpinned = script('x', { pin: 'missing' });
const away: HostObservation = { reached: false, because: 'no route' };

describe('a plan for three hosts', () => {
	const units = [
		hotfix({ address: 'hotfix.git', restarts: ['gogs'] }),
		hotfix({ address: 'hotfix.web', needs: [need('hotfix.git')], script: unpinned }),
		hotfix({ address: 'hotfix.last', needs: [need('hotfix.web')] }),
	];
	const doneGit = memory({ receipts: [] });

	it('says for every unit on every host what would happen', () => {
		const made = plan(units, { web1: {}, web2: { 'hotfix.git': observation(['yes'], doneGit) }, web3: away });
		expect(kindsOf(made)).toEqual({
			web1: ['hotfix.git run 0', 'hotfix.web refused 0', 'hotfix.last blocked 0', 'restart.gogs run 0'],
			web2: ['hotfix.git run 0', 'hotfix.web refused 0', 'hotfix.last blocked 0', 'restart.gogs run 0'],
			web3: [],
		});
		expect(made.counts).toMatchObject({ hosts: 3, unreachable: 1, run: 4, refused: 2, blocked: 2 });
		expect(made.hosts[2]).toMatchObject({ reached: false, because: 'no route' });
	});

	it('is plain data and the same bytes from the same input, but for its date', () => {
		const one = plan(units, { web1: {}, web2: {}, web3: away });
		const two = plan(units, { web1: {}, web2: {}, web3: away }, 'do', new Date('2027-01-01T00:00:00Z'));
		expect(JSON.parse(JSON.stringify(one))).toEqual(one);
		expect(JSON.stringify({ ...two, createdAt: one.createdAt })).toBe(JSON.stringify(one));
		expect(two.createdAt).not.toBe(one.createdAt);
	});

	it('keeps what every decision was made from', () => {
		const made = plan([hotfix({ when: fileExists('/x') })], { web1: { 'hotfix.a': observation(['file']) } });
		expect(made.hosts[0]?.units[0]?.observations).toEqual([{ fact: 'file_exists /x', printed: 'file' }]);
	});
});

describe('barriers', () => {
	const a = hotfix({ address: 'hotfix.a', hosts: only('db1') });
	const b = hotfix({ address: 'hotfix.b', needs: [need('hotfix.a', 'all')] });

	it('begin a new stage on every host, also where the unit they wait for is not', () => {
		expect(kindsOf(plan([a, b], { db1: {}, web1: {} }))).toEqual({
			db1: ['hotfix.a run 0', 'hotfix.b run 1'],
			web1: ['hotfix.b run 1'],
		});
	});

	it('of barriers come after the latest of them, on hosts that have none of it too', () => {
		const x = hotfix({ address: 'hotfix.x', hosts: only('db1') });
		const afterX = hotfix({ address: 'hotfix.after_x', hosts: only('db1'), needs: [need('hotfix.x', 'all')] });
		const last = hotfix({ address: 'hotfix.last', hosts: only('web1'), needs: [need('hotfix.after_x', 'all')] });
		expect(kindsOf(plan([x, afterX, last], { db1: {}, web1: {} }))).toEqual({
			db1: ['hotfix.x run 0', 'hotfix.after_x run 1'],
			web1: ['hotfix.last run 2'],
		});
	});

	it('block everywhere when a host is not reached', () => {
		const made = plan([a, b], { db1: away, web1: {} });
		expect(made.hosts[1]?.units[0]?.decision).toEqual({
			kind: 'blocked',
			by: 'hotfix.a',
			because: 'needs hotfix.a: db1 was not reached',
		});
	});

	it('block everywhere when what they wait for is itself blocked on another host', () => {
		const bad = hotfix({ address: 'hotfix.bad', hosts: only('db1'), script: unpinned });
		const behind = hotfix({ address: 'hotfix.a', needs: [need('hotfix.bad')] });
		const made = plan([bad, behind, b, hotfix({ address: 'hotfix.c', needs: [need('hotfix.b', 'all')] })], {
			db1: {},
			web1: {},
		});
		expect(kindsOf(made).web1).toEqual(['hotfix.a run 0', 'hotfix.b blocked 1', 'hotfix.c blocked 2']);
	});
});

describe('the plan of an undo', () => {
	it('goes backwards through the needs, whatever the order of the file, and what was not done blocks nothing', () => {
		const undo = script('undo');
		const done = (unit: string) => observation(['yes'], memory({ receipts: [receipt({ unit })] }));
		const made = plan(
			[
				hotfix({ address: 'hotfix.second', undo, needs: [need('hotfix.first')] }),
				hotfix({ address: 'hotfix.first', undo }),
				hotfix({ address: 'hotfix.third', needs: [need('hotfix.second')] }),
			],
			{ web1: { 'hotfix.first': done('hotfix.first'), 'hotfix.second': done('hotfix.second') } },
			'undo',
		);
		expect(kindsOf(made).web1).toEqual(['hotfix.third skip 0', 'hotfix.second run 0', 'hotfix.first run 0']);
		expect(made.hosts[0]?.units[1]?.job).toMatchObject({ purpose: 'undo', undoes: receipt().key });
	});

	it('goes backwards where nothing is needed, too', () => {
		const undo = script('undo');
		const units = ['hotfix.a', 'hotfix.b', 'hotfix.c'].map(address => hotfix({ address, undo }));
		expect(kindsOf(plan(units, { web1: {} }, 'undo')).web1).toEqual([
			'hotfix.c skip 0',
			'hotfix.b skip 0',
			'hotfix.a skip 0',
		]);
	});

	it('leaves what is still needed by something that cannot be undone, there and behind a barrier on every host', () => {
		const undo = script('undo');
		const done = (unit: string) => observation(['yes'], memory({ receipts: [receipt({ unit })] }));
		const made = plan(
			[
				hotfix({ address: 'hotfix.base', undo }),
				hotfix({ address: 'hotfix.top', undo, needs: [need('hotfix.base', 'all')], hosts: only('web1') }),
			],
			{
				web1: { 'hotfix.base': done('hotfix.base'), 'hotfix.top': observation(['yes'], memory({ damaged: ['x'] })) },
				web2: { 'hotfix.base': done('hotfix.base') },
			},
			'undo',
		);
		expect(kindsOf(made)).toEqual({
			web1: ['hotfix.top fail 0', 'hotfix.base blocked 1'],
			web2: ['hotfix.base blocked 1'],
		});
		expect(made.hosts.map(({ units }) => units.at(-1)?.decision.because)).toEqual([
			expect.stringMatching(/^hotfix\.top needs it and stays: the receipt x is damaged/),
			expect.stringMatching(/^hotfix\.top needs it and stays: /),
		]);
	});
});

describe('the folder of a host’s memory', () => {
	const on = (condition: 'unsafe' | 'unwritable' | 'absent', remembered = memory()) =>
		plan([hotfix()], {
			web1: reached([observation([], remembered)], {
				facts: facts({ state: { path: hostPath('/var/lib/hsctl'), condition, because: 'others may write to it' } }),
				pendingRestarts: condition === 'unsafe' ? [{ service: 'x', run: 'r' }] : [],
			}),
		}).hosts[0]?.units;

	it('is not believed when others can write to it: what it says is done is not done', () => {
		const book = plan([hotfix()], { web1: {} });
		const key = book.hosts[0]?.units[0]?.job?.key;
		if (key === undefined) throw new Error('no job');
		const units = on('unsafe', memory({ receipts: [receipt({ key })] }));
		expect(units).toHaveLength(1);
		expect(units?.[0]?.decision).toEqual({
			kind: 'refused',
			because: '/var/lib/hsctl cannot hold its memory: others may write to it',
		});
	});

	it('refuses work when it takes no writes, and does not mind being absent', () => {
		expect(on('unwritable')?.[0]?.decision.kind).toBe('refused');
		expect(on('absent')?.[0]?.decision.kind).toBe('run');
	});
});

describe('the exit code of a plan', () => {
	const code = (counts: Partial<Record<keyof PlanCounts, number>>, detailed = false) =>
		planExitCode(
			{
				...plan([hotfix()], { web1: {} }),
				counts: planCounts({ hosts: 1, ...counts }),
			},
			detailed,
		);

	it.each<[string, Parameters<typeof code>, number]>([
		['nothing to do', [{ done: 3, skip: 2 }], 0],
		['something to do', [{ run: 3 }], 0],
		['something to do, when asked for it', [{ run: 3 }, true], 2],
		['nothing to do, when asked for it', [{ done: 1, changed_since: 1 }, true], 0],
		['a host that does not answer', [{ run: 1, unreachable: 1 }, true], 4],
		['a unit that cannot be decided', [{ fail: 1, unreachable: 1, run: 1 }, true], 5],
		['a unit that saved facts cannot decide', [{ unknown: 1, run: 1 }, true], 5],
		['a unit that a person has to decide', [{ ask: 1, fail: 1 }], 6],
		['a unit that must not run', [{ refused: 1, ask: 1, fail: 1, unreachable: 1 }], 7],
	])('says %s', (_, args, expected) => {
		expect(code(...args)).toBe(expected);
	});
});
