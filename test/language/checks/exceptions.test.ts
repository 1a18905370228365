import { expect, it } from 'vitest';
import { cures, load, said, today } from '../load.ts';

const exception = (expires: string, extra = '') =>
	load(`exceptions: { nic: { packages: [a], reason: b, expires: "${expires}"${extra} } }\n`);

it('the tests below stand on a known day', () => {
	expect(today.toISOString()).toBe('2026-06-15T12:00:00.000Z');
});

it.each([
	['2026-12-31', []],
	['2026-06-30', []],
	['2026-06-29', []],
	['2026-06-28', ['HS1702 "2026-06-28": the exception `nic` expires in 14 days']],
	['2026-06-15', ['HS1702 "2026-06-15": the exception `nic` expires in 1 day']],
	['2026-06-15T12:00:01Z', ['HS1702 "2026-06-15T12:00:01Z": the exception `nic` expires in 1 day']],
	[
		'2026-06-15T14:00:00+02:00',
		['HS1701 "2026-06-15T14:00:00+02:00": the exception `nic` expired on 2026-06-15T14:00:00+02:00 and is not applied'],
	],
	['2026-06-14', ['HS1701 "2026-06-14": the exception `nic` expired on 2026-06-14 and is not applied']],
	['2026-02-30', ['HS1308 "2026-02-30": `2026-02-30` is not a day of the calendar']],
	['2026-02-30T00:00:00Z', ['HS1308 "2026-02-30T00:00:00Z": `2026-02-30T00:00:00Z` is not a day of the calendar']],
	['2026-13-01', ['HS1308 "2026-13-01": `2026-13-01` is not a day of the calendar']],
	['2026-06-20T25:00:00Z', ['HS1308 "2026-06-20T25:00:00Z": `2026-06-20T25:00:00Z` is not a day of the calendar']],
	['2028-02-29', []],
])('an exception until %s: %j', (expires, expected) => {
	expect(said(exception(expires))).toEqual(expected);
});

it('what has expired or ends soon is a warning', () => {
	expect(exception('2020-01-01').playbook).toBeDefined();
	expect(exception('2026-06-16').playbook).toBeDefined();
	expect(cures(exception('2020-01-01'))).toEqual(['extend it, or remove it']);
});

it('an exception that is switched off may have any date', () => {
	expect(said(exception('2020-01-01', ', enabled: false'))).toEqual([]);
});

it('an exception is for hosts that there are', () => {
	expect(said(load('exceptions: { nic: { packages: [a], reason: b, hosts: wbe } }\n'))).toEqual([
		'HS1203 wbe: there is no host or group `wbe`: the playbook has no inventory',
	]);
});
