import { expect, it } from 'vitest';
import { homeInventory, load, said } from '../load.ts';

it.each([
	['[{ name: a, hosts: web }, { name: b, hosts: home - web, bake: 30m }]', []],
	['[{ name: a, hosts: web }, { name: a, hosts: pve }]', ['HS1218 a: there are two waves `a`']],
	['[{ name: a, hosts: web }, { name: b, hosts: home }]', ['HS1218 home: `web1` is already in the wave `a`']],
	['[{ name: a, hosts: wbe }]', ['HS1203 wbe: the inventory has no host or group `wbe`']],
	['[{ name: a, hosts: web, bake: 400d }]', ['HS1313 400d: `400d` is longer than a year']],
])('waves %s are found to be %j', (waves, expected) => {
	expect(said(load(`${homeInventory}rollout: { waves: ${waves} }\n`))).toEqual(expected);
});

it.each([
	['patch: { timeout: 0s }', ['HS1313 0s: `0s` leaves no time at all']],
	['reboot: { when: always, timeout: 0s }', ['HS1313 0s: `0s` leaves no time at all']],
	['patch: { freeze: none }', []],
	[
		'patch: { freeze: first_wave }',
		['HS1706 first_wave: `freeze: first_wave` has no effect: the playbook has no waves'],
	],
	['patch: { freeze: first_wave }\nrollout: { waves: [{ name: a, hosts: localhost }] }', []],
	['patch: { soak: 400d }', ['HS1313 400d: `400d` is longer than a year']],
	['patch: { hosts: wbe }', ['HS1203 wbe: there is no host or group `wbe`: the playbook has no inventory']],
	['reboot: { when: always, timeout: 400d }', ['HS1313 400d: `400d` is longer than a year']],
	['reboot: { when: never, needs: [patch] }', []],
])('%s is found to be %j', (body, expected) => {
	expect(said(load(`${body}\n`))).toEqual(expected);
});

const hotfix = (hosts: string) => `hotfixes: { a: { script: fix.sh, hosts: ${hosts} } }\n`;

it.each([
	['web', '[{ name: a, hosts: web }]', []],
	['web1', '[{ name: a, hosts: home }]', []],
	['web', '[{ name: a, hosts: web1 }]', ['HS1707 waves: `web2` is planned and in no wave']],
	['home', '[{ name: a, hosts: web }]', ['HS1707 waves: `pve1` and 2 more are planned and in no wave']],
	['home', '[{ name: a, hosts: wbe }]', ['HS1203 wbe: the inventory has no host or group `wbe`']],
	['home', '[{ name: a, hosts: web, parallel: x }]', [expect.stringMatching(/^HS1103 x: /)]],
])('a unit on %s with the waves %s is found to be %j', (hosts, waves, expected) => {
	const loaded = load(`${homeInventory}${hotfix(hosts)}rollout: { waves: ${waves} }\n`);
	expect(said(loaded)).toEqual(expected);
});

it('a host in no wave is a warning, and no error', () => {
	expect(
		load(`${homeInventory}${hotfix('web')}rollout: { waves: [{ name: a, hosts: web1 }] }\n`).playbook,
	).toBeDefined();
});
