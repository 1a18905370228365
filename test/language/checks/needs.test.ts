import { describe, expect, it } from 'vitest';
import { cures, homeInventory, load, said } from '../load.ts';

/** Hotfixes by id, each with its options in braces; `script` is there. */
const hotfixes = (units: Readonly<Record<string, string>>) =>
	load(
		`${homeInventory}hosts: home\nhotfixes:\n${Object.entries(units)
			.map(([id, options]) => `  ${id}: { script: fix.sh, ${options} }\n`)
			.join('')}`,
	);

describe('needs', () => {
	it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
		['a unit that there is', { a: '', b: 'needs: [hotfix.a]' }, []],
		['a unit that comes later', { a: 'needs: [hotfix.b]', b: '' }, []],
		['an unknown unit', { a: 'needs: [hotfix.b]' }, ['HS1201 hotfix.b: there is no unit `hotfix.b`']],
		[
			'two unknown units',
			{ a: 'needs: [hotfix.b, { unit: pool.c, hosts: all }]' },
			[
				'HS1201 hotfix.b: there is no unit `hotfix.b`',
				'HS1201 { unit: pool.c, hosts: all }: there is no unit `pool.c`',
			],
		],
		['itself', { a: 'needs: [hotfix.a]' }, ['HS1216 hotfix.a: hotfix.a needs itself']],
		[
			'each other',
			{ a: 'needs: [hotfix.b]', b: 'needs: [hotfix.a]' },
			['HS1202 hotfix.b: these units need each other: hotfix.a → hotfix.b → hotfix.a'],
		],
		[
			'each other in two places',
			{ a: 'needs: [hotfix.b]', b: 'needs: [hotfix.a]', c: 'needs: [hotfix.d]', d: 'needs: [hotfix.a, hotfix.c]' },
			[
				'HS1202 hotfix.b: these units need each other: hotfix.a → hotfix.b → hotfix.a',
				'HS1202 hotfix.d: these units need each other: hotfix.c → hotfix.d → hotfix.c',
			],
		],
		[
			'what is on other hosts',
			{ a: 'hosts: web', b: 'hosts: pve, needs: [hotfix.a]' },
			['HS1217 hotfix.a: hotfix.a is planned for none of the hosts of hotfix.b'],
		],
		['what is on some of the same hosts', { a: 'hosts: "web1, dns"', b: 'hosts: web, needs: [hotfix.a]' }, []],
		[
			'what is on other hosts, everywhere',
			{ a: 'hosts: web', b: 'hosts: pve, needs: [{ unit: hotfix.a, hosts: all }]' },
			[],
		],
		[
			'what is on other hosts, on the same',
			{ a: 'hosts: web', b: 'hosts: pve, needs: [{ unit: hotfix.a, hosts: same }]' },
			['HS1217 { unit: hotfix.a, hosts: same }: hotfix.a is planned for none of the hosts of hotfix.b'],
		],
	])('may name %s, or hear of it', (_what, units, expected) => {
		expect(said(hotfixes(units))).toEqual(expected);
	});

	it('are checked for a unit whose script is not there, too', () => {
		const loaded = load(
			'hotfixes: { a: { script: gone.sh, needs: [hotfix.b] }, c: { script: fix.sh, needs: [hotfix.a] } }\n',
		);
		expect(loaded.diagnostics.map(({ code }) => code)).toEqual(['HS1401', 'HS1209', 'HS1201']);
	});

	it('go across sections', () => {
		const body =
			'hotfixes: { a: { script: fix.sh, needs: [patch] } }\npools: { p: { files: [{ src: fix.sh, dest: /a }], needs: [hotfix.a] } }\npatch: { needs: [pool.p] }\n';
		expect(said(load(body))).toEqual([
			'HS1202 patch: these units need each other: hotfix.a → patch → pool.p → hotfix.a',
		]);
	});

	it.each<[string, string]>([
		['hotfix.gti_cve', 'did you mean `hotfix.git_cve`?'],
		['pool.git_cve', 'did you mean `hotfix.git_cve`?'],
		['hotfix.something_else', 'correct the address, or add the unit'],
		['patch', 'add the section `patch`, or remove the need'],
		['reboot', 'add the section `reboot` with `when: required`, or remove the need'],
	])('%s is cured: %s', (need, cure) => {
		expect(cures(hotfixes({ git_cve: '', a: `needs: [${need}]` }))).toEqual([cure]);
	});
});
