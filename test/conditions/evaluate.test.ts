import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, leavesOf, looksOf } from '../../src/conditions/evaluate.ts';
import type { Condition, Fallback, Truth } from '../../src/model/condition.ts';

const at = { file: 'playbook.yaml', line: 1, column: 1, endLine: 1, endColumn: 2, sourceLine: 'when:' };
const file = (path: string, policy: Fallback = 'fail'): Condition => ({
	kind: 'file_exists',
	options: { path, invert: false, if_unreadable: policy },
	at,
});
const all = (...of: readonly Condition[]): Condition => ({ kind: 'all', of });
const any = (...of: readonly Condition[]): Condition => ({ kind: 'any', of });
const not = (of: Condition): Condition => ({ kind: 'not', of });

/** What a look for a file prints when it comes out so. */
const prints: Readonly<Record<Truth, string>> = { yes: 'there', no: 'absent', unknown: 'hidden /closed' };
const truths = ['yes', 'no', 'unknown'] as const;
const came = (condition: Condition, ...truth: readonly Truth[]): Truth =>
	evaluate(
		condition,
		truth.map(value => prints[value]),
	).holds;

it('always holds, because always', () => {
	expect(evaluate({ kind: 'always' }, [])).toEqual({ holds: 'yes', because: 'always', trace: [] });
});

describe('three values', () => {
	it.each([
		['yes', 'yes', 'yes', 'yes'],
		['yes', 'no', 'no', 'yes'],
		['no', 'yes', 'no', 'yes'],
		['no', 'no', 'no', 'no'],
		['yes', 'unknown', 'unknown', 'yes'],
		['unknown', 'yes', 'unknown', 'yes'],
		['no', 'unknown', 'no', 'unknown'],
		['unknown', 'no', 'no', 'unknown'],
		['unknown', 'unknown', 'unknown', 'unknown'],
	] as const)('of %s and %s: all is %s, any is %s', (a, b, both, either) => {
		expect(came(all(file('/a'), file('/b')), a, b)).toBe(both);
		expect(came(any(file('/a'), file('/b')), a, b)).toBe(either);
	});

	it.each([
		['yes', 'no'],
		['no', 'yes'],
		['unknown', 'unknown'],
	] as const)('not %s is %s', (truth, turned) => {
		expect(came(not(file('/a')), truth)).toBe(turned);
	});
});

describe('a look that nobody has taken', () => {
	const unseen = { unseen: 'it is not in the saved facts' };

	it.each<[Condition, Truth]>([
		[file('/a', 'run'), 'unknown'],
		[not(file('/a', 'skip')), 'unknown'],
		[all(file('/a'), file('/b')), 'no'],
		[any(file('/a'), file('/b')), 'unknown'],
	])('is unknown whatever its fallback says, unless the rest decides: %j', (condition, holds) => {
		const judged = evaluate(condition, [unseen, 'absent']);
		expect(judged.holds).toBe(holds);
		expect(judged.isUnseen ?? false).toBe(holds === 'unknown');
		if (holds === 'unknown') expect(judged.because).toBe(unseen.unseen);
	});

	it('is said before a look that told nothing usable: more looking may help', () => {
		expect(evaluate(all(file('/a'), file('/b')), ['hidden /', unseen])).toMatchObject({
			holds: 'unknown',
			because: unseen.unseen,
			isUnseen: true,
		});
	});
});

describe('a fallback', () => {
	it.each([
		['run', 'yes', 'no'],
		['skip', 'no', 'yes'],
		['fail', 'unknown', 'unknown'],
	] as const)('%s is %s, and %s inside a not: it is the value of its own leaf', (policy, own, turned) => {
		const leaf = file('/a', policy);
		expect(came(leaf, 'unknown')).toBe(own);
		expect(came(not(leaf), 'unknown')).toBe(turned);
	});

	it('says what was wrong and which policy decided', () => {
		const { because } = evaluate(file('/closed/a', 'skip'), ['hidden /closed']);
		expect(because).toBe('/closed/a cannot be looked at, as /closed is closed to this user; if_unreadable is skip');
	});

	it('for what is missing is told apart from the one for what is unreadable', () => {
		const leaf: Condition = {
			kind: 'binary_version',
			options: {
				binary: 'git',
				below: '2',
				version_flag: '-v',
				compare: 'loose',
				if_missing: 'skip',
				if_unreadable: 'run',
			},
			at,
		};
		expect(evaluate(leaf, ['absent'])).toMatchObject({
			holds: 'no',
			because: 'git does not exist; if_missing is skip',
		});
		expect(evaluate(leaf, ['there\n\nexit 1'])).toMatchObject({
			holds: 'yes',
			because: 'git -v ended with 1; if_unreadable is run',
		});
	});

	it('that a kind does not have is fail', () => {
		const leaf: Condition = {
			kind: 'fact',
			options: { name: 'kernel', version: { below: '7', compare: 'semver' }, if_missing: 'run' },
			at,
		};
		expect(evaluate(leaf, ['6.1.0.1'])).toMatchObject({
			holds: 'unknown',
			because: 'kernel 6.1.0.1 cannot be compared by the semver order; if_unreadable is fail',
		});
	});

	it('a print that never came is unreadable', () => {
		expect(evaluate(all(file('/a'), file('/b', 'run')), ['there'])).toMatchObject({ holds: 'yes' });
		expect(evaluate(file('/a'), []).holds).toBe('unknown');
	});
});

describe('because', () => {
	it.each([
		['the first no of an all', all(file('/a'), file('/b'), file('/c')), ['yes', 'unknown', 'no'], '/c does not exist'],
		['the first yes of an any', any(file('/a'), file('/b')), ['unknown', 'yes'], '/b exists'],
		['the leaf inside a not', not(all(file('/a'), file('/b'))), ['yes', 'no'], '/b does not exist'],
		['every leaf where all agree', all(file('/a'), file('/b')), ['yes', 'yes'], '/a exists; /b exists'],
	] as const)('names %s', (_title, condition, truth, because) => {
		expect(
			evaluate(
				condition,
				truth.map(value => prints[value]),
			).because,
		).toBe(because);
	});
});

it('leaves and looks come depth first, one print each, also for a leaf that an alias repeats', () => {
	const shared = file('/shared');
	const condition = all(shared, any(file('/b'), not(shared)), { kind: 'always' }, file('/c'));
	expect(looksOf(condition).map(({ fact, look }) => [fact, look.text])).toEqual([
		['file_exists /shared', 'hs_look_here hs_look_place /shared'],
		['file_exists /b', 'hs_look_here hs_look_place /b'],
		['file_exists /shared', 'hs_look_here hs_look_place /shared'],
		['file_exists /c', 'hs_look_here hs_look_place /c'],
	]);
	expect(evaluate(condition, ['there', 'absent', 'absent', 'there']).holds).toBe('yes');
	expect(evaluate(condition, ['there', 'absent', 'there', 'there']).holds).toBe('no');
});

it('the trace shows every leaf with rule, fact and value, also those that did not decide', () => {
	const { trace } = evaluate(any(file('/a'), not(file('/b'))), ['there', 'hidden /x']);
	expect(trace).toEqual([
		{
			kind: 'any',
			holds: 'yes',
			of: [
				{
					kind: 'leaf',
					condition: 'file_exists',
					fact: 'file_exists /a',
					rule: 'exists',
					value: 'exists',
					holds: 'yes',
					because: '/a exists',
					at,
				},
				{
					kind: 'not',
					holds: 'unknown',
					of: [expect.objectContaining({ kind: 'leaf', fact: 'file_exists /b', value: 'hidden', holds: 'unknown' })],
				},
			],
		},
	]);
});

/** A condition with the truth of each of its leaves. */
const tree = fc.letrec<{ node: { condition: Condition; truth: readonly Truth[] } }>(tie => ({
	node: fc.oneof(
		{ maxDepth: 4 },
		fc.constantFrom(...truths).map(truth => ({ condition: file('/x'), truth: [truth] })),
		tie('node').map(({ condition, truth }) => ({ condition: not(condition), truth })),
		fc.tuple(fc.boolean(), fc.array(tie('node'), { minLength: 1, maxLength: 3 })).map(([every, parts]) => ({
			condition: (every ? all : any)(...parts.map(part => part.condition)),
			truth: parts.flatMap(part => part.truth),
		})),
	),
})).node;

it('an answer never changes when an unknown becomes known, and not of all is any of nots', () => {
	fc.assert(
		fc.property(tree, fc.constantFrom('yes', 'no'), ({ condition, truth }, known) => {
			const before = came(condition, ...truth);
			const after = came(condition, ...truth.map(value => (value === 'unknown' ? known : value)));
			expect(leavesOf(condition)).toHaveLength(truth.length);
			if (before !== 'unknown') expect(after).toBe(before);
			expect(after).not.toBe('unknown');
			expect(came(not(not(condition)), ...truth)).toBe(before);
			expect(came(not(all(condition)), ...truth)).toBe(came(any(not(condition)), ...truth));
		}),
		{ numRuns: 500 },
	);
});
