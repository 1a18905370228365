import { describe, expect, it } from 'vitest';
import { cures, homeInventory, load, said } from '../load.ts';

describe('the selection of a unit', () => {
	const unit = (hosts: string, inventory = homeInventory) =>
		load(`${inventory}hotfixes: { a: { script: fix.sh, hosts: "${hosts}" } }\n`);

	it.each([
		['web', []],
		['localhost', []],
		['all', []],
		['wbe', ['HS1203 wbe: the inventory has no host or group `wbe`']],
		[
			'wbe, dsn',
			['HS1203 wbe: the inventory has no host or group `wbe`', 'HS1203 dsn: the inventory has no host or group `dsn`'],
		],
		['web1, web', []],
		[
			'wb - web1, web1x & wb',
			[
				'HS1203 wb: the inventory has no host or group `wb`',
				'HS1203 web1x: the inventory has no host or group `web1x`',
			],
		],
		['web - web', ['HS1205 "web - web": `web - web` matches no host']],
		['x*', ['HS1205 "x*": `x*` matches no host']],
		['web -web1', ['HS1204 "web -web1": in `web -web1`, `web -web1` is not a host, a group or a pattern']],
		['web,', ['HS1204 "web,": in `web,`, a name is missing beside `,`, `&` or `-`']],
	])('`%s` is found to be %j', (hosts, expected) => {
		expect(said(unit(hosts))).toEqual(expected);
	});

	it.each([
		['wbe', homeInventory, 'did you mean `web`?'],
		['something', homeInventory, 'correct the name; the groups are pve, web, lxc, home'],
		['web', '', 'add `inventory: ../inventory.yaml`; without one there is only localhost'],
		['all', '', 'add `inventory: ../inventory.yaml`; without one there is only localhost'],
		['web - web', homeInventory, 'correct it, or give --allow-empty if that is meant'],
	])('`%s` is cured', (hosts, inventory, cure) => {
		expect(cures(unit(hosts, inventory))).toEqual([cure]);
	});

	it('may match nothing where that is allowed, and an unknown name is still wrong', () => {
		const body = (hosts: string) =>
			`${homeInventory}hotfixes: { a: { script: fix.sh, hosts: "${hosts}", env: { A: "\${vars.x}" } } }\n`;
		expect(said(load(body('web - web'), {}, { allowEmpty: true }))).toEqual([]);
		expect(said(load(body('wbe'), {}, { allowEmpty: true }))).toHaveLength(1);
	});

	it('is said at every place where it stands', () => {
		const body =
			'hosts: wbe\nhotfixes: { a: { script: fix.sh, hosts: wbe } }\nrollout: { waves: [{ name: w, hosts: wbe }] }\n';
		expect(said(load(body))).toHaveLength(3);
	});
});
