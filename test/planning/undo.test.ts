import { describe, expect, it } from 'vitest';
import { asRunId } from '../../src/model/brand.ts';
import { decidePoolUndo, type UndoSight } from '../../src/units/pool/decide-pool-undo.ts';

const runOf = (letter: string) => asRunId(`01${letter.repeat(24)}`);
const sight: UndoSight = {
	job: `${'a'.repeat(64)}.1`,
	run: runOf('M'),
	files: [{ dest: '/etc/a', act: 'replace', now: 'new', backup: 'whole' }],
};

describe('the undo of what one run has changed of a pool', () => {
	it.each([
		['no run is named: the latest change', undefined, sight, 'run', /^changed by run 01M{24}: 1 to restore$/],
		['it is the latest change', runOf('M'), sight, 'run', /^changed by run 01M{24}/],
		[
			'another run came later',
			runOf('A'),
			sight,
			'refused',
			/^run 01M{24} has changed it again since: .*`hsctl rollback 01M{24}`$/,
		],
		['only older changes are left', runOf('Z'), sight, 'skip', /^what run 01Z{24} has changed here was taken back/],
		['nothing is left', runOf('M'), undefined, 'skip', /no backup/],
	] as const)('%s', (_, run, seen, kind, because) => {
		const decided = decidePoolUndo(seen, run);
		expect([decided.decision.kind, decided.decision.because]).toEqual([kind, expect.stringMatching(because)]);
		expect(decided.job).toBe(kind === 'run' ? sight.job : undefined);
	});
});
