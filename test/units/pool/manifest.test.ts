import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asUnitAddress, hostPath } from '../../../src/model/brand.ts';
import type { PoolCommand, PoolWork, PoolWorkFile } from '../../../src/model/pool-work.ts';
import { hexOf } from '../../../src/units/pool/file-look.ts';
import { manifestDigest, poolManifest } from '../../../src/units/pool/manifest.ts';
import { fc } from '../../execution/property.ts';
import { keyOf } from '../../fakes/builders.ts';
import { sum } from '../../fakes/pool-builders.ts';
import { has, shells } from '../../host/host.ts';

const place = { key: keyOf('x'), attempt: 3, address: asUnitAddress('pool.site'), playbook: 'web' };

const work = (over: Partial<PoolWork & { kind: 'apply' }> = {}): PoolWork & { kind: 'apply' } => ({
	kind: 'apply',
	files: [],
	commands: [],
	confirmMs: 0,
	together: false,
	keep: 5,
	...over,
});

const file = (over: Partial<PoolWorkFile> = {}): PoolWorkFile => ({
	act: 'create',
	dest: hostPath('/srv/a'),
	digest: sum('new\n'),
	source: sum('new\n'),
	...over,
});

const command = (words: readonly string[], kind: PoolCommand['kind'] = 'check'): PoolCommand => ({
	kind,
	file: 0,
	words,
	text: words.join(' '),
});

describe('the manifest of a pool', () => {
	it('says what is to be where, what was there, and what is to be run, in the order of the playbook', () => {
		const made = poolManifest(
			work({
				files: [
					file({ act: 'replace', was: sum('v1\n'), digest: sum('merged\n'), mode: '0640', owner: 'www-data' }),
					file({ dest: hostPath('/srv/b'), group: 'adm' }),
				],
				commands: [command(['/bin/sh', '-c', 'npm run build'], 'activate'), command(['up'])],
				cwd: '/srv/it is',
				confirmMs: 60_000,
			}),
			place,
		);
		const [merged, old, source] = ['merged\n', 'v1\n', 'new\n'].map(text => hexOf(sum(text)));
		expect(made.split('\n')).toEqual([
			`pool_id='${place.key.slice(0, 12)}-3'`,
			`pool_unit='pool.site'`,
			`pool_memory='pool.site~web'`,
			`pool_cwd='/srv/it is'`,
			`pool_confirm_ms='60000'`,
			`pool_keep='5'`,
			`pool_source_1='${source}'`,
			`hs_pool_file '1' 'replace' '/srv/a' '${merged}' '${old}' '0640' 'www-data' '-'`,
			`hs_pool_file '2' 'create' '/srv/b' '${source}' '-' '-' '-' 'adm'`,
			`hs_pool_command 'activate' '1' '0' '/bin/sh' '-c' 'npm run build'`,
			`hs_pool_command 'check' '2' '0' 'up'`,
			'',
		]);
		expect(manifestDigest(made)).toBe(sum(made));
	});

	it('of an undo names the change, and nothing else', () => {
		expect(poolManifest({ kind: 'undo', job: `${'a'.repeat(64)}.1`, together: false }, place)).toBe(
			`pool_undoes='${'a'.repeat(64)}.1'\n`,
		);
	});
});

const nasty = [
	'',
	"it's",
	"''",
	'$(echo pwned)',
	'`id`',
	'${HOME}',
	'a\nhs_pool_command pwned',
	'\n',
	'-n',
	'--',
	'-',
	'*',
	'~',
	'\\',
	"\\'",
	'"',
	'; exit 7',
	'#',
	'a  b ',
	'\t',
	'\r',
	'é\u202e',
	'%s',
];

/** What a host reads of a manifest: every value that it sets, then every call with its words, each with a NUL behind it. */
const reader = `
hs_pool_file() { say file "$@"; }
hs_pool_command() { say command "$@"; }
say() { printf '%s\\0' "$#" "$@"; }
. "$1"
say settings "$pool_id" "$pool_unit" "$pool_memory" "$pool_cwd" "$pool_confirm_ms" "$pool_keep"
`;

let folder = '';
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'hsctl-manifest-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(shells)('a manifest read by %s', shell => {
	const [program = '', ...options] = shell.split(' ');

	function read(made: string): readonly string[] {
		const path = join(folder, 'manifest');
		writeFileSync(path, made);
		const ran = spawnSync(program, [...options, '-c', reader, 'sh', path], {
			env: { PATH: process.env.PATH },
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		expect(ran.status).toBe(0);
		return ran.stdout.toString().split('\0').slice(0, -1);
	}

	const said = (words: readonly string[]): readonly string[] => [`${words.length}`, ...words];

	function expected({ files, commands, cwd = '', confirmMs, keep }: PoolWork & { kind: 'apply' }): readonly string[] {
		return [
			...files.flatMap(({ act, dest, digest, was, mode, owner, group }, index) =>
				said([
					'file',
					`${index + 1}`,
					act,
					dest,
					hexOf(digest),
					was === undefined ? '-' : hexOf(was),
					mode ?? '-',
					owner ?? '-',
					group ?? '-',
				]),
			),
			...commands.flatMap(({ kind, file: about, words }, index) =>
				said(['command', kind, `${index + 1}`, `${about}`, ...words]),
			),
			...said([
				'settings',
				`${place.key.slice(0, 12)}-3`,
				'pool.site',
				'pool.site~web',
				cwd,
				`${confirmMs}`,
				`${keep}`,
			]),
		];
	}

	describe.skipIf(!has(program))('(skipped without that shell)', () => {
		it('H7: gives every word as it was, whatever is in it', () => {
			const all = work({
				files: nasty.map(text => file({ dest: hostPath(`/srv/${text}`), owner: text, mode: '0644' })),
				commands: [command(nasty), ...nasty.map(text => command(['/bin/sh', '-c', text], 'activate'))],
				cwd: nasty.join('/'),
			});
			expect(read(poolManifest(all, place))).toEqual(expected(all));
		});

		it('H7: also what nobody thought of', () => {
			const word = fc.string({ unit: 'grapheme' }).filter(text => !text.includes('\0'));
			const some = fc.record({
				dests: fc.array(word, { maxLength: 20 }),
				lines: fc.array(fc.array(word, { minLength: 1, maxLength: 5 }), { maxLength: 20 }),
				cwd: word,
			});
			fc.assert(
				fc.property(some, ({ dests, lines, cwd }) => {
					const files = dests.map(text => file({ dest: hostPath(`/${text}`), act: 'replace', was: sum(text) }));
					const all = work({ files, commands: lines.map(words => command(words)), cwd });
					expect(read(poolManifest(all, place))).toEqual(expected(all));
				}),
				{ numRuns: 8 },
			);
		});
	});
});
