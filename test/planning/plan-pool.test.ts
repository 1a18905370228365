import { describe, expect, it } from 'vitest';
import type { Host } from '../../src/model/inventory.ts';
import type { PlannedUnit } from '../../src/model/plan.ts';
import type { Pool, Verify } from '../../src/model/unit.ts';
import type { UnitObservation } from '../../src/planning/observation.ts';
import { planRun } from '../../src/planning/plan.ts';
import { questionsFor } from '../../src/planning/questions.ts';
import { selectWork } from '../../src/planning/select.ts';
import { hexOf } from '../../src/units/pool/file-look.ts';
import { facts, here, host, memory, openJob, playbook, reached, receipt, request } from '../fakes/builders.ts';
import { pool, poolFile, repoFile, sum } from '../fakes/pool-builders.ts';

interface Asked {
	readonly on?: Host;
	readonly vars?: Readonly<Record<string, string>>;
	readonly verify?: Verify;
	readonly purpose?: 'do' | 'undo';
	/** What the host shows of each pool; `undefined`: nothing was saved of it. */
	readonly shows?: readonly (Partial<UnitObservation> & { readonly look?: string })[];
	readonly state?: Parameters<typeof facts>[0];
}

function plan(
	pools: readonly Pool[],
	{ on = host('web1'), vars = {}, verify, purpose = 'do', shows = [], state }: Asked = {},
): readonly PlannedUnit[] {
	const book = playbook(pools, {
		on: [on],
		vars: new Map(Object.entries(vars)),
		...(verify === undefined ? {} : { verify }),
	});
	const selected = selectWork(book, { tags: [], targets: [] });
	if (!selected.ok) throw new Error(JSON.stringify(selected.error));
	const questions = questionsFor(book, selected.value, new Map(), purpose);
	const units = pools.map((_, index): UnitObservation => {
		const { look, ...rest } = shows[index] ?? {};
		return { printed: [look ?? ''], memory: memory(), ...rest };
	});
	const observed = new Map([[on.name, reached(units, state === undefined ? {} : { facts: facts(state) })]]);
	return planRun({ playbook: book, questions, observed, request: request(), purpose, now: new Date(0) }).hosts.flatMap(
		({ units: planned }): readonly PlannedUnit[] => planned,
	);
}

const fileLine = (number: number, text: string): string =>
	`file ${number} 644 root 0 root 0 1 ${text.length} ${hexOf(sum(text))}`;
const absent = { look: 'path 1 absent' };
const texts = (text: string) => new Map([[1, new TextEncoder().encode(text)]]);

describe('a planned pool', () => {
	it('carries its work, its files with what differs, and the values in effect', () => {
		const [unit] = plan([pool({ keep: 3, onCustomised: 'replace' })], {
			shows: [{ look: fileLine(1, 'mine\n'), texts: texts('mine\n') }],
		});
		expect(unit).toMatchObject({
			phase: 'pools',
			decision: { kind: 'run', because: '1 to replace' },
			effective: { onCustomised: 'replace', onDeleted: 'skip', keep: 3, together: false, confirmMs: 0 },
			files: [{ dest: '/srv/a', action: 'replace', customised: true, diff: { kind: 'text' } }],
			job: {
				attempt: 1,
				purpose: 'do',
				pool: { kind: 'apply', keep: 3, files: [{ act: 'replace', was: sum('mine\n') }] },
			},
		});
	});

	it('waits for its confirmation beside the time of its commands', () => {
		const sshd = pool({ files: [poolFile({ dest: '/etc/ssh/sshd_config' })], timeoutMs: 10_000 });
		expect(plan([sshd], { shows: [absent] })[0]).toMatchObject({
			effective: { timeoutMs: 10_000, confirmMs: 60_000 },
			job: { timeoutMs: 70_000, pool: { confirmMs: 60_000 } },
		});
	});

	it('is to be confirmed also where only a link of the host leads to such a file', () => {
		const linked = pool({ files: [poolFile({ follow: true })] });
		const look = `at 1 /etc/ssh/sshd_config\n${fileLine(1, 'v1\n')}\nkept 1 ${hexOf(sum('v1\n'))} ${hexOf(sum('v1\n'))} pool.site~web`;
		expect(plan([linked], { shows: [{ look }] })[0]).toMatchObject({
			effective: { confirmMs: 60_000 },
			job: { pool: { confirmMs: 60_000, files: [{ dest: '/etc/ssh/sshd_config' }] } },
			files: [{ dest: '/etc/ssh/sshd_config', link: '/srv/a' }],
		});
	});

	it('is the next attempt after those that the host remembers of this content', () => {
		const [first] = plan([pool()], { shows: [absent] });
		const key = first?.job?.key;
		if (key === undefined) throw new Error('there is no job');
		const failed = receipt({ unit: 'pool.site', key, status: 'failed', attempt: 2 });
		const jobs = [openJob('finished', 2, key)];
		const [again] = plan([pool()], { shows: [{ ...absent, memory: memory({ receipts: [failed], jobs }) }] });
		expect(again?.job).toMatchObject({ key, attempt: 3 });
		expect(again?.decision.because).toBe('1 to create; failed on 2026-08-01 10:00, tried again');
	});

	it('merges nothing that was not shown as it is: what is no text loses its NULs on the way', () => {
		const merging = pool({
			onCustomised: 'merge',
			files: [poolFile({ src: repoFile('a\nb\nc\nnew\n'), base: repoFile('a\nb\nc\n') })],
		});
		const look = fileLine(1, 'mine\0\na\nb\nc\n');
		expect(plan([merging], { shows: [{ look, texts: texts('mine\na\nb\nc\n') }] })[0]).toMatchObject({
			decision: { kind: 'conflict', because: expect.stringContaining('its bytes were not shown') },
			files: [{ action: 'keep', diff: { kind: 'unshown' } }],
		});
	});

	it('is unknown where saved facts stand for the host, and a merge would take its bytes', () => {
		const files = [poolFile({ src: repoFile('a\nb\nnew\n'), base: repoFile('a\nb\n') })];
		const shows = [{ look: fileLine(1, 'mine\n') }];
		expect(plan([pool({ onCustomised: 'merge', files })], { shows })[0]).toMatchObject({
			decision: { kind: 'unknown', because: expect.stringContaining('only a look at its bytes tells') },
			files: [{ action: 'keep', diff: { kind: 'unshown', because: 'only a look at the host shows it' } }],
		});
		expect(plan([pool({ onCustomised: 'replace', files })], { shows })[0]?.decision.kind).toBe('run');
	});

	it('is refused where the host can remember nothing', () => {
		const path = facts().state.path;
		const state = { state: { path, condition: 'unwritable', because: 'it is full' } } as const;
		const [unit] = plan([pool()], { shows: [absent], state });
		expect(unit?.decision).toMatchObject({ kind: 'refused', because: expect.stringContaining('it is full') });
		expect(unit).not.toHaveProperty('job');
	});

	it('gets values as words of its commands, and what a shell would read as a variable', () => {
		const unit = pool({
			files: [poolFile({ dest: '${vars.root}/a', validate: 'check %s ${vars.odd}' })],
			cwd: '${vars.root}',
			activate: ['cp ${vars.root}/a ${vars.odd}', ['cp', '${vars.odd}']],
			check: ['test ${host.name} = ${host.odd}'],
		});
		const on = host('web1', { vars: new Map([['odd', 'x; id']]) });
		const { job, files } = plan([unit], { on, vars: { root: '/srv', odd: 'a b' }, shows: [absent] })[0] ?? {};
		expect(files?.[0]?.dest).toBe('/srv/a');
		if (job?.pool?.kind !== 'apply') throw new Error('there is no work');
		expect(job.pool.cwd).toBe('/srv');
		expect(job.pool.commands.map(({ words }) => words.at(-1))).toEqual([
			'check "$HSCTL_FILE" "$HSCTL_VAR_ODD"',
			'cp /srv/a "$HSCTL_VAR_ODD"',
			'x; id',
			'test web1 = "$HSCTL_HOST_ODD"',
		]);
		expect(job.env).toMatchObject({ HSCTL_VAR_ODD: 'x; id', HSCTL_HOST_ODD: 'x; id', HSCTL_VAR_ROOT: '/srv' });
	});

	it('does not mix up variables whose names differ in case only', () => {
		const unit = pool({ check: ['test ${vars.Odd} ${vars.odd}'] });
		const { job } = plan([unit], { vars: { Odd: 'a b', odd: 'c d' }, shows: [absent] })[0] ?? {};
		if (job?.pool?.kind !== 'apply') throw new Error('there is no work');
		const names = [...(job.pool.commands[0]?.words.at(-1) ?? '').matchAll(/\$(\w+)/g)].map(([, name = '']) => name);
		expect(names.map(name => job.env[name])).toEqual(['a b', 'c d']);
	});
});

describe('a pool that is taken back', () => {
	it('waits to be confirmed as it was when it was changed', () => {
		const sshd = pool({ files: [poolFile({ dest: '/etc/ssh/sshd_config' })], timeoutMs: 10_000 });
		const look = `undo ${'a'.repeat(64)}.1 01ABC\nwas 1 replace /etc/ssh/sshd_config\nnow 1 new\ncopy 1 whole`;
		expect(plan([sshd], { purpose: 'undo', shows: [{ look }] })[0]).toMatchObject({
			decision: { kind: 'run' },
			effective: { confirmMs: 60_000 },
			job: { timeoutMs: 70_000, purpose: 'undo', undoes: 'a'.repeat(64) },
			files: [{ dest: '/etc/ssh/sshd_config', action: 'restore' }],
		});
	});
});

describe('pools of one host', () => {
	const link = `at 1 /srv/b\n${fileLine(1, 'new\n')}`;
	const one = pool({ address: 'pool.one', files: [poolFile({ follow: true })] });
	const two = pool({ address: 'pool.two', files: [poolFile({ dest: '/srv/b' }), poolFile({ dest: '/srv/c' })] });
	const shows = [{ look: link }, { look: 'path 1 absent\npath 2 absent' }];

	it('F7: are both refused where a link brings them to one file, and each says why', () => {
		const units = plan([one, two], { shows });
		expect(units.map(({ decision, job }) => [decision.kind, decision.because, job])).toEqual([
			['refused', '/srv/a: it leads to /srv/b, which pool.two writes too', undefined],
			['refused', '/srv/b: a link in pool.one leads to it, so both would write it', undefined],
		]);
		expect(units.flatMap(({ files = [] }) => files.map(({ action }) => action))).toEqual([
			'refuse',
			'refuse',
			'create',
		]);
	});

	it('do not stand in the way of each other where one of them is skipped', () => {
		const skipped = pool({ address: 'pool.two', files: [poolFile({ dest: '/srv/b', ifAbsent: 'skip' })] });
		const kinds = plan([one, skipped], { shows: [{ look: link }, absent] }).map(({ decision }) => decision.kind);
		expect(kinds).toEqual(['done', 'skip']);
	});

	it('are taken back one by one, whatever links say now', () => {
		const undo = (address: string) => `undo ${'a'.repeat(64)}.1 01ABC\nwas 1 create ${address}\nnow 1 new`;
		const units = plan([one, two], { purpose: 'undo', shows: [{ look: undo('/srv/b') }, { look: undo('/srv/b') }] });
		expect(units.map(({ decision }) => decision.kind)).toEqual(['run', 'run']);
		expect(units[0]).toMatchObject({ effective: { confirmMs: 0 }, job: { purpose: 'undo', pool: { kind: 'undo' } } });
	});
});

describe('the commands at the end', () => {
	const verify: Verify = { at: here, check: ['test ${vars.odd}'], onFailure: 'rollback_pools', timeoutMs: 5_000 };

	it('run when something is to be done, and get values as pools do', () => {
		const units = plan([pool()], { verify, vars: { odd: '$(id)' }, shows: [absent] });
		expect(units.map(({ address, decision }) => [address, decision.kind])).toEqual([
			['pool.site', 'run'],
			['verify', 'run'],
		]);
		expect(units[1]).toMatchObject({
			phase: 'verify',
			after: ['pool.site'],
			job: { onFailure: 'rollback_pools', env: { HSCTL_VAR_ODD: '$(id)' } },
		});
	});

	it('are skipped where there is nothing to be done', () => {
		const [, end] = plan([pool()], { verify, vars: { odd: 'x' }, shows: [{ look: fileLine(1, 'new\n') }] });
		expect(end).toMatchObject({ decision: { kind: 'skip' }, after: [] });
		expect(end).not.toHaveProperty('job');
	});

	it('are not planned for an undo', () => {
		expect(plan([pool()], { verify, vars: { odd: 'x' }, purpose: 'undo' })).toHaveLength(1);
	});
});
