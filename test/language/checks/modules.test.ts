import { describe, expect, it } from 'vitest';
import { cures, load, loadedOrThrow, said } from '../load.ts';

const adblock = 'name: adblock\nversion: "1.2.0"\nsteps: [{ package: { names: [x] } }]\n';
const modules = (text: string, files = {}) =>
	load(`modules: ${text}\n`, { 'modules/adblock/module.yaml': adblock, ...files });

describe('a module', () => {
	it('is a unit that this version checks and cannot execute', () => {
		const { units } = loadedOrThrow(
			modules('{ adblock: { source: modules/adblock, version: "1.2.0" }, all: { children: [adblock] } }'),
		);
		expect(units.map(unit => unit.address)).toEqual(['module.adblock', 'module.all']);
	});

	it.each<[string, string, Readonly<Record<string, string>>, readonly unknown[]]>([
		[
			'that is not there',
			'{ a: { source: modules/a, version: "1.2.0" } }',
			{},
			['HS1210 modules/a: `modules/a` is not a module: there is no modules/a/module.yaml'],
		],
		[
			'outside of the repository',
			'{ a: { source: ../../a, version: "1.2.0" } }',
			{},
			['HS1211 ../../a: `../../a` leaves the repository'],
		],
		[
			'of another version',
			'{ adblock: { source: modules/adblock, version: "1.3.0" } }',
			{},
			['HS1218 "1.3.0": the version here is 1.3.0, and modules/adblock/module.yaml says 1.2.0'],
		],
		[
			'with a version that cannot be ordered',
			'{ adblock: { source: modules/b, version: latest } }',
			{ 'modules/b/module.yaml': adblock.replace('version: "1.2.0"\n', '') },
			[expect.anything(), 'HS1302 latest: `latest` cannot be ordered as a version'],
		],
		['that contains itself', '{ a: { children: [a] } }', {}, ['HS1202 [a]: these modules contain each other: a → a']],
		[
			'that contains another that contains it',
			'{ a: { children: [b] }, b: { children: [a] } }',
			{},
			['HS1202 [b]: these modules contain each other: a → b → a'],
		],
		[
			'with an unknown child',
			'{ a: { children: [adblokc] }, adblock: { source: modules/adblock, version: "1.2.0" } }',
			{},
			['HS1213 adblokc: there is no module `adblokc`'],
		],
		[
			'of another name',
			'{ adbolck: { source: modules/adblock, version: "1.2.0" } }',
			{},
			['HS1218 adbolck: the name here is adbolck, and modules/adblock/module.yaml says adblock'],
		],
		[
			'that was safe in a later version',
			'{ adblock: { source: modules/adblock, version: "1.2.0", last_safe: "1.10.0" } }',
			{},
			['HS1304 "1.10.0": the last safe version 1.10.0 is above the version 1.2.0 that is installed'],
		],
		[
			'that was safe in this version',
			'{ adblock: { source: modules/adblock, version: "1.2.0", last_safe: "1.2.0" } }',
			{},
			[],
		],
		[
			'that cannot be pinned',
			'{ adblock: { source: modules/adblock, version: "1.2.0" } }',
			{ 'modules/adblock/X': '', 'modules/adblock/x': '' },
			['HS1406 modules/adblock: `modules/adblock` cannot be pinned: `X` and `x` differ only in upper and lower case'],
		],
		[
			'that waits too long',
			'{ adblock: { source: modules/adblock, version: "1.2.0", promote_after: 400d } }',
			{},
			['HS1313 400d: `400d` is longer than a year'],
		],
	])('%s', (_what, text, files, expected) => {
		expect(said(modules(text, files))).toEqual(expect.arrayContaining([...expected]));
		expect(said(modules(text, files))).toHaveLength(expected.length);
	});

	it('shows problems of its module.yaml in that file', () => {
		const { diagnostics } = modules('{ adblock: { source: modules/b, version: "1.2.0" } }', {
			'modules/b/module.yaml': `${adblock}stesp: []\n`,
		});
		expect(diagnostics.map(({ code, at }) => [code, at?.file, at?.line])).toEqual([
			['HS1101', 'modules/b/module.yaml', 4],
		]);
	});

	it('suggests the child that was meant', () => {
		expect(
			cures(modules('{ all: { children: [adblokc] }, adblock: { source: modules/adblock, version: "1.2.0" } }')),
		).toEqual(['did you mean `adblock`?']);
		expect(cures(modules('{ all: { children: [other] } }'))).toEqual(['add it under `modules`']);
	});
});

describe('inside of a module.yaml', () => {
	const files = {
		'modules/m/run.sh': '',
		'modules/m/files/a.conf': '',
		'modules/m/files/www/index.html': '',
		'other.sh': '',
	};
	const inside = (lines: string) =>
		load('vars: { known: "1" }\nmodules: { m: { source: modules/m, version: "1" }, dns: { children: [m] } }\n', {
			...files,
			'modules/m/module.yaml': `name: m\nversion: "1"\n${lines}\n`,
		});
	const steps = (step: string) => inside(`steps: [${step}]`);

	it.each([
		['{ script: run.sh }', []],
		[
			'{ script: { path: ./run.sh, stdin: "${secret.no}", timeout: 5m } }',
			['HS1214 ${secret.no}: `${secret.no}` is not defined'],
		],
		['{ script: rnu.sh }', ['HS1210 rnu.sh: the module has no file `rnu.sh`']],
		['{ script: ../../other.sh }', ['HS1211 ../../other.sh: `../../other.sh` leaves the folder of the module']],
		[
			'{ script: "${vars.known}.sh" }',
			['HS1208 ${vars.known}: `${vars.known}` cannot be used here: this is read before values are known'],
		],
		['{ file: { src: files/a.conf, dest: "/etc/${vars.known}" } }', []],
		[
			'{ file: { src: files/b, dest: "/etc/${vars.no}" } }',
			['HS1206 ${vars.no}: `${vars.no}` is not defined', 'HS1210 files/b: the module has no file `files/b`'],
		],
		[
			'{ file: { content: "${secret.no} ${HOME}", dest: /a } }',
			[
				'HS1207 ${HOME}: `${HOME}` is not a reference',
				'HS1208 ${secret.no}: `${secret.no}` cannot be used here: others on the host could see it',
			],
		],
		['{ sync: { src: files/www, dest: /srv } }', []],
		['{ sync: { src: files/gone, dest: /srv } }', ['HS1210 files/gone: the module has no file `files/gone`']],
		['{ archive: { src: /tmp/a.tar, dest: /srv } }', []],
		['{ archive: { src: a.tar, dest: /srv } }', ['HS1210 a.tar: the module has no file `a.tar`']],
		['{ command: { run: x, timeout: 0s } }', ['HS1313 0s: `0s` leaves no time at all']],
		['{ command: [test, "${vars.no}"] }', ['HS1206 ${vars.no}: `${vars.no}` is not defined']],
		[
			'{ wait_for: { port: 80, interval: 0s, timeout: 400d } }',
			['HS1313 0s: `0s` leaves no time at all', 'HS1313 400d: `400d` is longer than a year'],
		],
		['{ command: x, when: { fact: { name: kernle, equals: a } } }', ['HS1215 kernle: there is no fact `kernle`']],
		[
			'{ assert: { that: { not: { fact: { name: kernle, equals: a } } } } }',
			['HS1215 kernle: there is no fact `kernle`'],
		],
		[
			'{ command: x, nmae: y }, { script: gone.sh }',
			[expect.stringMatching(/^HS1101 nmae: /), 'HS1210 gone.sh: the module has no file `gone.sh`'],
		],
	])('the step %s is found to be %j', (step, expected) => {
		expect([...said(steps(step))].sort()).toEqual(expected);
	});

	it.each([
		['steps: [{ command: x }]\nneeds: [dns]', []],
		['steps: [{ command: x }]\nneeds: [dsn]', ['HS1213 dsn: the playbook has no module `dsn`']],
		['steps: [{ command: x }]\ncheck: ["${vars.no}"]', ['HS1206 ${vars.no}: `${vars.no}` is not defined']],
		['steps: [{ command: x }]\nrollback: [{ script: gone.sh }]', ['HS1210 gone.sh: the module has no file `gone.sh`']],
	])('%j is found to be %j', (lines, expected) => {
		expect(said(inside(lines))).toEqual(expected);
	});

	it('problems are shown in that file, with the name that was meant', () => {
		const loaded = steps('{ script: rnu.sh }');
		expect(loaded.diagnostics.map(({ at }) => [at?.file, at?.line])).toEqual([['modules/m/module.yaml', 3]]);
		expect(cures(loaded)).toEqual(['did you mean `run.sh`?']);
	});
});
