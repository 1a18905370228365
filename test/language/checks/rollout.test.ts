import { expect, it } from 'vitest';
import { homeInventory, load, said } from '../load.ts';

it.each([
	['[{ name: a, hosts: web }, { name: b, hosts: home - web, bake: 30m }]', []],
	['[{ name: a, hosts: web }, { name: a, hosts: pve }]', ['HS1218 a: there are two waves `a`']],
	['[{ name: a, hosts: wbe }]', ['HS1203 wbe: the inventory has no host or group `wbe`']],
	['[{ name: a, hosts: web, bake: 400d }]', ['HS1313 400d: `400d` is longer than a year']],
])('waves %s are found to be %j', (waves, expected) => {
	expect(said(load(`${homeInventory}rollout: { waves: ${waves} }\n`))).toEqual(expected);
});

it.each([
	['patch: { soak: 400d }', ['HS1313 400d: `400d` is longer than a year']],
	['patch: { hosts: wbe }', ['HS1203 wbe: there is no host or group `wbe`: the playbook has no inventory']],
	['reboot: { when: always, timeout: 400d }', ['HS1313 400d: `400d` is longer than a year']],
	['reboot: { when: never, needs: [patch] }', []],
])('%s is found to be %j', (body, expected) => {
	expect(said(load(`${body}\n`))).toEqual(expected);
});
