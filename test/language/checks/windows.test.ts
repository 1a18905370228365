import { describe, expect, it } from 'vitest';
import { cures, homeInventory, load, said } from '../load.ts';

const inWindow = (keys: string) => load(`windows: { w: { duration: 1h, ${keys} } }\nschedules: { s: { window: w } }\n`);

describe('a window', () => {
	it.each([
		['cron: "0 3 * * 0"', []],
		['cron: "*/15 0-6,22 1 JAN-MAR MON"', []],
		['cron: "0 0 29 2 *"', []],
		['cron: "0 3 * * 7"', []],
		['cron: "0 3 * * 0", timezone: Europe/Berlin', []],
		[
			'cron: "0 99 * * *"',
			['HS1305 "0 99 * * *": `0 99 * * *` is not a cron expression: the hour `99` cannot be understood'],
		],
		[
			'cron: "60 0 * * *"',
			['HS1305 "60 0 * * *": `60 0 * * *` is not a cron expression: the minute `60` cannot be understood'],
		],
		[
			'cron: "0 0 * * MONDAY"',
			['HS1305 "0 0 * * MONDAY": `0 0 * * MONDAY` is not a cron expression: the weekday `MONDAY` cannot be understood'],
		],
		['cron: "0 0 31 2 *"', ['HS1305 "0 0 31 2 *": `0 0 31 2 *` is not a cron expression: such a day never comes']],
		['cron: "0 3 * * 0", timezone: Europe/Berln', ['HS1306 Europe/Berln: there is no time zone `Europe/Berln`']],
		['cron: "0 3 * * 0", jitter: 60m', []],
		['cron: "0 3 * * 0", jitter: 61m', ['HS1313 61m: the jitter 61m is longer than the window, which is open for 1h']],
		['cron: "0 3 * * 0", jitter: 400d', ['HS1313 400d: `400d` is longer than a year']],
	])('with %s is found to be %j', (keys, expected) => {
		expect(said(inWindow(keys))).toEqual(expected);
	});

	it('that is never open is found', () => {
		const windows =
			'windows: { w: { cron: "0 3 * * 0", duration: 0m, jitter: 5m } }\nschedules: { s: { window: w } }\n';
		expect(said(load(windows))).toEqual(['HS1313 0m: `0m` leaves no time at all']);
	});

	it('suggests the zone that was meant', () => {
		expect(cures(inWindow('cron: "0 3 * * 0", timezone: Europe/Berln'))).toEqual(['did you mean `Europe/Berlin`?']);
		expect(cures(inWindow('cron: "0 3 * * 0", timezone: MiddleEarth'))).toEqual([
			'write an IANA name such as `Europe/Berlin`',
		]);
	});

	it('that no schedule uses is a warning', () => {
		const loaded = load('windows: { w: { cron: "0 3 * * 0", duration: 1h } }\n');
		expect(said(loaded)).toEqual(['HS1704 w: no schedule uses the window `w`']);
		expect(loaded.playbook).toBeDefined();
	});
});

describe('schedules', () => {
	const windows = 'windows: { w: { cron: "0 3 * * 0", duration: 1h } }\n';
	const schedules = (text: string) => load(`${homeInventory}hosts: home\n${windows}schedules: ${text}\n`);

	it.each([
		['{ a: { window: w } }', []],
		['{ a: { window: w, hosts: web }, b: { window: w, hosts: pve } }', []],
		[
			'{ a: { window: w, hosts: web }, b: { window: w, hosts: home } }',
			['HS1703 b: `web1` already has the schedule `a`'],
		],
		['{ a: { window: w }, b: { window: w } }', ['HS1703 b: `pve1` already has the schedule `a`']],
		['{ a: { window: w, hosts: web }, b: { window: w, hosts: home, enabled: false } }', []],
		['{ a: { window: w, hosts: web, enabled: false }, b: { window: w, hosts: home } }', []],
		['{ a: { window: v } }', ['HS1704 w: no schedule uses the window `w`', 'HS1212 v: there is no window `v`']],
		['{ a: { window: w, hosts: wbe } }', ['HS1203 wbe: the inventory has no host or group `wbe`']],
	])('%s are found to be %j', (text, expected) => {
		expect(said(schedules(text))).toEqual(expected);
	});

	it('suggest the window that was meant', () => {
		expect(
			cures(load('windows: { sunday: { cron: "0 3 * * 0", duration: 1h } }\nschedules: { a: { window: sundya } }\n')),
		).toEqual(['use it in `schedules`, or remove it', 'did you mean `sunday`?']);
		expect(cures(load('schedules: { a: { window: sunday } }\n'))).toEqual(['add it under `windows`']);
	});
});
