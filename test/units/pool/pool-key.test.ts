import { describe, expect, it } from 'vitest';
import type { PoolFile } from '../../../src/model/unit.ts';
import { poolKey } from '../../../src/units/pool/pool-key.ts';
import { onHost, poolFile, repoFile, sum } from '../../fakes/pool-builders.ts';

type Content = Parameters<typeof onHost>[0];

const file = (over: Partial<PoolFile> = {}): PoolFile => poolFile({ mode: '0644', owner: 'root', ...over });
const content: Content = {
	files: [file(), file({ dest: '/srv/b' })],
	activate: ['restart'],
	check: ['up'],
	cwd: '/srv',
};
const env = { A: '1', B: '2' };
const key = (over: Content = {}, vars: Readonly<Record<string, string>> = env, user = 'root') =>
	poolKey(onHost({ ...content, ...over }), vars, user);
const with1 = (over: Partial<PoolFile>): Content => ({ files: [file(over), file({ dest: '/srv/b' })] });

describe('the key of a pool', () => {
	it.each<[string, Content]>([
		['its address', { address: 'pool.other' }],
		['the bytes of a file', with1({ src: repoFile('other\n') })],
		['a destination', with1({ dest: '/srv/c' })],
		['a mode', with1({ mode: '0600' })],
		['an owner', with1({ owner: 'www-data' })],
		['a group', with1({ group: 'www-data' })],
		['one file less', { files: [file()] }],
		['the order of files', { files: [file({ dest: '/srv/b' }), file()] }],
		['what validates a file', with1({ validate: 'true %s' })],
		['what validates all of them', { validate: ['true'] }],
		['what activates', { activate: ['reload'] }],
		['where a word ends', { activate: [['restart', 'a b']] }],
		['what checks', { check: [] }],
		['which kind a command is', { activate: ['restart', 'up'], check: [] }],
		['where they run', { cwd: '/opt' }],
	])('changes with %s', (_, over) => {
		expect(key(over)).not.toBe(key());
	});

	it('changes with the variables that commands mention, and with who does the work', () => {
		expect(new Set([key(), key({}, { A: '1' }), key({}, { A: '2', B: '1' }), key({}, env, 'login')]).size).toBe(4);
	});

	it.each<[string, Content]>([
		['what is done about customised files', { onCustomised: 'merge' }],
		['what is done about deleted files', { onDeleted: 'create' }],
		['what is done about files that are not there', with1({ ifAbsent: 'fail' })],
		['what was shipped', with1({ baseline: [sum('v1\n')], base: repoFile('v0\n') })],
		['whether links are followed', with1({ follow: true })],
		['where the file is in the repository', with1({ src: { ...repoFile(), path: 'elsewhere' as never } })],
		['whether it is pinned', with1({ src: repoFile('new\n', { pin: 'missing' }) })],
		['its condition', { when: { kind: 'not', of: { kind: 'always' } } }],
		['its time', { timeoutMs: 1 }],
		['how it is confirmed', { confirmMs: 1, together: true }],
		['how much is kept', { keep: 1 }],
		['its words', { description: 'x', tags: ['x'] }],
	])('does not change with %s', (_, over) => {
		expect(key(over)).toBe(key());
	});

	it('does not change with the order of variables', () => {
		expect(key({}, { B: '2', A: '1' })).toBe(key());
	});

	it('is 64 hexadecimal digits and the same in every version: hosts remember it', () => {
		expect(key()).toMatchInlineSnapshot(`"29d2fab23a8626de1c56a83044c7b5a0729d2268a50720e3f4e3554f57d429df"`);
	});
});
