import { describe, expect, it } from 'vitest';
import { homeInventory, load, loadedOrThrow, said } from '../load.ts';

describe('a pool', () => {
	it('is a unit of its own hosts, needs and tags', () => {
		const body = `${homeInventory}hosts: web\npools: { site: { files: [{ src: fix.sh, dest: /a }], needs: [hotfix.a], tags: [t], hosts: dns } }\nhotfixes: { a: { script: fix.sh, hosts: dns } }\n`;
		expect(loadedOrThrow(load(body)).units[1]).toMatchObject({
			kind: 'pool',
			address: 'pool.site',
			hosts: { name: 'dns' },
			needs: [{ unit: 'hotfix.a', hosts: 'same' }],
			tags: ['t'],
			at: { line: 10, column: 10 },
		});
	});

	it('may have files of any size: only that they are there is looked at', () => {
		const body = 'pools: { p: { files: [{ src: huge, dest: /a }, { src: empty, dest: /b }] } }\n';
		expect(said(load(body, { huge: new Uint8Array(20 * 1024 * 1024), empty: '' }))).toEqual([]);
	});

	it.each([
		['files: [{ src: gone, dest: /a }]', ['HS1210 gone: the file gone cannot be read: it does not exist']],
		['files: [{ src: ../../x, dest: /a }]', ['HS1211 ../../x: `../../x` leaves the repository']],
		['files: [{ src: fix.sh, dest: /a }, { src: fix.sh, dest: /a }]', ['HS1218 /a: `/a` is written twice']],
		['files: [{ src: fix.sh, dest: /a }], confirm: 0s', ['HS1313 0s: `0s` leaves no time at all']],
		['files: [{ src: fix.sh, dest: /a }], timeout: 0m', ['HS1313 0m: `0m` leaves no time at all']],
		['files: [{ src: fix.sh, dest: "/a/${vars.no}" }]', ['HS1206 ${vars.no}: `${vars.no}` is not defined']],
		['files: [{ src: fix.sh, dest: /a }], confirm: 400d', ['HS1313 400d: `400d` is longer than a year']],
		['files: [{ src: fix.sh, dest: /a }], when: { fact: { name: x, equals: y } }', ['HS1215 x: there is no fact `x`']],
	])('with %s is found to be %j', (options, expected) => {
		expect(said(load(`pools: { p: { ${options} } }\n`))).toEqual(expected);
	});

	it('does not write what another one writes, on the same host', () => {
		const pool = (hosts: string) => `{ hosts: ${hosts}, files: [{ src: fix.sh, dest: /a }] }`;
		expect(said(load(`${homeInventory}pools: { a: ${pool('web')}, b: ${pool('web1')} }\n`))).toEqual([
			'HS1218 /a: `/a` is also written by pool.a',
		]);
		expect(said(load(`${homeInventory}pools: { a: ${pool('web')}, b: ${pool('dns')} }\n`))).toEqual([]);
	});
});
