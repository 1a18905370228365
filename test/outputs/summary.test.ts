import { describe, expect, it } from 'vitest';
import { asUnitAddress, hostName } from '../../src/model/brand.ts';
import { emptyRun, foldEvent } from '../../src/outputs/run/run-fold.ts';
import { summaryLines } from '../../src/outputs/run/summary.ts';
import { runReport } from '../../src/outputs/run-report.ts';
import { hostState, recorder, runStarted, unitFinished, unitStarted } from './samples.ts';

const look = { color: false, unicode: true, columns: 80 };

function summaryOf(names: readonly string[], exitOf: (name: string) => number) {
	const { events, emit } = recorder();
	const [fix, after] = [asUnitAddress('hotfix.fix'), asUnitAddress('hotfix.after')];
	const hosts = names.map(hostName);
	emit(0, runStarted(hosts, [fix, after]));
	for (const host of hosts) {
		emit(0, unitStarted(host, fix));
		emit(0, unitFinished(host, fix, 'failed', `exit ${exitOf(host)}`, 10));
		emit(0, unitFinished(host, after, 'blocked', 'needs hotfix.fix, which did not succeed', 0));
		emit(0, hostState(host, 'done'));
	}
	return summaryLines(events.reduce(foldEvent, emptyRun), look);
}

describe('the summary of a run', () => {
	it('says what went wrong alike on many hosts once, and names the hosts', () => {
		expect(
			summaryOf(['web1', 'web2', 'db1'], name => (name === 'db1' ? 4 : 100))
				.slice(0, 6)
				.join('\n'),
		).toMatchInlineSnapshot(`
			"  ✗ 2 hosts  hotfix.fix    failed   exit 100
			      web1, web2
			  ✗ db1      hotfix.fix    failed   exit 4
			  ⊘ 3 hosts  hotfix.after  blocked  needs hotfix.fix, which did not succeed
			      web1, web2, db1
			hsctl apply home-fleet  run 01JDB8ZQ6T  has not ended"
		`);
	});

	it('names a unit in conflict with its reason, after what has failed, though nothing failed there', () => {
		const { events, emit } = recorder();
		const [pool, fix] = [asUnitAddress('pool.site'), asUnitAddress('hotfix.fix')];
		const host = hostName('web1');
		const started = runStarted([host], [pool, fix]);
		const units = [
			{ unit: pool, action: 'conflict' as const },
			{ unit: fix, action: 'run' as const },
		];
		emit(0, { ...started, hosts: [{ host, units }] } as typeof started);
		emit(0, unitFinished(host, pool, 'skipped', 'a: it was changed; on_customised is skip'));
		emit(0, unitFinished(host, fix, 'failed', 'exit 4', 10));
		emit(0, hostState(host, 'done'));
		const fold = events.reduce(foldEvent, emptyRun);
		expect(summaryLines(fold, look).slice(0, 2)).toEqual([
			'  ✗ web1  hotfix.fix  failed    exit 4',
			'  ! web1  pool.site   conflict  a: it was changed; on_customised is skip',
		]);
		expect(runReport(events, look)).toMatch(/! pool\.site +conflict +a: it was changed; on_customised is skip/);
	});

	it('names no more hosts than fit in three lines, and counts the others', () => {
		const names = Array.from({ length: 100 }, (_, index) => `machine${index}`);
		const lines = summaryOf(names, () => 1);
		expect(lines.slice(0, 5).join('\n')).toMatchInlineSnapshot(`
			"  ✗ 100 hosts  hotfix.fix    failed   exit 1
			      machine0, machine1, machine2, machine3, machine4, machine5,
			      machine6, machine7, machine8, machine9, machine10, machine11,
			      machine12, machine13, machine14, machine15, machine16, machine17,
			      … and 82 more"
		`);
		expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(80);
	});
});
