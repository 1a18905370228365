import { describe, expect, it } from 'vitest';
import { asUnitAddress, type HostName, hostName, type UnitAddress } from '../../src/model/brand.ts';
import type { Playbook } from '../../src/model/playbook.ts';
import type { Unit, UnsupportedUnit } from '../../src/model/unit.ts';
import { becomeProblems } from '../../src/planning/become.ts';
import { type Narrowing, selectWork } from '../../src/planning/select.ts';
import { here, host, hotfix, inventory, need, playbook } from '../fakes/builders.ts';

const all: Narrowing = { tags: [], targets: [] };
const a = hotfix({ address: 'hotfix.a', tags: ['security'] });
const b = hotfix({ address: 'hotfix.b', needs: [need('hotfix.a')] });
const c = hotfix({ address: 'hotfix.c', needs: [need('hotfix.b')], tags: ['web'] });
const other = hotfix({ address: 'hotfix.other' });
const pool: UnsupportedUnit = {
	kind: 'unsupported',
	address: asUnitAddress('pool.site'),
	at: here,
	hosts: { kind: 'name', name: 'all' },
	needs: [],
	tags: [],
	section: 'pools',
};

const chosen = (units: readonly Unit[], narrowing: Partial<Narrowing>, rest: Partial<Playbook> = {}) => {
	const selected = selectWork(playbook(units, rest), { ...all, ...narrowing });
	if (!selected.ok) throw new Error(JSON.stringify(selected.error));
	return selected.value.map(one => [one.host.name, ...one.units.map(unit => unit.address)].join(' '));
};
const refused = (
	units: readonly Unit[],
	narrowing: Partial<Narrowing>,
	rest: Partial<Playbook> & { on?: never } = {},
) => {
	const selected = selectWork(playbook(units, rest), { ...all, ...narrowing });
	if (selected.ok) throw new Error('it was not refused');
	return selected.error.map(({ code, message, hint }) => `${code} ${message}; ${hint}`);
};

describe('the selection of units', () => {
	it.each<[string, Partial<Narrowing>, string]>([
		['everything', {}, 'web1 hotfix.a hotfix.b hotfix.c hotfix.other'],
		[
			'a target with all that it needs, in the order of the playbook',
			{ targets: ['hotfix.c'] },
			'web1 hotfix.a hotfix.b hotfix.c',
		],
		['targets by pattern, where a dot is a dot', { targets: ['hotfix.?'] }, 'web1 hotfix.a hotfix.b hotfix.c'],
		['units with a tag, with what they need', { tags: ['web'] }, 'web1 hotfix.a hotfix.b hotfix.c'],
		['units with any of the tags', { tags: ['security', 'none'] }, 'web1 hotfix.a'],
		[
			'units that are a target and have a tag',
			{ targets: ['hotfix.a', 'hotfix.other'], tags: ['security'] },
			'web1 hotfix.a',
		],
	])('picks %s', (_, narrowing, expected) => {
		expect(chosen([a, b, c, other], narrowing)).toEqual([expected]);
	});

	it('leaves out what they need where they are wanted alone, and on each host what is not wanted there', () => {
		expect(chosen([a, b, c, other], { targets: ['hotfix.c'], isAlone: true })).toEqual(['web1 hotfix.c']);
		const only = new Map([[hostName('web1'), new Set([a, c].map(({ address }) => address))]]);
		expect(chosen([a, b, c], { only, isAlone: true })).toEqual(['web1 hotfix.a hotfix.c']);
		expect(chosen([a, b, c], { only, tags: ['web'], isAlone: true })).toEqual(['web1 hotfix.c']);
	});

	it('does not take a pattern for a regular expression', () => {
		expect(refused([a], { targets: ['hotfix.(a)*'] })).toHaveLength(1);
	});

	it('suggests a name for a target that the playbook does not have', () => {
		expect(refused([a, other], { targets: ['hotfix.othre'] })).toEqual([
			'HS1805 the playbook has no unit `hotfix.othre`; did you mean `hotfix.other`?',
		]);
		expect(refused([a, other], { targets: ['patch.zzzzzz'] })[0]).toContain('its units are hotfix.a, hotfix.other');
	});

	it('picks hosts per unit and by --limit, and leaves hosts without units out', () => {
		const hosts = [host('web1'), host('web2'), host('db1')];
		const onWeb = hotfix({ address: 'hotfix.w', hosts: { kind: 'glob', pattern: 'web*' } });
		expect(chosen([onWeb], {}, { inventory: inventory(hosts) })).toEqual(['web1 hotfix.w', 'web2 hotfix.w']);
		const limit = { kind: 'name', name: 'web2' } as const;
		expect(chosen([onWeb, a], { limit }, { inventory: inventory(hosts) })).toEqual(['web2 hotfix.w hotfix.a']);
	});

	describe('by pairs of host and unit', () => {
		const at = (...units: readonly string[]) => new Set(units.map(asUnitAddress));
		it.each<[string, Partial<Narrowing>, readonly string[]]>([
			[
				'each host gets its own, with what that needs there',
				{
					only: new Map([
						[hostName('web1'), at('hotfix.b')],
						[hostName('web2'), at('hotfix.other')],
					]),
				},
				['web1 hotfix.a hotfix.b', 'web2 hotfix.other'],
			],
			[
				'all of a host is what tags and targets choose there; what is named needs neither',
				{
					only: new Map<HostName, ReadonlySet<UnitAddress> | 'all'>([
						[hostName('web1'), at('hotfix.other')],
						[hostName('web2'), 'all'],
					]),
					targets: ['hotfix.?'],
					tags: ['security'],
				},
				['web1 hotfix.other', 'web2 hotfix.a'],
			],
			['--limit holds, too', { only: new Map([[hostName('web1'), 'all']]), limit: { kind: 'name', name: 'web2' } }, []],
			['nothing is left of nothing', { only: new Map([[hostName('web1'), at()]]) }, []],
		])('%s', (_, narrowing, expected) => {
			const hosts = inventory([host('web1'), host('web2'), host('web3')]);
			expect(chosen([a, b, c, other], narrowing, { inventory: hosts })).toEqual(expected);
		});

		it('a unit that is gone from the playbook is told', () => {
			const only = new Map([[hostName('web1'), at('hotfix.othre')]]);
			expect(refused([a, other], { only })[0]).toMatch(/HS1805 .*`hotfix.othre`/);
		});
	});

	it('refuses a --limit that names nobody, with a suggestion', () => {
		expect(refused([a], { limit: { kind: 'name', name: 'wbe1' } })[0]).toMatch(
			/HS1203 the inventory has no host or group `wbe1`.*did you mean `web1`/,
		);
	});

	it('refuses units that this version cannot execute, by name, and only when they are chosen', () => {
		expect(refused([a, pool], {})[0]).toMatch(/HS1601 pool.site: `pools`/);
		expect(chosen([a, pool], { targets: ['hotfix.*'] })).toEqual(['web1 hotfix.a']);
	});

	it('refuses a section that steers the run even when the targets leave it out', () => {
		const rollout = { unsupported: [{ section: 'rollout', at: here, steersRun: true }] };
		expect(refused([a], { targets: ['hotfix.a'] }, rollout)[0]).toMatch(
			/`rollout` is checked by this version and cannot be executed yet; run a playbook without `rollout`/,
		);
		const pools = { unsupported: [{ section: 'pools', at: here, steersRun: false }] };
		expect(refused([a], {}, pools)[0]).toMatch(/`pools`/);
		expect(chosen([a], { targets: ['hotfix.a'] }, pools)).toHaveLength(1);
	});

	it('refuses a host that is reached by lxc, by name', () => {
		const far = { inventory: inventory([host('far', { connection: 'lxc' })]) };
		expect(refused([a], {}, far)[0]).toMatch(/HS1602 far is reached by `connection: lxc`/);
	});

	it('resolves 5,000 needs in a row', () => {
		const chain = Array.from({ length: 5000 }, (_, index) =>
			hotfix({ address: `hotfix.u${index}`, needs: index === 0 ? [] : [need(`hotfix.u${index - 1}`)] }),
		);
		expect(chosen(chain, { targets: ['hotfix.u4999'] })[0]?.split(' ')).toHaveLength(5001);
	});
});

describe('who does the work', () => {
	const problems = (units: readonly Parameters<typeof hotfix>[0][], rest: Partial<Playbook> = {}) => {
		const made = playbook(
			units.map(one => hotfix(one)),
			rest,
		);
		const selected = selectWork(made, all);
		return selected.ok ? becomeProblems(made, selected.value).map(({ code }) => code) : ['not selected'];
	};

	it('is one user a host', () => {
		expect(problems([{ address: 'hotfix.a', become: 'sudo' }, { address: 'hotfix.b' }])).toEqual(['HS1604']);
		expect(problems([{ address: 'hotfix.a', become: 'sudo' }, { address: 'hotfix.b' }], { become: 'sudo' })).toEqual(
			[],
		);
	});

	it.each(['none', 'sudo', 'doas', 'su'] as const)('may be reached by %s', become => {
		expect(problems([{}], { become })).toEqual([]);
	});
});
