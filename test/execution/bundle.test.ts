import { describe, expect, it } from 'vitest';
import { applyProgram } from '../../src/execution/apply-program.ts';
import { type BundleInput, makeBundle } from '../../src/execution/bundle.ts';
import { asRunId, asUnitAddress, hostPath } from '../../src/model/brand.ts';
import { sh } from '../../src/model/command.ts';
import type { Job, PlannedUnit } from '../../src/model/plan.ts';
import { keyOf, planned } from '../fakes/builders.ts';

const bytes = new TextEncoder().encode('true\n');
const withJob = (address: string, rest: Partial<PlannedUnit> = {}, job: Partial<Job> = {}): PlannedUnit => {
	const unit = planned(address, 'run', rest);
	if (unit.job === undefined) throw new Error('a planned unit has a job');
	return { ...unit, job: { ...unit.job, ...job } };
};
const bundle = (units: readonly PlannedUnit[], rest: Partial<BundleInput> = {}) =>
	makeBundle({
		run: asRunId('01RUN'),
		stage: 0,
		playbook: 'web',
		units,
		scriptBytes: () => bytes,
		fileBytes: () => bytes,
		looksOf: () => [],
		lockWaitMs: 0,
		hostPlan: 'cGxhbg==',
		secretOf: () => '',
		...rest,
	});
const text = (made: ReturnType<typeof bundle>, path: string) => Buffer.from(made?.files.get(path) ?? []).toString();
const needing = (...names: readonly string[]) => ({ needs: names.map(asUnitAddress) });

describe('a bundle', () => {
	it('holds only what may run, in order, with needs by their place', () => {
		const units = [
			planned('a', 'done'),
			withJob('b', needing('a')),
			withJob('c', { ...needing('b'), decision: { kind: 'skip', because: 'x' }, recheck: true }),
			planned('d', 'skip'),
			withJob('e', needing('b', 'c')),
			withJob(
				'restart.x',
				{ phase: 'restarts', after: [asUnitAddress('b'), asUnitAddress('d'), asUnitAddress('e')] },
				{ env: { HSCTL_SERVICE: 'x' } },
			),
		];
		const lines = text(bundle(units), 'sequence')
			.replaceAll(/[0-9a-f]{64}/g, 'K')
			.split('\n');
		expect(lines).toEqual(['0 run K.1 - -', '1 check K.1 0 -', '2 run K.1 0,1 -', '3 restart K.1 - 0,2', '']);
	});

	it('has a name of its own in each stage, and a restart a key of its own in each run', () => {
		const restart = withJob('restart.x', { phase: 'restarts' });
		const key = (run: string) => bundle([restart], { run: asRunId(run) })?.units[0]?.job.key;
		expect([bundle([restart])?.name, bundle([restart], { stage: 2 })?.name]).toEqual(['01RUN', '01RUN-2']);
		expect(key('01A')).not.toBe(key('01B'));
		expect(key('01A')).toBe(key('01A'));
	});

	it('is not made at all when one script is no longer what was planned', () => {
		expect(
			bundle([withJob('a'), withJob('b')], { scriptBytes: ({ job }) => (job?.key === keyOf('b') ? undefined : bytes) }),
		).toBeUndefined();
	});

	it('lets the host look again before a unit that has looks, and before no undo', () => {
		const looksOf = () => [sh`echo x`];
		const seen = { observations: [{ fact: 'f', printed: 'two\nlinesä' }] };
		const made = bundle([withJob('a', seen)], { looksOf });
		expect(text(made, `jobs/${keyOf('a')}.1/expect`)).toBe('look look:0 11\ntwo\nlinesä\n');
		expect(text(made, `jobs/${keyOf('a')}.1/probe`)).toContain('echo x');
		expect(text(made, `jobs/${keyOf('a')}.1/spec`)).toContain("recheck='apart'");
		const here = bundle([withJob('a', seen)], { looksOf: () => [sh`hs_look_here hs_look_place /x`] });
		expect(text(here, `jobs/${keyOf('a')}.1/spec`)).toContain("recheck='here'");
		const undo = bundle([withJob('a', seen, { purpose: 'undo', undoes: keyOf('old') })], { looksOf });
		expect([...(undo?.files.keys() ?? [])].some(path => path.endsWith('probe'))).toBe(false);
		expect(text(undo, `jobs/${keyOf('a')}.1/spec`)).toContain(`undoes='${keyOf('old')}'`);
	});

	it('quotes every value of a job, and leaves files out that would be empty', () => {
		const made = bundle([
			withJob(
				'a',
				{},
				{
					env: { A: "it's\n$(x)" },
					script: { ...(planned('a').job as Job).script, interpreter: ['/usr/bin/env', "it's"] },
				},
			),
		]);
		const folder = `jobs/${keyOf('a')}.1`;
		expect(text(made, `${folder}/env`)).toBe("export A='it'\\''s\n$(x)'\n");
		expect(text(made, `${folder}/spec`)).toContain("interpreter='/usr/bin/env '\\''it'\\''\\'\\'''\\''s'\\'''");
		expect([...(bundle([withJob('b')])?.files.keys() ?? [])]).toEqual([
			'sequence',
			'plan',
			`jobs/${keyOf('b')}.1/spec`,
			`jobs/${keyOf('b')}.1/script`,
		]);
	});

	it('goes as text, and only what is no text goes as files of its own; all of it is in the manifest', () => {
		const made = bundle([withJob('a'), withJob('b')], {
			scriptBytes: ({ job }) => (job?.key === keyOf('b') ? Uint8Array.of(0, 255) : bytes),
		});
		if (made === undefined) throw new Error('no bundle');
		const delivery = {
			bundle: made,
			nonce: 'abc',
			state: hostPath('/s'),
			hasRunner: false,
			controller: 'c',
			user: 'u',
		};
		const program = applyProgram(delivery);
		expect(program).toContain(`>jobs/${keyOf('a')}.1/script`);
		expect(program).not.toContain(`>jobs/${keyOf('b')}.1/script`);
		for (const path of [...made.files.keys(), 'controller'])
			expect(program).toMatch(new RegExp(`^[^\\n]*[0-9a-f]{64}  \\./${path}$`, 'm'));
		expect(applyProgram({ ...delivery, hasRunner: true }).length).toBeLessThan(program.length / 2);
	});
});
