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
			'{ a: { source: modules/adblock, version: "1.3.0" } }',
			{},
			['HS1218 "1.3.0": the version here is 1.3.0, and modules/adblock/module.yaml says 1.2.0'],
		],
		[
			'with a version that cannot be ordered',
			'{ a: { source: modules/b, version: latest } }',
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
			'{ a: { children: [adblokc] }, adblock: { children: [a2] }, a2: { source: modules/adblock, version: "1.2.0" } }',
			{},
			['HS1213 adblokc: there is no module `adblokc`'],
		],
		[
			'that cannot be pinned',
			'{ a: { source: modules/adblock, version: "1.2.0" } }',
			{ 'modules/adblock/X': '', 'modules/adblock/x': '' },
			['HS1406 modules/adblock: `modules/adblock` cannot be pinned: `X` and `x` differ only in upper and lower case'],
		],
		[
			'that waits too long',
			'{ a: { source: modules/adblock, version: "1.2.0", promote_after: 400d } }',
			{},
			['HS1313 400d: `400d` is longer than a year'],
		],
	])('%s', (_what, text, files, expected) => {
		expect(said(modules(text, files))).toEqual(expect.arrayContaining([...expected]));
		expect(said(modules(text, files))).toHaveLength(expected.length);
	});

	it('shows problems of its module.yaml in that file', () => {
		const { diagnostics } = modules('{ a: { source: modules/b, version: "1.2.0" } }', {
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
