import { describe, expect, it } from 'vitest';
import { schemaOf } from '../../src/language/schema-node.ts';
import type { Condition } from '../../src/model/condition.ts';
import { cures, hotfix, load, said } from './load.ts';

/** The condition without its places, which would drown what a test says. */
function read(when: string): unknown {
	return withoutPlaces(hotfix(`    when: ${when}\n`).when);
}

function withoutPlaces(condition: Condition): unknown {
	if (condition.kind === 'always') return 'always';
	if ('options' in condition) return { [condition.kind]: condition.options };
	if (condition.kind !== 'not') return { [condition.kind]: condition.of.map(withoutPlaces) };
	return { not: withoutPlaces(condition.of) };
}

const wrong = (when: string) => load(`hotfixes:\n  fix:\n    script: fix.sh\n    when: ${when}\n`);

const digest = 'AB'.repeat(32);

describe('a condition with every default filled in', () => {
	it.each<[string, unknown]>([
		['always', 'always'],
		[
			'{ module_schema: { module: gogs, max_version: "0.1.7" } }',
			{
				module_schema: {
					module: 'gogs',
					max_version: '0.1.7',
					path: '/var/www/homeserver/src/tablets/gogs/index.json',
					compare: 'loose',
					if_missing: 'fail',
					if_unreadable: 'fail',
				},
			},
		],
		[
			'{ binary_version: { binary: git, below: "2.30" } }',
			{
				binary_version: {
					binary: 'git',
					below: '2.30',
					version_flag: '--version',
					compare: 'loose',
					if_missing: 'fail',
					if_unreadable: 'fail',
				},
			},
		],
		['{ file_exists: { path: /a } }', { file_exists: { path: '/a', invert: false, if_unreadable: 'fail' } }],
		[
			`{ file_sha256: { path: /a, sha256: ${digest} } }`,
			{ file_sha256: { path: '/a', digests: ['ab'.repeat(32)], if_missing: 'fail', if_unreadable: 'fail' } },
		],
		[
			'{ package_version: { package: openssl, min_version: "3.0" } }',
			{ package_version: { package: 'openssl', min_version: '3.0', if_missing: 'fail', if_unreadable: 'fail' } },
		],
		[
			'{ os: { family: debian, id: [debian, ubuntu], version: { min_version: "12" } } }',
			{ os: { family: ['debian'], id: ['debian', 'ubuntu'], version: { min_version: '12' }, if_unreadable: 'fail' } },
		],
		[
			'{ unit_state: { unit: nginx.service, state: active } }',
			{ unit_state: { unit: 'nginx.service', state: ['active'], if_missing: 'fail', if_unreadable: 'fail' } },
		],
		['{ fact: { name: arch, equals: x86_64 } }', { fact: { name: 'arch', equals: ['x86_64'], if_missing: 'fail' } }],
		[
			'{ fact: { name: kernel, version: { below: "6.1" } } }',
			{ fact: { name: 'kernel', version: { compare: 'loose', below: '6.1' }, if_missing: 'fail' } },
		],
		[
			'{ module_version: { module: db, below: "2.0.0" } }',
			{ module_version: { module: 'db', below: '2.0.0', compare: 'loose', if_missing: 'fail', if_unreadable: 'fail' } },
		],
		[
			'{ command: { run: "test -e /a" } }',
			{
				command: { run: 'test -e /a', exit_codes: [0], timeout_ms: 10_000, if_missing: 'fail', if_unreadable: 'fail' },
			},
		],
		['{ all: [always, { not: { any: [always] } }] }', { all: ['always', { not: { any: ['always'] } }] }],
	])('%s', (when, expected) => {
		expect(read(when)).toEqual(expected);
	});

	it('is always where nothing is said', () => {
		expect(hotfix('').when).toEqual({ kind: 'always' });
	});

	it('keeps what is said instead of a default', () => {
		expect(
			read(
				'{ binary_version: { binary: git, version_flag: -v, below: "2.0.0", compare: semver, if_missing: skip, if_unreadable: run } }',
			),
		).toEqual({
			binary_version: {
				binary: 'git',
				version_flag: '-v',
				below: '2.0.0',
				compare: 'semver',
				if_missing: 'skip',
				if_unreadable: 'run',
			},
		});
		expect(read('{ command: { run: [test, -e, /a], exit_codes: [0, 3], prints: x, timeout: 2s } }')).toMatchObject({
			command: { run: ['test', '-e', '/a'], exit_codes: [0, 3], prints: 'x', timeout_ms: 2000 },
		});
	});

	it.each([
		['module_schema', 'module: db'],
		['binary_version', 'binary: git'],
		['module_version', 'module: db'],
	])('compares as the schema says where %s does not say it', (kind, subject) => {
		const said = (schemaOf('playbook').definitions?.condition?.anyOf ?? [])
			.flatMap(branch => branch.properties?.[kind]?.properties?.compare?.description ?? [])
			.map(description => /Default: (\w+)\.$/.exec(description)?.[1]);
		const options = hotfix(`    when: { ${kind}: { ${subject}, below: "2.0.0" } }\n`).when;
		expect(said).toEqual(['options' in options && 'compare' in options.options ? options.options.compare : undefined]);
	});

	it('takes the pattern of the inventory for the file of a module', () => {
		const inventory = 'inventory: { module_schema_path: "/opt/<module>/<module>.json", groups: {} }\n';
		const { playbook } = load(
			`${inventory}hotfixes: { fix: { script: fix.sh, when: { module_schema: { module: db, below: "2" } } } }\n`,
		);
		expect(playbook?.units[0]).toMatchObject({ when: { options: { path: '/opt/db/db.json' } } });
	});

	it('knows where each of its questions stands', () => {
		const { when } = hotfix(
			'    when:\n      any:\n        - file_exists: { path: /a }\n        - file_exists: { path: /b }\n',
		);
		const lines = when.kind === 'any' ? when.of.map(leaf => ('at' in leaf ? leaf.at.line : 0)) : [];
		expect(lines).toEqual([8, 9]);
	});
});

describe('a wrong condition', () => {
	it.each([
		[
			'{ binary_version: { binary: git, min_version: "2.0", below: "2.0" } }',
			'HS1304 "2.0": no version is at least 2.0 and below 2.0',
		],
		[
			'{ binary_version: { binary: git, min_version: "3", max_version: "2" } }',
			'HS1304 "3": no version is at least 3 and at most 2',
		],
		[
			'{ binary_version: { binary: git, below: "1.2.3.4", compare: semver } }',
			'HS1302 "1.2.3.4": `1.2.3.4` cannot be ordered by the comparator semver',
		],
		[
			'{ package_version: { package: a, below: "1.0~rc1-2_3", compare: deb } }',
			'HS1302 "1.0~rc1-2_3": `1.0~rc1-2_3` cannot be ordered by the comparator deb',
		],
		[
			'{ package_version: { package: a, below: "abc", compare: rpm } }',
			'HS1302 "abc": `abc` cannot be ordered by the comparator rpm',
		],
		[
			'{ package_version: { package: a, below: "1-2-3", compare: alpm } }',
			'HS1302 "1-2-3": `1-2-3` cannot be ordered by the comparator alpm',
		],
		[
			'{ package_version: { package: a, below: "latest" } }',
			'HS1302 "latest": `latest` cannot be ordered by any package manager',
		],
		[
			'{ package_version: { package: a, min_version: "1:1.0-1", below: "2.0-1" } }',
			'HS1304 "1:1.0-1": no version is at least 1:1.0-1 and below 2.0-1',
		],
		[
			'{ binary_version: { binary: git, below: latest } }',
			'HS1302 latest: `latest` cannot be ordered by the comparator loose',
		],
		['{ os: { version: { min_version: "13", below: "12" } } }', 'HS1304 "13": no version is at least 13 and below 12'],
		[
			'{ fact: { name: kernel, version: { below: new } } }',
			'HS1302 new: `new` cannot be ordered by the comparator loose',
		],
		['{ fact: { name: kernle, equals: x } }', 'HS1215 kernle: there is no fact `kernle`'],
		['{ command: { run: x, timeout: 0s } }', 'HS1313 0s: `0s` leaves no time at all'],
		['{ command: { run: x, timeout: 400d } }', 'HS1313 400d: `400d` is longer than a year'],
		['{ all: [always, { not: { fact: { name: archh, equals: x } } }] }', 'HS1215 archh: there is no fact `archh`'],
	])('%s', (when, expected) => {
		expect(said(wrong(when))).toEqual([expected]);
	});

	it.each([
		['{ binary_version: { binary: git, min_version: "2.0", max_version: "2.0" } }'],
		['{ binary_version: { binary: git, min_version: "2.9", below: "2.10" } }'],
		['{ binary_version: { binary: git, max_version: "1", below: "3" } }'],
		['{ package_version: { package: git, below: "1:2.39.5-0+deb12u1" } }'],
		['{ package_version: { package: a, min_version: "1.0~rc1", below: "1.0^git1-2_3" } }'],
		['{ package_version: { package: a, below: "1-2-3" } }'],
		['{ package_version: { package: a, min_version: "1:1.0~rc1-1", below: "1:1.0-1", compare: deb } }'],
	])('is not %s', when => {
		expect(said(wrong(when))).toEqual([]);
	});

	it.each([
		['{ fact: { name: kernle, equals: x } }', 'did you mean `kernel`?'],
		['{ fact: { name: colour, equals: x } }', expect.stringMatching(/^correct the name; facts are arch, hostname, /)],
		[
			'{ binary_version: { binary: git, below: "1.2.3.4", compare: semver } }',
			'write three numbers, such as "1.2.0", or use `compare: loose`',
		],
		['{ binary_version: { binary: git, below: latest } }', 'write a version such as "1.2.0"'],
	])('%s is cured', (when, cure) => {
		expect(cures(wrong(when))).toEqual([cure]);
	});
});
