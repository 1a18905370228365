import { describe, expect, it } from 'vitest';
import { asUnitAddress, type UnitAddress } from '../../src/model/brand.ts';
import type { Decision, PlannedUnit } from '../../src/model/plan.ts';
import type { Need } from '../../src/model/unit.ts';
import type { DecidedUnit } from '../../src/planning/decide.ts';
import { type Elsewhere, orderHost, type UnitWithNeeds } from '../../src/planning/order.ts';
import { stagesOf } from '../../src/planning/stages.ts';
import { decisionOf, need, planned } from '../fakes/builders.ts';

const unit = (address: string, kind: Decision['kind'], needs: readonly Need[] = []): UnitWithNeeds => {
	const { needs: _n, barriers: _b, after: _a, stage: _s, recheck: _r, ...decided } = planned(address, kind);
	return { unit: decided satisfies DecidedUnit, needs };
};

const alone: Elsewhere = { inTheWay: new Map(), stages: new Map() };
const order = (units: readonly UnitWithNeeds[], elsewhere = alone) => orderHost(units, elsewhere);
const kinds = (units: readonly PlannedUnit[]) => Object.fromEntries(units.map(one => [one.address, one.decision.kind]));

describe('the order of a host’s work', () => {
	it('puts a unit behind what it needs, and otherwise keeps the playbook’s order', () => {
		const units = [unit('c', 'run', [need('b')]), unit('a', 'run'), unit('b', 'run'), unit('d', 'run')];
		expect(order(units).map(one => one.address)).toEqual(['a', 'b', 'c', 'd']);
	});

	it.each<[Decision['kind'], Decision['kind']]>([
		['run', 'run'],
		['skip', 'run'],
		['done', 'run'],
		['changed_since', 'run'],
		['fail', 'blocked'],
		['ask', 'blocked'],
		['refused', 'blocked'],
		['unknown', 'unknown'],
	])('a need that is to %s makes a unit %s', (kind, becomes) => {
		expect(kinds(order([unit('a', kind), unit('b', 'run', [need('a')])]))).toEqual({ a: kind, b: becomes });
	});

	it('blocks to the last grandchild, each naming its own blocker', () => {
		const units = [
			unit('a', 'fail'),
			unit('b', 'run', [need('a')]),
			unit('c', 'run', [need('b')]),
			unit('d', 'run', [need('c')]),
		];
		const ordered = order(units);
		expect(kinds(ordered)).toEqual({ a: 'fail', b: 'blocked', c: 'blocked', d: 'blocked' });
		expect(ordered.map(({ decision }) => decision.because)).toEqual([
			'for a reason',
			'needs a: for a reason',
			'needs b, which is blocked by a',
			'needs c, which is blocked by b',
		]);
	});

	it.each(['skip', 'done', 'changed_since'] as const)('does not block what is to %s: it waits for nothing', kind => {
		expect(kinds(order([unit('a', 'fail'), unit('b', kind, [need('a')])]))).toEqual({ a: 'fail', b: kind });
	});

	it('decides a skipped unit again when something before it runs, down the line', () => {
		const ordered = order([
			unit('a', 'run'),
			unit('b', 'skip', [need('a')]),
			unit('c', 'skip', [need('b')]),
			unit('d', 'skip'),
			unit('e', 'done', [need('a')]),
		]);
		expect(ordered.filter(one => one.recheck).map(one => one.address)).toEqual(['b', 'c']);
	});

	it('decides a skipped unit again when something before it may run', () => {
		const [, b] = order([unit('a', 'unknown'), unit('b', 'skip', [need('a')])]);
		expect(b?.recheck).toBe(true);
	});

	it('passes over a need that is not planned on this host', () => {
		const [only] = order([unit('b', 'run', [need('elsewhere')])]);
		expect(only).toMatchObject({ needs: [], decision: { kind: 'run' } });
	});

	it('blocks what waits for a unit that is in the way on another host', () => {
		const inTheWay = new Map<UnitAddress, Decision>([[asUnitAddress('a'), decisionOf('fail')]]);
		const units = [unit('a', 'run'), unit('b', 'run', [need('a', 'all')]), unit('c', 'run', [need('a')])];
		expect(kinds(order(units, { ...alone, inTheWay }))).toEqual({ a: 'run', b: 'blocked', c: 'run' });
	});

	it('goes through a chain of 5,000 units, and blocks all of it', () => {
		const chain = Array.from({ length: 5000 }, (_, index) =>
			unit(`u${index}`, index === 0 ? 'fail' : 'run', index === 0 ? [] : [need(`u${index - 1}`)]),
		).toReversed();
		const ordered = order(chain);
		expect(ordered).toHaveLength(5000);
		expect(ordered.at(-1)).toMatchObject({ address: 'u4999', decision: { kind: 'blocked', by: 'u4998' } });
	});

	it('puts phases one after the other, whatever the order of the file', () => {
		const late = unit('late', 'run');
		const units = [{ ...late, unit: { ...late.unit, phase: 'verify' as const } }, unit('a', 'run')];
		expect(order(units).map(one => one.address)).toEqual(['a', 'late']);
	});
});

describe('stages', () => {
	const stages = (units: Readonly<Record<string, readonly Need[]>>) =>
		Object.fromEntries(
			stagesOf(Object.entries(units).map(([name, needs]) => ({ address: asUnitAddress(name), needs }))),
		);

	it('begin at 0, and only a barrier begins a new one', () => {
		expect(
			stages({ a: [], b: [need('a')], c: [need('b', 'all')], d: [need('c')], e: [need('d', 'all'), need('a')] }),
		).toEqual({
			a: 0,
			b: 0,
			c: 1,
			d: 1,
			e: 2,
		});
	});

	it('pass over a need that is on no host', () => {
		expect(stages({ b: [need('nowhere', 'all')] })).toEqual({ b: 0 });
	});

	it('can be 5,000', () => {
		const chain = Object.fromEntries(
			Array.from({ length: 5000 }, (_, index) => [`u${index}`, index === 0 ? [] : [need(`u${index - 1}`, 'all')]]),
		);
		expect(stages(chain).u4999).toBe(4999);
	});
});
