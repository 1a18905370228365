import { describe, expect, it } from 'vitest';
import type { PlannedUnit } from '../../src/model/plan.ts';
import { planRestarts } from '../../src/planning/restarts.ts';
import { planned } from '../fakes/builders.ts';

const asking = (
	address: string,
	kind: 'run' | 'skip' | 'done',
	restarts: readonly string[],
	rest: Partial<PlannedUnit> = {},
) => {
	const unit = planned(address, kind, rest);
	if (unit.job === undefined) throw new Error('a planned unit has a job');
	return { ...unit, job: { ...unit.job, restarts } };
};

describe('restarts', () => {
	it('come once a service, and name who asks for them', () => {
		const restarts = planRestarts([asking('a', 'run', ['x', 'y', 'x']), asking('b', 'run', ['x'])], [], 'sudo');
		expect(restarts.map(({ address, after }) => [address, after])).toEqual([
			['restart.x', ['a', 'b']],
			['restart.y', ['a']],
		]);
		expect(restarts[0]?.decision).toEqual({ kind: 'run', because: 'when a or b changes something' });
	});

	it.each([
		['of a unit that is skipped', asking('a', 'skip', ['x'])],
		['of a unit that is done', asking('a', 'done', ['x'])],
	])('do not come because %s', (_, unit) => {
		expect(planRestarts([unit], [], 'none')).toEqual([]);
	});

	it('come for a skipped unit that may run after all', () => {
		expect(planRestarts([asking('a', 'skip', ['x'], { recheck: true })], [], 'none')).toHaveLength(1);
	});

	it('come when an earlier run still owes them, whoever asks now', () => {
		const [owed] = planRestarts([], [{ service: 'x', run: '01RUN' }], 'none');
		expect(owed).toMatchObject({
			address: 'restart.x',
			decision: { because: 'still owed by run 01RUN' },
			after: [],
			stage: 0,
		});
	});

	it('come last: in the latest stage of the host', () => {
		const [restart] = planRestarts([asking('a', 'run', ['x']), planned('b', 'run', { stage: 3 })], [], 'none');
		expect(restart).toMatchObject({ stage: 3, phase: 'restarts' });
	});

	it('are planned for a host with very many units', () => {
		const units = new Array<PlannedUnit>(200_000).fill(planned('hotfix.b'));
		expect(planRestarts([...units, asking('a', 'run', ['x'])], [], 'none')).toHaveLength(1);
	});
});
