import { describe, expect, it } from 'vitest';
import { asUnitAddress, hostName } from '../../src/model/brand.ts';
import { emptyRun, foldEvent } from '../../src/outputs/run/run-fold.ts';
import { summaryLines } from '../../src/outputs/run/summary.ts';
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
