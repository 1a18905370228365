import { describe, expect, it } from 'vitest';
import { findForgotten } from '../../src/execution/find-forgotten.ts';
import { asUnitAddress } from '../../src/model/brand.ts';
import type { UnitMemory } from '../../src/model/receipt.ts';
import type { HostObservation } from '../../src/planning/observation.ts';
import { questionsFor } from '../../src/planning/questions.ts';
import { host, hotfix, memory, observation, openJob, playbook, reached, receipt } from '../fakes/builders.ts';

const units = [hotfix()];
const questions = questionsFor(playbook(units), [{ host: host('web1'), units }], new Map());
const unit = asUnitAddress('hotfix.a');
const at = '2026-07-01T10:00:00Z';

/** The history as it is asked: who asks what, and whether it is closed again. */
async function ask(observed: HostObservation, hasHistory = true) {
	const heard: string[] = [];
	const found = await findForgotten(
		{ questions, observed: new Map([[host('web1').name, observed]]), playbook: 'web' },
		async () => {
			heard.push('open');
			if (!hasHistory) return undefined;
			return {
				seenDone: (...asked) => {
					heard.push(asked.join(' '));
					return new Map([[unit, at]]);
				},
				close: () => heard.push('close'),
			};
		},
	);
	const [after] = found.values();
	return { heard, forgotten: after?.reached === true ? after.forgotten : undefined };
}

const remembering = (remembered: UnitMemory) => reached([observation([], remembered)]);

describe('what a host has forgotten', () => {
	it.each<[string, HostObservation]>([
		['that was not reached', { reached: false, because: 'no' }],
		['that has a receipt of the unit', remembering(memory({ receipts: [receipt()] }))],
		['that has a damaged one', remembering(memory({ damaged: ['x'] }))],
		['that has a job of it', remembering(memory({ jobs: [openJob('lost')] }))],
	])('D12: is not asked of the history for a host %s', async (_, observed) => {
		expect(await ask(observed)).toEqual({ heard: [], forgotten: undefined });
	});

	it.each<[string, UnitMemory]>([
		['nothing', memory()],
		['another playbook', memory({ receipts: [receipt({ playbook: 'db' })] })],
	])('D12: is what the history has seen done where the host remembers %s', async (_, remembered) => {
		expect(await ask(remembering(remembered))).toEqual({
			heard: ['open', 'web web1', 'close'],
			forgotten: new Map([[unit, at]]),
		});
	});

	it('D12: is nothing where there is no history', async () => {
		expect(await ask(remembering(memory()), false)).toEqual({ heard: ['open'], forgotten: undefined });
	});
});
