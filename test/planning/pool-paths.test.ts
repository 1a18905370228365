import { describe, expect, it } from 'vitest';
import type { Host } from '../../src/model/inventory.ts';
import type { Pool } from '../../src/model/unit.ts';
import { poolPathProblems } from '../../src/planning/pool-paths.ts';
import { host, hotfix, playbook } from '../fakes/builders.ts';
import { pool, poolFile } from '../fakes/pool-builders.ts';

const vars = new Map(Object.entries({ root: '/srv', name: 'a', empty: '', dots: '..', line: 'a\nb', relative: 'srv' }));

function problems(
	pools: readonly Pool[],
	{
		hosts = [host('web1')],
		chosen = hosts,
		set = {},
	}: {
		readonly hosts?: readonly Host[];
		readonly chosen?: readonly Host[];
		readonly set?: Readonly<Record<string, string>>;
	} = {},
): readonly string[] {
	const book = playbook([hotfix(), ...pools], { on: hosts, vars });
	const selected = chosen.map(one => ({ host: one, units: [] }));
	return poolPathProblems(book, selected, new Map(Object.entries(set))).map(
		({ code, message }) => `${code} ${message}`,
	);
}

const at = (address: string, ...dests: readonly string[]): Pool =>
	pool({ address, files: dests.map(dest => poolFile({ dest })) });

describe('the paths of pools with the values of a host in them', () => {
	it.each<[string, readonly string[], readonly string[]]>([
		['are right', ['${vars.root}/a', '${vars.root}/b', '/x'], []],
		['are right where an empty value leaves a whole path', ['${vars.empty}/a'], []],
		[
			'are not absolute',
			['${vars.relative}/a'],
			['HS1310 `${vars.relative}/a` becomes `srv/a`, which is not absolute, on web1'],
		],
		['are empty', ['${vars.empty}'], ['HS1310 `${vars.empty}` becomes ``, which is not absolute, on web1']],
		[
			'lead upwards',
			['/srv/${vars.dots}/etc/passwd'],
			['HS1315 `/srv/${vars.dots}/etc/passwd` becomes `/srv/../etc/passwd`, which is not a plain path, on web1'],
		],
		[
			'lose a folder',
			['/srv/${vars.empty}/a'],
			['HS1315 `/srv/${vars.empty}/a` becomes `/srv//a`, which is not a plain path, on web1'],
		],
		[
			'are a folder',
			['/srv/${vars.empty}'],
			['HS1315 `/srv/${vars.empty}` becomes `/srv/`, which is not a plain path, on web1'],
		],
		[
			'are the root',
			['/${vars.empty}'],
			['HS1315 `/${vars.empty}` becomes `/`, which is the folder of everything and no file, on web1'],
		],
		[
			'have a line break',
			['/srv/${vars.line}'],
			['HS1315 `/srv/${vars.line}` becomes `/srv/a\nb`, which has a line break in it, on web1'],
		],
		['are one file twice', ['${vars.root}/a', '/srv/${vars.name}'], ['HS1218 `/srv/a` is written twice on web1']],
	])('%s: %j', (_, dests, expected) => {
		expect(problems([at('pool.site', ...dests)])).toEqual(expected);
	});

	it('F7: are the file of another pool, also of one that was not chosen this time', () => {
		expect(problems([at('pool.one', '/srv/a'), at('pool.two', '${vars.root}/a')])).toEqual([
			'HS1218 `/srv/a` is also written by pool.one, as `/srv/a`, on web1',
		]);
	});

	it('are one file only on the hosts where both pools are', () => {
		const only = (name: string) => ({ kind: 'name', name }) as const;
		const pools = [
			pool({ address: 'pool.one', hosts: only('web1'), files: [poolFile({ dest: '/srv/a' })] }),
			pool({ address: 'pool.two', hosts: only('web2'), files: [poolFile({ dest: '${vars.root}/a' })] }),
		];
		expect(problems(pools, { hosts: [host('web1'), host('web2')] })).toEqual([]);
	});

	it('are told once for all hosts that have the same problem', () => {
		const hosts = [1, 2, 3, 4, 5].map(number => host(`web${number}`));
		const own = host('own', { vars: new Map([['relative', '/srv']]) });
		expect(problems([at('pool.site', '${vars.relative}/a')], { hosts: [...hosts, own] })).toEqual([
			'HS1310 `${vars.relative}/a` becomes `srv/a`, which is not absolute, on web1, web2, web3 and 2 more',
		]);
	});

	it('are looked at on the chosen hosts only, and with what was set', () => {
		const bad = host('bad', { vars: new Map([['root', 'x']]) });
		const hosts = [host('web1'), bad];
		const pools = [at('pool.site', '${vars.root}/a')];
		expect(problems(pools, { hosts, chosen: [host('web1')] })).toEqual([]);
		expect(problems(pools, { hosts })).toHaveLength(1);
		expect(problems(pools, { hosts, set: { root: '/opt' } })).toEqual([]);
	});

	it('may be the folder that commands run in', () => {
		expect(
			problems([
				pool({ cwd: '${vars.relative}' }),
				pool({ address: 'pool.b', cwd: '${vars.root}', files: [poolFile({ dest: '/b' })] }),
			]),
		).toEqual(['HS1310 `${vars.relative}` becomes `srv`, which is not absolute, on web1']);
	});

	it('of a thousand hosts and files are looked at in a moment', () => {
		const hosts = Array.from({ length: 1000 }, (_, index) => host(`web${index}`));
		const dests = Array.from({ length: 100 }, (_, index) => `\${vars.root}/${index}`);
		const started = performance.now();
		expect(problems([at('pool.site', ...dests)], { hosts })).toEqual([]);
		expect(performance.now() - started).toBeLessThan(3000);
	});
});
