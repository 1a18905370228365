import { describe, expect, it } from 'vitest';
import { asRunId, hostName } from '../../src/model/brand.ts';
import type { NumberedEvent } from '../../src/model/event.ts';
import type { UnitStatus } from '../../src/model/outcome.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Journal } from '../../src/ports/journal.ts';
import { planCounts, request } from '../fakes/builders.ts';
import { aRun, numbered, wholeRun } from './event-sink.ts';

/** The smallest plan. */
export const plan: Plan = {
	format: 'hsctl/plan/v1',
	playbook: { name: 'web', file: 'p.yaml' },
	purpose: 'do',
	createdAt: '2026-08-01T12:00:00.000Z',
	request: request({ set: { a: 'ä' } }),
	secrets: {},
	hosts: [],
	counts: planCounts(),
	fingerprint: 'f',
};

const unitFinished = finishedOf(wholeRun);

function finishedOf(events: typeof wholeRun): Extract<NumberedEvent, { type: 'unit_finished' }> {
	for (const event of events) if (event.type === 'unit_finished') return event;
	throw new Error('nothing has finished');
}

/** Every journal keeps to this. `again` opens the same one a second time, as another process would. */
export function journalContract(title: string, make: () => { open(): Journal; dispose(): void }): void {
	describe(title, () => {
		const withJournal = async (use: (journal: Journal, again: () => Journal) => Promise<void> | void) => {
			const { open, dispose } = make();
			const journal = open();
			await use(journal, open);
			journal.close();
			dispose();
		};
		const keep = async (journal: Journal) => {
			const sink = journal.sink();
			for (const event of wholeRun) await sink.take(event);
			await sink.close();
		};

		it('has nothing at first', () =>
			withJournal(journal => {
				expect(journal.runs(10)).toEqual([]);
				expect(journal.find('last')).toBeUndefined();
			}));

		it('keeps the plan before anything has happened', () =>
			withJournal(async (journal, again) => {
				journal.begin(aRun, plan);
				const other = again();
				expect(other.plan(aRun)).toEqual(plan);
				expect(other.runs(10)).toEqual([
					{
						run: aRun,
						startedAt: plan.createdAt,
						finishedAt: null,
						playbook: 'web',
						file: 'p.yaml',
						purpose: 'do',
						hosts: 0,
						exitCode: null,
					},
				]);
				other.close();
			}));

		it('gives back every event as it was, in order, and knows that the run is over', () =>
			withJournal(async (journal, again) => {
				journal.begin(aRun, plan);
				await keep(journal);
				const other = again();
				expect([...other.events(aRun)]).toEqual(wholeRun);
				expect(other.find('last')).toMatchObject({ finishedAt: wholeRun.at(-1)?.at, exitCode: 0 });
				other.close();
			}));

		it('has every event but output for others as soon as it has taken it', () =>
			withJournal(async (journal, again) => {
				journal.begin(aRun, plan);
				const sink = journal.sink();
				const other = again();
				for (const event of wholeRun) {
					await sink.take(event);
					if (event.type !== 'output') expect([...other.events(aRun)].at(-1)).toEqual(event);
				}
				other.close();
				await sink.close();
			}));

		it('lets another run begin while this one prints and prints', () =>
			withJournal(async (journal, again) => {
				journal.begin(aRun, plan);
				const sink = journal.sink();
				const printed = wholeRun.find(event => event.type === 'output');
				if (printed?.type !== 'output') throw new Error('no output');
				for (let seq = 1; seq <= 1000; seq += 1) await sink.take({ ...printed, seq });
				const other = again();
				const started = performance.now();
				other.begin(asRunId('01J1111111111111111111TEST'), plan);
				expect(performance.now() - started).toBeLessThan(1000);
				other.close();
				await sink.close();
				expect([...journal.events(aRun)]).toHaveLength(1000);
			}));

		it('keeps the output before an end, when a run is given up', () =>
			withJournal(async journal => {
				journal.begin(aRun, plan);
				const sink = journal.sink();
				for (const event of wholeRun.slice(0, 4)) await sink.take(event);
				await sink.close();
				expect([...journal.events(aRun)]).toEqual(wholeRun.slice(0, 4));
			}));

		it('finds a run by the beginning of its id when it is the only one', () =>
			withJournal(journal => {
				for (const id of ['01AAA1', '01AAB2', '02CCC3']) journal.begin(asRunId(id), plan);
				expect(journal.find('01aaa')?.run).toBe('01AAA1');
				expect(journal.find('01AA')).toBeUndefined();
				expect(journal.find('03')).toBeUndefined();
				expect(journal.find('%')).toBeUndefined();
				expect(journal.find('last')?.run).toBe('02CCC3');
				expect(journal.runs(2).map(({ run }) => run)).toEqual(['02CCC3', '01AAB2']);
			}));

		it('E3: takes for the last run the one that began last, whatever the clock said', () =>
			withJournal(journal => {
				const begun = ['01CLOCKRIGHT', '09YEARSAHEAD', '00NINETIES', '01CLOCKRIGHTAGAIN'];
				for (const [index, id] of begun.entries()) {
					journal.begin(asRunId(id), plan);
					expect(journal.find('last')?.run).toBe(id);
					expect(journal.runs(9).map(({ run }) => run)).toEqual(begun.slice(0, index + 1).toReversed());
				}
			}));

		it('sorts runs that others began in by their ids', () =>
			withJournal(journal => {
				journal.begin(asRunId('01C'), plan);
				for (const id of ['01A', '01B', '01D']) journal.adopt(asRunId(id), plan);
				expect(journal.runs(9).map(({ run }) => run)).toEqual(['01D', '01C', '01B', '01A']);
				journal.begin(asRunId('00X'), plan);
				expect(journal.find('last')?.run).toBe('00X');
			}));

		it('D12: knows when a unit of a playbook was last seen done on a host, until it is undone', () =>
			withJournal(async (journal, again) => {
				const seen = () => [...journal.seenDone('web', hostName('web1'))];
				const tell = async (purpose: Plan['purpose'], status: UnitStatus, seq: number) => {
					const run = asRunId(`01RUN${seq}`);
					journal.begin(run, { ...plan, purpose });
					const sink = journal.sink();
					await sink.take({ ...unitFinished, status, run, seq, at: `2026-08-0${seq}T12:00:00.000Z` });
				};
				expect(seen()).toEqual([]);
				for (const [seq, status] of (['failed', 'unknown', 'skipped'] as const).entries())
					await tell('do', status, seq + 1);
				expect(seen()).toEqual([]);
				await tell('do', 'changed', 4);
				await tell('do', 'failed', 5);
				expect(seen()).toEqual([['hotfix.a', '2026-08-04T12:00:00.000Z']]);
				await tell('do', 'ok', 6);
				expect(seen()).toEqual([['hotfix.a', '2026-08-06T12:00:00.000Z']]);
				expect([...journal.seenDone('db', hostName('web1')), ...journal.seenDone('web', hostName('web2'))]).toEqual([]);
				const other = again();
				expect([...other.seenDone('web', hostName('web1'))]).toEqual(seen());
				other.close();
				await tell('undo', 'changed', 7);
				expect(seen()).toEqual([]);
			}));

		it('refuses the same run and the same event twice', () =>
			withJournal(async journal => {
				journal.begin(aRun, plan);
				expect(() => journal.begin(aRun, plan)).toThrow();
				const sink = journal.sink();
				const warning = numbered({ type: 'warning', code: 'x', message: 'y', host: null }, 1);
				await sink.take(warning);
				expect(() => sink.take(warning)).toThrow();
			}));

		it('takes nobody else for the writer of what this process writes', () =>
			withJournal(journal => {
				journal.begin(aRun, plan);
				expect([journal.isBeingWritten(aRun), journal.takeOver(aRun), journal.isAdopted(aRun)]).toEqual([
					false,
					true,
					false,
				]);
			}));

		it('knows what it has from hosts, and takes more hosts into it', () =>
			withJournal(journal => {
				journal.adopt(aRun, plan);
				const whole = { ...plan, fingerprint: 'g' };
				journal.replan(aRun, whole);
				expect([journal.isAdopted(aRun), journal.isBeingWritten(aRun)]).toEqual([true, false]);
				expect(journal.plan(aRun)).toEqual(whole);
			}));
	});
}
