import { describe, expect, it } from 'vitest';
import { cures, homeInventory, load, loadedOrThrow, said } from '../load.ts';

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
		['files: [{ src: fix.sh, dest: /a/../b }]', ['HS1315 /a/../b: `/a/../b` is not the plain path of a file']],
		['files: [{ src: fix.sh, dest: / }]', ['HS1315 /: `/` is the folder of everything, and not the path of a file']],
		['files: [{ src: fix.sh, dest: /a// }]', ['HS1315 /a//: `/a//` is not the plain path of a file']],
		['files: [{ src: fix.sh, dest: a }]', ['HS1310 a: `dest` has to be an absolute path on the host, not `a`']],
		[
			'files: [{ src: fix.sh, dest: /a, mode: 0644 }]',
			['HS1106 0644: `mode` has to be text, but YAML reads 0644 as the number 644'],
		],
		[
			'files: [{ src: fix.sh, dest: /a, base: gone }]',
			['HS1210 gone: the file gone cannot be read: it does not exist'],
		],
		[
			'together: true, confirm: off, files: [{ src: fix.sh, dest: /a }]',
			['HS1220 off: `together` needs a time in which all hosts come to the same end, and `confirm` is off'],
		],
		[
			`on_customised: merge, files: [{ src: fix.sh, dest: /a, base: fix.sh }, { src: fix.sh, dest: /b, baseline: [${'a'.repeat(64)}] }]`,
			[
				`HS1220 [${'a'.repeat(64)}]: this file cannot be merged: a digest tells no bytes, so where somebody has changed it, the pool is a conflict`,
			],
		],
		[
			'on_customised: merge, files: [{ src: fix.sh, dest: /a }]',
			[
				'HS1220 merge: no file of this pool can be merged: none has a `base`, so where somebody has changed one, the pool is a conflict',
			],
		],
		[
			'files: [{ src: fix.sh, dest: /a, validate: visudo -c }]',
			['HS1221 visudo -c: this command does not name the new file, so it judges what lies on the host already'],
		],
		[
			'files: [{ src: fix.sh, dest: /a, validate: [visudo, -c] }]',
			['HS1221 [visudo, -c]: this command does not name the new file, so it judges what lies on the host already'],
		],
		[
			'files: [{ src: fix.sh, dest: /a }], validate: [ "true", visudo -cf %s ]',
			['HS1221 %s: `%s` stands for the new file in the `validate` of one file, and this one is for all of them'],
		],
	])('with %s is found to be %j', (options, expected) => {
		expect(said(load(`pools: { p: { ${options} } }\n`))).toEqual(expected);
	});

	it.each([
		'files: [{ src: fix.sh, dest: /a, validate: visudo -cf %s }]',
		'files: [{ src: fix.sh, dest: /a, validate: [visudo, -cf, "%s"] }]',
		'files: [{ src: fix.sh, dest: /a, validate: "cmp $HSCTL_FILE $HSCTL_STAGED/b" }]',
		"files: [{ src: fix.sh, dest: /a }], validate: ['cd $HSCTL_STAGED && nginx -t -p .', 'printf %s $HSCTL_STAGED', /opt/judge]",
		'files: [{ src: fix.sh, dest: /a }], check: [date +%s]',
		'on_customised: merge, files: [{ src: fix.sh, dest: /a, base: fix.sh }, { src: fix.sh, dest: /b }]',
	])('with %s is right', options => {
		expect(said(load(`pools: { p: { ${options} } }\n`))).toEqual([]);
	});

	it.each(['env: { A: "${secret.s}" }', 'check: [ "echo ${secret.s}" ]'])(
		'with a secret in %s is told where that could go: a pool has no stdin',
		option => {
			const options = `files: [{ src: fix.sh, dest: /a }], ${option}`;
			expect(cures(load(`secrets: { s: { env: S } }\npools: { p: { ${options} } }\n`))).toContain(
				'let a hotfix get it through its `stdin` and put it into a file that only root can read, and read it from there',
			);
		},
	);

	it('has safe values where nothing is said, and those that are said', () => {
		const read = (options: string) => {
			const unit = loadedOrThrow(load(`pools: { p: { ${options} } }\n`, { base: 'old\n' })).units[0];
			if (unit?.kind !== 'pool') throw new Error('there is no pool');
			return unit;
		};
		const { files, confirmMs, ...bare } = read('files: [{ src: fix.sh, dest: /a }]');
		expect(bare).toMatchObject({
			onCustomised: 'skip',
			onDeleted: 'skip',
			together: false,
			keep: 5,
			timeoutMs: 300_000,
		});
		expect(confirmMs).toBeUndefined();
		expect(files[0]).toMatchObject({ ifAbsent: 'create', follow: false, baseline: [] });
		expect(files[0]).not.toHaveProperty('mode');
		const all =
			'on_customised: merge, on_deleted: create, together: true, confirm: 90s, keep: 2, timeout: 1m, ' +
			`files: [{ src: fix.sh, dest: /a, mode: "4755", owner: www-data, if_absent: skip, follow: true, base: base, baseline: ["sha256:${'AB'.repeat(32)}"] }]`;
		expect(read(all)).toMatchObject({
			onCustomised: 'merge',
			onDeleted: 'create',
			together: true,
			confirmMs: 90_000,
			keep: 2,
			timeoutMs: 60_000,
			files: [
				{
					mode: '4755',
					owner: 'www-data',
					ifAbsent: 'skip',
					follow: true,
					base: { pin: 'missing' },
					baseline: [`sha256:${'ab'.repeat(32)}`],
				},
			],
		});
		expect(read('files: [{ src: fix.sh, dest: /a }], confirm: off').confirmMs).toBe(0);
	});

	it('F7: does not write what another one writes, on the same host', () => {
		const pool = (hosts: string) => `{ hosts: ${hosts}, files: [{ src: fix.sh, dest: /a }] }`;
		expect(said(load(`${homeInventory}pools: { a: ${pool('web')}, b: ${pool('web1')} }\n`))).toEqual([
			'HS1218 /a: `/a` is also written by pool.a',
		]);
		expect(said(load(`${homeInventory}pools: { a: ${pool('web')}, b: ${pool('dns')} }\n`))).toEqual([]);
	});
});
