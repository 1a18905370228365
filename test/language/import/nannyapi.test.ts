import { describe, expect, it } from 'vitest';
import { noteTexts } from './made.ts';
import { asFiles, importingJson, madePlaybook } from './made-playbook.ts';
import { exceptionRows, patchRows, rebootRows } from './upstream.ts';

const all = { 'exceptions.json': exceptionRows, 'patches.json': patchRows, 'reboots.json': rebootRows };

describe('rows', () => {
	const made = madePlaybook(all, { words: Object.keys(all) });

	it('become hosts, exceptions, windows and schedules of a playbook with nothing wrong', () => {
		expect(made.problems).toEqual([]);
		const text = made.text
			.split('\n')
			.filter(line => !/^\s*#/.test(line) && line !== '')
			.join('\n');
		expect(text).toBe(`hsctl: 1
name: exceptions
inventory:
  groups:
    patched:
      hosts:
        agent1: {}
        agent2: {}
        agent3: {}
    rebooted:
      hosts:
        agent5: {}
    others:
      hosts:
        agent1-lxc101: { "on": agent1, vmid: 101 }
        agent1-k3j2: {}
        agent4: {}
exceptions:
  linux-image-_:
    packages: [ linux-image-* ]
    hosts: agent1
    reason: A driver of our own
    owner: user1
    expires: "2027-12-31T23:59:59.000Z"
  nginx:
    packages: [ nginx ]
    hosts: agent1-lxc101
    reason: None was given.
    owner: user1
    enabled: false
  redis:
    packages: [ redis ]
    hosts: agent1-k3j2
    reason: None was given.
    expires: "2027-02-28"
patch: { hosts: patched, scope: all }
reboot:
  hosts: rebooted
  when: always
  timeout: "300s"
  reason: Weekly
windows:
  patch_agent1:
    cron: "0 3 * * 0"
    duration: "1h"
    timezone: UTC
  patch_agent2:
    cron: "0 0 * * *"
    duration: "1h"
    timezone: UTC
  patch_agent3:
    cron: "0 3 1 * SUN"
    duration: "1h"
    timezone: UTC
  reboot_agent1:
    cron: "0 4 * * 0"
    duration: "1h"
    timezone: UTC
  reboot_agent5:
    cron: "0 4 * * 0"
    duration: "1h"
    timezone: UTC
schedules:
  patch_agent1:
    window: patch_agent1
    hosts: agent1
    run: apply
    missed: skip
  patch_agent2:
    window: patch_agent2
    hosts: agent2
    run: apply
    missed: skip
    enabled: false
  patch_agent3:
    window: patch_agent3
    hosts: agent3
    run: apply
    missed: skip
  reboot_agent1:
    window: reboot_agent1
    hosts: agent1
    run: apply
    missed: skip
    enabled: false
  reboot_agent5:
    window: reboot_agent5
    hosts: agent5
    run: apply
    missed: skip`);
	});

	it.each([
		'exceptions.json:19: `items[1].is_active` of the exception `nginx` is not said, which upstream takes for off; take `enabled: false` out to switch it on',
		'exceptions.json:28: `items[2].lxc_id` is an id of upstream: the number of the container on `agent1` is not said; write `on` and `vmid` of the host into the inventory',
		'patches.json:18: `[2].cron_expression` fires upstream where day and weekday both fit; here where one of them does; write one of the two',
		'patches.json:18: `[2].cron_expression` names a month or a weekday, which upstream shows and never fires; here it does',
		'patches.json:24: `[3].cron_expression` is not possible: such a day never comes; write five fields that come true',
		'patches.json:27: `[4]` is left out: it is history, and hsctl keeps its own',
		'patches.json:33: `[5]` is a row of no known kind, and is left out; see what it is, and write it by hand',
		'reboots.json:3: `[0].agent_id` of the schedule `reboot_agent1` has the schedule `patch_agent1` already, and a host has one: this one is switched off; put reboots at times of their own into a playbook of their own',
		'reboots.json:3: `[0].agent_id` of the schedule `reboot_agent1` is not among the hosts of `reboot`, because this schedule is off; add it there to switch it on',
		'reboots.json:9: `[1].agent_id` of the schedule `reboot_agent5` is restarted by every `apply` of this playbook, at its times and by hand; write `when: required` under `reboot` where that is enough',
	])('%s', note => expect(noteTexts(made)).toContain(note));

	it.each<readonly [what: string, json: unknown]>([
		['a list', [{ agent_id: 'a', package_name: 'x', is_active: true }]],
		['a page of the API', { items: [{ agent_id: 'a', package_name: 'x', is_active: true }], page: 1 }],
		['one row', { agent_id: 'a', package_name: 'x', is_active: true }],
		['a map of collections', { package_exceptions: [{ agent_id: 'a', package_name: 'x', is_active: true }] }],
		['under the name of the language', { exceptions: [{ agent_id: 'a', package_name: 'x', is_active: true }] }],
	])('are seen as %s', (_what, json) => {
		const { text, notes } = madePlaybook({ 'rows.json': json });
		expect(text).toContain('exceptions:\n  # `');
		expect(text).toContain('  x:\n    packages: [ x ]\n    hosts: a\n    reason: None was given.\n');
		expect(notes).toHaveLength(2);
	});

	it('of several files in a folder are read with --from', () => {
		const inFolder = Object.fromEntries(Object.entries(all).map(([file, json]) => [`export/${file}`, json]));
		const folder = madePlaybook(inFolder, { words: ['export'], from: 'nannyapi' });
		expect([...folder.counts]).toEqual([
			['exception', 3],
			['schedule', 5],
		]);
	});

	it('of restarts are known by the name of their file where nothing else says it', () => {
		const row = [{ agent_id: 'a', cron_expression: '0 4 * * 0', is_active: true }];
		expect(madePlaybook({ 'reboot_schedules.json': row }).text).toContain('  reboot_a:\n');
		expect(madePlaybook({ 'schedules.json': row }).text).toContain('  patch_a:\n');
	});

	it('for one host twice leave one schedule on', () => {
		const row = { agent_id: 'a', cron_expression: '0 4 * * 0', is_active: true };
		const { playbook, text } = madePlaybook({ 'schedules.json': [row, row] });
		expect([playbook !== undefined, text.match(/enabled: false/g)]).toEqual([true, ['enabled: false']]);
	});

	it.each<readonly [text: string, written: string]>([
		['2027-02-31', 'enabled: false'],
		['soon', 'enabled: false'],
		['2027-02-28', 'expires: "2027-02-28"'],
		['2027-02-28 10:00:00', 'expires: "2027-02-28T10:00:00Z"'],
		['2027-02-28T10:00:00+02:00', 'expires: "2027-02-28T10:00:00+02:00"'],
	])('that expire on %s', (expires_at, written) => {
		const row = { agent_id: 'a', package_name: 'x', reason: 'So', is_active: true, expires_at };
		const made = madePlaybook({ 'rows.json': [row] });
		expect(made.text).toContain(`    reason: So\n    ${written}\n`);
		expect(made.notes.some(({ subject }) => subject.includes('expires_at'))).toBe(written === 'enabled: false');
	});

	it('with nothing that a playbook has are refused', () => {
		const imported = importingJson(asFiles({ 'rows.json': [{ collectionName: 'users', name: 'x' }] }));
		expect(imported).toMatchObject({ ok: false, error: [{ code: 'HS1901', at: { line: 2 } }] });
	});
});
