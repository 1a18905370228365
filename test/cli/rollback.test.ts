import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apply, type PoolRig, poolRig, reasons, remove } from './pool-rig.ts';
import { type Ran, statuses } from './rig.ts';

/** Many processes and many forced writes: much for a machine that does something else as well. */
const slowly = { timeout: 60_000 };

/** A pool that replaces `a` and creates `deep/b` below the folder of each host, and says when it was put into use. */
const site = `  site:
    files: [ { src: files/a, dest: "$T/\${host.me}/a" }, { src: files/b, dest: "$T/\${host.me}/deep/b" } ]
    on_customised: replace
    activate: [ 'echo "$ME: $(cat "$T/$ME/a")" >>$MARKS/used' ]
    env: { ME: "\${host.me}" }
`;

async function applied(r: PoolRig, version: string, ...words: readonly string[]): Promise<string> {
	r.files({ a: `${version} a\n`, b: `${version} b\n` });
	await r.run('lock');
	const ran = await r.run(...apply, ...words);
	if (ran.code !== 0) throw new Error(ran.stdout + ran.stderr);
	return runOf(ran);
}

const runOf = ({ stdout }: Ran): string => /"run":"(01\w{24})"/.exec(stdout)?.[1] ?? '';

/** A pool that is as `version` wants it, with something else before. */
async function changed(r: PoolRig, more = '', top = ''): Promise<string> {
	for (const host of r.hosts) r.put({ [`${host}/a`]: 'old a\n' });
	r.files({ a: 'first a\n', b: 'first b\n' });
	await r.playbook(site + more, top);
	return applied(r, 'first');
}

const back = (r: PoolRig, ...words: readonly string[]) => r.run('rollback', ...words, '--yes', '--json');

/** Every host and unit with its end. */
const ends = ({ stdout }: Ran): readonly string[] =>
	stdout
		.split('\n')
		.filter(line => line.includes('"unit_finished"'))
		.map(line => JSON.parse(line))
		.map(({ host, unit, status }) => `${host} ${unit} ${status}`)
		.sort();

describe.concurrent('rollback of a pool', slowly, () => {
	it('brings back the very files, takes away what was created, and puts that into use; the next plan would change it again', async ({
		onTestFinished,
	}) => {
		const r = poolRig(onTestFinished);
		r.put({ 'box/a': 'old a\n' });
		const before = r.look('box/a');
		await changed(r);
		const undone = await back(r, 'pool.site');
		expect([undone.code, statuses(undone)]).toEqual([0, { 'pool.site': 'changed' }]);
		expect([r.look('box/a'), existsSync(r.at('box/deep')), r.remains()]).toEqual([
			{ ...before, changed: r.look('box/a').changed },
			false,
			[],
		]);
		expect(r.lines('used')).toEqual(['box: first a', 'box: old a']);
		expect((await r.run('plan', 'p.yaml')).stdout).toMatch(/pool\.site +run +1 to create, 1 to replace/);
		expect((await r.run('show', 'last')).stdout).toMatch(
			/\(rollback\)[\s\S]*pool\.site +changed .* 1 to restore, 1 to remove/,
		);
	});

	it('said again takes back the change before that, and says so when there is none left', async ({
		onTestFinished,
	}) => {
		const r = poolRig(onTestFinished);
		await changed(r);
		const second = await applied(r, 'second');
		await back(r, 'pool.site');
		expect([r.read('box/a'), r.read('box/deep/b')]).toEqual(['first a\n', 'first b\n']);
		await back(r, 'pool.site');
		expect([r.read('box/a'), r.read('box/deep/b')]).toEqual(['old a\n', undefined]);
		const none = await back(r, 'pool.site');
		expect([none.code, none.stdout, none.stderr]).toEqual([
			3,
			'',
			expect.stringMatching(/HS1806: pool\.site cannot be undone: .*no backup[\s\S]*`hsctl status`/),
		]);
		expect((await back(r, second)).code).toBe(3);
		expect(r.read('box/a')).toBe('old a\n');
	});

	it('is refused with 7 where a file is not what it was, or its backup is not; and none is touched', async ({
		onTestFinished,
	}) => {
		const r = poolRig(onTestFinished);
		await changed(r);
		const deniedFor = async (because: string, text: string | undefined) => {
			const ran = await back(r, 'pool.site');
			expect([ran.code, statuses(ran)]).toEqual([7, { 'pool.site': 'refused' }]);
			expect(reasons(ran)['pool.site']).toContain(`${r.at('box/a')}: ${because}`);
			expect([r.read('box/a'), r.read('box/deep/b'), r.lines('used')]).toEqual([text, 'first b\n', ['box: first a']]);
		};
		r.put({ 'box/a': 'mine\n' });
		await deniedFor('it was changed since, and that stays', 'mine\n');
		remove(r.at('box/a'));
		await deniedFor('it was deleted since, and that stays', undefined);
		r.put({ 'box/a': 'first a\n' });
		for (const copy of copies(r)) writeFileSync(copy, 'damaged\n');
		await deniedFor('its backup is damaged or gone', 'first a\n');
		for (const copy of copies(r)) rmSync(copy);
		await deniedFor('its backup is damaged or gone', 'first a\n');
	});

	it('is asked about, and without a terminal names the flag that is missing', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		await changed(r);
		const ran = await r.run('rollback', 'pool.site');
		expect([ran.code, ran.stderr]).toEqual([3, expect.stringMatching(/= help: give --yes\n$/)]);
		expect(ran.stdout).toMatch(/pool\.site +undo +changed by run 01\w+: 1 to restore, 1 to remove/);
		expect(r.read('box/a')).toBe('first a\n');
	});

	it('works from a controller that has no history, with the playbook', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		const run = await changed(r);
		remove(join(r.root, 'controller'));
		const lost = await back(r, 'pool.site');
		expect([lost.code, lost.stderr]).toEqual([3, expect.stringContaining('--playbook FILE')]);
		expect(statuses(await back(r, 'pool.site', '--playbook', 'p.yaml'))).toEqual({ 'pool.site': 'changed' });
		await applied(r, 'second');
		remove(join(r.root, 'controller'));
		const recalled = await back(r, run.slice(0, 12), '--playbook', 'p.yaml');
		expect([recalled.code, r.read('box/a')]).toEqual([7, 'second a\n']);
	});
});

/** Of the file that was replaced. */
const copies = (r: PoolRig): readonly string[] =>
	readdirSync(join(r.state, 'txn'), { recursive: true, encoding: 'utf8' })
		.filter(name => /\/(old|link)\/1\b/.test(name))
		.map(name => join(r.state, 'txn', name));

describe.concurrent('rollback of a run', slowly, () => {
	it('takes back what this run has changed, in reverse, where it has changed it', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished, { hosts: ['two'] });
		r.write({ 'hotfixes/a.sh': 'echo do >>$MARKS/used\n', 'hotfixes/a_undo.sh': 'echo undo >>$MARKS/used\n' });
		r.put({ 'box/a': 'old a\n', 'two/a': 'old a\n' });
		r.files({ a: 'first a\n', b: 'first b\n' });
		await r.playbook(
			site.replace('  site:\n', '  site:\n    needs: [ hotfix.a ]\n'),
			'hotfixes: { a: { undo: hotfixes/a_undo.sh } }\n',
		);
		await applied(r, 'first', '-l', 'two', '--target', 'hotfix.a');
		const run = await applied(r, 'first');
		expect(r.lines('used').slice(2).toSorted()).toEqual(['box: first a', 'two: first a']);
		const undone = await back(r, run);
		expect([undone.code, ends(undone)]).toEqual([
			0,
			['box hotfix.a changed', 'box pool.site changed', 'two pool.site changed'],
		]);
		const marks = r.lines('used').slice(4);
		expect(marks.indexOf('undo')).toBeGreaterThan(marks.indexOf('box: old a'));
		expect([r.read('box/a'), r.read('two/a')]).toEqual(['old a\n', 'old a\n']);
	});

	it('is refused where a later run has changed the pool again, and says which is to be taken back first', async ({
		onTestFinished,
	}) => {
		const r = poolRig(onTestFinished, { hosts: ['two'] });
		const first = await changed(r);
		const second = await applied(r, 'second', '-l', 'box');
		const ran = await back(r, first);
		expect([ran.code, ends(ran)]).toEqual([7, ['box pool.site refused', 'two pool.site changed']]);
		expect(ran.stdout).toContain(`run ${second} has changed it again since`);
		expect(ran.stdout).toContain(`hsctl rollback ${second}`);
		expect([r.read('box/a'), r.read('two/a')]).toEqual(['second a\n', 'old a\n']);
		expect((await back(r, second)).code).toBe(0);
		const now = await back(r, first);
		expect([now.code, ends(now)]).toEqual([0, ['box pool.site changed', 'two pool.site skipped']]);
		expect(r.read('box/a')).toBe('old a\n');
	});

	it('leaves a unit that another one still needs where it is, when that one cannot be taken back', async ({
		onTestFinished,
	}) => {
		const r = poolRig(onTestFinished);
		r.write({ 'hotfixes/a.sh': 'true\n', 'hotfixes/a_undo.sh': 'echo undo >>$MARKS/undone\n' });
		const run = await changed(r, '    needs: [ hotfix.a ]\n', 'hotfixes: { a: { undo: hotfixes/a_undo.sh } }\n');
		r.put({ 'box/a': 'mine\n' });
		const ran = await back(r, run);
		expect([ran.code, statuses(ran)]).toEqual([7, { 'pool.site': 'refused', 'hotfix.a': 'blocked' }]);
		expect(reasons(ran)['hotfix.a']).toMatch(/^pool\.site needs it and stays: .*it was changed since/);
		expect(r.lines('undone')).toEqual([]);
	});

	it('is not possible of a rollback, nor of a run that changed nothing or has no end', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		await changed(r);
		await r.run(...apply);
		const nothing = await back(r, 'last');
		expect([nothing.code, nothing.stderr]).toEqual([3, expect.stringMatching(/HS1806: run 01\w+ has changed nothing/)]);
		await back(r, 'pool.site');
		const twice = await back(r, 'last');
		expect([twice.code, twice.stderr]).toEqual([3, expect.stringMatching(/HS1806: run 01\w+ is a rollback/)]);
		expect((await r.hsctl([...apply], { HSCTL_CRASH: 'controller-after-journal' })).code).toBe(null);
		const open = await back(r, 'last');
		expect([open.code, open.stderr]).toEqual([
			3,
			expect.stringMatching(/nobody has seen the end[\s\S]*hsctl attach 01\w+/),
		]);
	});
});

describe.concurrent('rollback on several hosts', slowly, () => {
	it('takes back where there is something, and leaves the rest', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished, { hosts: ['two', 'three'] });
		await changed(r);
		await back(r, 'pool.site', '-l', 'two');
		r.put({ 'three/a': 'mine\n' });
		const ran = await back(r, 'pool.site');
		expect([ran.code, ends(ran)]).toEqual([
			7,
			['box pool.site changed', 'three pool.site refused', 'two pool.site skipped'],
		]);
		expect([r.read('box/a'), r.read('two/a'), r.read('three/a')]).toEqual(['old a\n', 'old a\n', 'mine\n']);
	});

	it('ends with 4 when one could not be reached, and with 8 when none is left', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		await changed(r);
		r.write({
			'gone.yaml': `groups: { all_of_us: { hosts: { box: { connection: local, state_dir: "${r.state}", vars: { me: box } }, gone: { address: 127.0.0.1, port: 9, vars: { me: gone } } } } }\n`,
			'q.yaml': `hsctl: 1\nname: p\nhosts: all_of_us\ninventory: gone.yaml\npools:\n${site}`,
		});
		const none = await back(r, 'pool.site', '--playbook', 'q.yaml', '-l', 'gone');
		expect([none.code, ends(none)]).toEqual([4, []]);
		const some = await back(r, 'pool.site', '--playbook', 'q.yaml');
		expect([some.code, ends(some), r.read('box/a')]).toEqual([4, ['box pool.site changed'], 'old a\n']);
		expect((await back(r, 'last', '-l', 'gone')).code).toBe(3);
	});
});

describe('what cannot be taken back', slowly, () => {
	it('is said, with what helps', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		await changed(r);
		for (const [words, problem, cure] of [
			['pool.nope', 'the history has nothing about pool.nope', '--playbook FILE'],
			['pool.sit', 'the history has nothing about pool.sit', 'did you mean `pool.site`?'],
			['pool.sit --playbook p.yaml', 'the playbook has no unit `pool.sit`', 'did you mean `pool.site`?'],
			['pool.site --playbook q.yaml', 'q.yaml does not exist', 'check the path'],
			['pool.site --target pool.site', "unknown option '--target'", 'hsctl rollback --help'],
			['site', 'site is neither a unit nor a run', '`hsctl history`'],
			['01XX --playbook p.yaml', 'has a run 01XX', '`hsctl history`'],
		] as const) {
			const ran = await r.run('rollback', ...words.split(' '), '--yes');
			expect([ran.code, ran.stdout]).toEqual([3, '']);
			expect(ran.stderr).toContain(problem);
			expect(ran.stderr).toContain(cure);
		}
		expect(r.read('box/a')).toBe('first a\n');
	});
});
