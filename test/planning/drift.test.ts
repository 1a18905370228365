import { describe, expect, it } from 'vitest';
import { hostName } from '../../src/model/brand.ts';
import type { Job, Plan, PlannedHost, PlannedUnit } from '../../src/model/plan.ts';
import { findDrift } from '../../src/planning/drift.ts';
import { fingerprint } from '../../src/planning/fingerprint.ts';
import { facts, planCounts, planned, request, script } from '../fakes/builders.ts';

const planOf = (hosts: readonly PlannedHost[], createdAt = '2026-08-01T12:00:00.000Z'): Plan => ({
	format: 'hsctl/plan/v1',
	playbook: { name: 'web', file: 'p.yaml' },
	purpose: 'do',
	createdAt,
	request: request(),
	secrets: {},
	hosts,
	counts: planCounts({ hosts: 1 }),
	fingerprint: fingerprint(hosts),
});
const web1 = (...units: readonly PlannedUnit[]): PlannedHost => ({
	name: hostName('web1'),
	reached: true,
	place: { connection: 'local' },
	facts: facts(),
	units,
});
const gone = (because = 'no route'): PlannedHost => ({ name: hostName('web1'), reached: false, because, units: [] });

const seen = (printed: string) =>
	planned('hotfix.a', 'run', { observations: [{ fact: 'binary_version git', printed }] });
const job = (): Job => {
	const { job } = planned('hotfix.a');
	if (job === undefined) throw new Error('a planned unit has a job');
	return job;
};
const withJob = (change: Partial<Job>): PlannedUnit => ({ ...planned('hotfix.a'), job: { ...job(), ...change } });
const withScript = (text: string) => withJob({ script: { ...job().script, digest: script(text).digest } });

/** A pool of two files, of which the second is seen as a line of its look says. */
const files = (second: string): PlannedUnit =>
	planned('pool.a', 'run', {
		files: ['/etc/a', '/etc/b'].map(dest => ({ dest, action: 'replace', because: '' })),
		observations: [{ fact: 'files of pool.a', printed: `file 1 644 root 0 root 0 1 6 abc\n${second}` }],
	});

describe('drift', () => {
	it.each<[string, PlannedHost[], PlannedHost[], string[]]>([
		['nothing', [web1(seen('2.29'))], [web1(seen('2.29'))], []],
		[
			'a fact, with what it was and is',
			[web1(seen('2.29'))],
			[web1(seen('2.31'))],
			['hotfix.a: binary_version git was `2.29` and is `2.31`'],
		],
		[
			'a long print, cut, on one line',
			[web1(seen('a\nb'))],
			[web1(seen('x'.repeat(90)))],
			[`hotfix.a: binary_version git was \`a ⏎ b\` and is \`${'x'.repeat(60)}…\``],
		],
		...(
			[
				['file 2 644 root 0 root 0 1 6 abc', 'changed'],
				['path 2 absent', 'deleted'],
			] as const
		).map(([line, word]): [string, PlannedHost[], PlannedHost[], string[]] => [
			`a file of a pool that was ${word}`,
			[web1(files('file 2 644 root 0 root 0 1 6 def'))],
			[web1(files(line))],
			[`pool.a: /etc/b was ${word} since the plan was made`],
		]),
		[
			'a file of a pool that has come',
			[web1(files('path 2 absent'))],
			[web1(files('file 2 644 root 0 root 0 1 6 def'))],
			['pool.a: /etc/b was created since the plan was made'],
		],
		[
			'a script',
			[web1(withScript('1'))],
			[web1(withScript('2'))],
			['hotfix.a: hotfixes/a.sh has changed since the plan was made'],
		],
		[
			'a decision',
			[web1(planned('hotfix.a'))],
			[web1(planned('hotfix.a', 'done'))],
			['hotfix.a: it was `run` (for a reason) and is now `done` (for a reason)'],
		],
		[
			'another start meanwhile, where the decision reads the same',
			[web1(planned('hotfix.a'))],
			[web1(withJob({ attempt: 2 }))],
			['hotfix.a: it has been started since the plan was made: that was for attempt 1, the next is 2'],
		],
		[
			'a variable',
			[web1(planned('hotfix.a'))],
			[web1(withJob({ env: { COLOUR: 'red' } }))],
			['hotfix.a: its env has changed: COLOUR'],
		],
		[
			'a time limit',
			[web1(withJob({ timeoutMs: 300_000 }))],
			[web1(withJob({ timeoutMs: 60_000 }))],
			['hotfix.a: its timeout was 300s and is 60s'],
		],
		[
			'another stage',
			[web1(planned('hotfix.a'))],
			[web1({ ...planned('hotfix.a'), stage: 1 })],
			['hotfix.a: its place in the run has changed'],
		],
		['a unit that is gone', [web1(planned('hotfix.a'))], [web1()], ['hotfix.a: the playbook no longer has it']],
		['a unit that has come', [web1()], [web1(planned('hotfix.a'))], ['hotfix.a: it was not part of the plan']],
		[
			'another order',
			[web1(planned('hotfix.a'), planned('hotfix.b'))],
			[web1(planned('hotfix.b'), planned('hotfix.a'))],
			['its units come in another order'],
		],
		['a host that is gone', [web1()], [], ['it is no longer selected']],
		['a host that has come', [], [web1()], ['it was not part of the plan']],
		['a host that does not answer any more', [web1()], [gone()], ['no route']],
		['a host that answers now', [gone()], [web1()], ['it could not be reached when the plan was made']],
	])('names %s', (_, before, now, expected) => {
		const drifts = findDrift(planOf(before), planOf(now));
		expect(drifts.map(({ unit, what }) => (unit === undefined ? what : `${unit}: ${what}`))).toEqual(expected);
	});
});

describe('the fingerprint', () => {
	it('is the same for the same plan, whenever it was made', () => {
		expect(planOf([web1(seen('1'))], '2026-01-01T00:00:00.000Z').fingerprint).toBe(
			planOf([web1(seen('1'))]).fingerprint,
		);
	});

	it('survives JSON', () => {
		const plan: Plan = JSON.parse(JSON.stringify(planOf([web1(seen('1'), planned('hotfix.b', 'blocked'))])));
		expect(fingerprint(plan.hosts)).toBe(plan.fingerprint);
	});

	const base = planned('hotfix.a', 'run');
	it.each<[string, PlannedUnit]>([
		['the decision', planned('hotfix.a', 'skip')],
		['what was seen', { ...base, observations: [{ fact: 'f', printed: 'x' }] }],
		['the job’s attempt', base.job === undefined ? base : { ...base, job: { ...base.job, attempt: 2 } }],
		['a variable', base.job === undefined ? base : { ...base, job: { ...base.job, env: { A: '1' } } }],
		['the stage', { ...base, stage: 1 }],
		['being decided again', { ...base, recheck: true }],
	])('changes with %s', (_, unit) => {
		expect(fingerprint([web1(unit)])).not.toBe(fingerprint([web1(base)]));
	});

	it('does not change with words', () => {
		const other = {
			...base,
			decision: { kind: 'run', because: 'said differently' } as const,
			description: 'new',
			notes: ['n'],
		};
		expect(fingerprint([web1(other)])).toBe(fingerprint([web1(base)]));
	});
});
