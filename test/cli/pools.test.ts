import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apply, type PoolRig, poolRig, reasons, remove } from './pool-rig.ts';
import { finish, statuses, until } from './rig.ts';

/** Many processes and many forced writes: much for a machine that does something else as well. */
const slowly = { timeout: 60_000 };

const both = 'files: [ { src: files/a, dest: $T/a }, { src: files/b, dest: $T/deep/b } ]';

/** A pool of two files that says when it was put into use; `a` is there before, `deep/b` is not. */
async function site(r: PoolRig, more = 'on_customised: replace', top = ''): Promise<void> {
	r.files({ a: 'new a\n', b: 'new b\n' });
	r.put({ a: 'old a\n' });
	const lines = more.split('\n').map(line => `    ${line}\n`);
	await r.playbook(`  site:\n    ${both}\n    activate: [ 'cat $T/a >>$MARKS/used' ]\n${lines.join('')}`, top);
}

/** All that was ever put into use, in order. */
const used = (r: PoolRig): readonly string[] => r.lines('used');

/** The transactions of the host, the latest begun first. */
const changesOf = (r: PoolRig): readonly string[] =>
	readdirSync(join(r.state, 'txn'))
		.map(name => ({ name, order: Number(readFileSync(join(r.state, 'txn', name, 'order'), 'utf8').split(' ')[0]) }))
		.toSorted((one, other) => other.order - one.order)
		.map(({ name }) => join(r.state, 'txn', name));

describe.concurrent('a pool that is taken back', slowly, () => {
	it('goes back by its latest change, whatever the clock of the host has said', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		await site(r);
		await r.run(...apply);
		r.files({ a: 'newer a\n' });
		await r.run('lock');
		await r.run(...apply);
		const [latest = '', first = ''] = changesOf(r);
		for (const name of ['end', 'state', 'about']) utimesSync(join(latest, name), 1, 1);
		utimesSync(latest, 1, 1);
		expect(existsSync(first)).toBe(true);
		const back = await r.run('rollback', 'pool.site', '--yes', '--json');
		expect([back.code, r.read('a')]).toEqual([0, 'new a\n']);
		const again = await r.run('rollback', 'pool.site', '--yes', '--json');
		expect([again.code, r.read('a')]).toEqual([0, 'old a\n']);
	});

	it('is refused where its record is not what was written there, and nothing of it is read', async ({
		onTestFinished,
	}) => {
		const r = poolRig(onTestFinished);
		await site(r);
		await r.run(...apply);
		const [latest = ''] = changesOf(r);
		const manifest = join(latest, 'manifest');
		rmSync(manifest);
		writeFileSync(manifest, `touch ${r.marks}/executed\n`);
		const back = await r.run('rollback', 'pool.site', '--yes', '--json');
		expect([back.code, reasons(back)['pool.site'], r.read('a')]).toEqual([
			7,
			expect.stringContaining('is damaged, so nothing is restored'),
			'new a\n',
		]);
		expect(existsSync(join(r.marks, 'executed'))).toBe(false);
	});
});

describe.concurrent('a pool', slowly, () => {
	it('is refused before anything is replaced when the folder for its commands is not there', async ({
		onTestFinished,
	}) => {
		const r = poolRig(onTestFinished);
		await site(r, 'on_customised: replace\ncwd: $T/nowhere');
		const ran = await r.run(...apply);
		expect([ran.code, reasons(ran)['pool.site'], r.read('a')]).toEqual([
			5,
			'the folder that its commands want to work in is not there; no file was replaced',
			'old a\n',
		]);
		await site(r, 'on_customised: replace\ncwd: $T/deep');
		expect(statuses(await r.run(...apply))).toEqual({ 'pool.site': 'changed' });
	});

	it('is planned, applied, and left alone when it is applied again', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		await site(r);
		const plan = await r.run('plan', 'p.yaml');
		expect([plan.code, plan.stdout]).toEqual([0, expect.stringMatching(/pool\.site +run +1 to create, 1 to replace/)]);
		expect([r.read('a'), existsSync(r.state)]).toEqual(['old a\n', false]);
		const first = await r.run(...apply);
		expect([first.code, statuses(first)]).toEqual([0, { 'pool.site': 'changed' }]);
		expect([r.read('a'), r.read('deep/b'), r.remains()]).toEqual(['new a\n', 'new b\n', []]);
		const again = await r.run(...apply);
		expect([again.code, statuses(again), used(r)]).toEqual([0, { 'pool.site': 'ok' }, ['new a']]);
	});

	it('follows its condition, and gives its commands variables and an environment of their own', async ({
		onTestFinished,
	}) => {
		const r = poolRig(onTestFinished);
		const more = `on_customised: replace
when: { file_exists: { path: $T/wanted } }
env: { OWN: "it's \${host.me}" }
check: [ 'printf "%s|%s|%s\\n" "$OWN" "$HSCTL_VAR_NAME" "$HSCTL_UNIT" >>$MARKS/said' ]`;
		await site(r, more, 'vars: { name: "-n $(x)" }\n');
		const skipped = await r.run(...apply);
		expect([skipped.code, statuses(skipped), r.read('a')]).toEqual([0, { 'pool.site': 'skipped' }, 'old a\n']);
		r.put({ wanted: '' });
		expect(statuses(await r.run(...apply))).toEqual({ 'pool.site': 'changed' });
		expect(r.lines('said')).toEqual(["it's box|-n $(x)|pool.site"]);
	});

	it.for([
		[
			'the pin is missing',
			async (r: PoolRig) => remove(join(r.root, 'repo/hsctl.lock')),
			'is not pinned in hsctl.lock',
		],
		[
			'the file is not what is pinned',
			async (r: PoolRig) => r.files({ a: 'somebody else’s\n' }),
			'is not what hsctl.lock pins',
		],
	] as const)('is refused with 7, and nothing is touched, when %s', async ([, change, because], { onTestFinished }) => {
		const r = poolRig(onTestFinished);
		await site(r);
		await change(r);
		const ran = await r.run(...apply);
		expect([ran.code, statuses(ran)]).toEqual([7, { 'pool.site': 'refused' }]);
		expect(reasons(ran)['pool.site']).toContain(`files/a ${because}`);
		expect([r.read('a'), used(r)]).toEqual(['old a\n', []]);
	});

	it('is refused by a saved plan when a file was edited since, and the file is named', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		await site(r);
		expect((await r.run('plan', 'p.yaml', '-o', 'saved.json')).code).toBe(0);
		r.put({ a: 'edited\n' });
		const ran = await r.run('apply', 'saved.json', '--yes');
		expect([ran.code, r.read('a'), r.read('deep/b')]).toEqual([7, 'edited\n', undefined]);
		expect(ran.stderr).toMatch(/box pool\.site: .*\/a\b/);
		r.put({ a: 'old a\n' });
		expect((await r.run('apply', 'saved.json', '--yes')).code).toBe(0);
	});

	it('shows what differs, without the secrets in it', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		r.put({ conf: 'colour = red\npassword = "hunter2hunter2"\n' });
		r.files({ conf: 'colour = blue\npassword = "other-secret-9"\n' });
		await r.playbook('  conf: { files: [ { src: files/conf, dest: $T/conf } ], on_customised: replace }\n');
		const plan = await r.run('plan', 'p.yaml', '--json');
		expect(plan.stdout).toMatch(/colour = blue/);
		expect(plan.stdout).not.toMatch(/hunter2|other-secret/);
	});
});

describe.concurrent('a customised file', slowly, () => {
	it('keeps the whole pool from being changed, as on_customised says', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		r.files({ a: 'new a\n', b: 'new b\n' });
		r.put({ 'skip/a': 'mine\n', 'fail/a': 'mine\n' });
		await r.playbook(['skip', 'fail'].map(policy => poolOf(policy, `on_customised: ${policy}`)).join(''));
		const ran = await r.run(...apply);
		expect([ran.code, statuses(ran)]).toEqual([5, { 'pool.skip': 'skipped', 'pool.fail': 'failed' }]);
		for (const policy of ['skip', 'fail'])
			expect([r.read(`${policy}/a`), r.read(`${policy}/b`)]).toEqual(['mine\n', undefined]);
		expect(used(r)).toEqual([]);
		const kept = await r.run(...apply, '--target', 'pool.skip');
		expect([kept.code, statuses(kept)]).toEqual([0, { 'pool.skip': 'skipped' }]);
	});

	it('with on_customised: merge keeps its change, and is as it should be from then on', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		r.files({ base: 'one\ntwo\nthree\nfour\nfive\n', conf: 'one\ntwo\nthree\nfour\nFIVE\n' });
		r.put({ conf: 'ONE\ntwo\nthree\nfour\nfive\n' });
		await r.playbook(
			'  conf:\n    files: [ { src: files/conf, base: files/base, dest: $T/conf } ]\n    on_customised: merge\n',
		);
		expect(statuses(await r.run(...apply))).toEqual({ 'pool.conf': 'changed' });
		expect(r.read('conf')).toBe('ONE\ntwo\nthree\nfour\nFIVE\n');
		expect(statuses(await r.run(...apply))).toEqual({ 'pool.conf': 'ok' });
		r.put({ conf: 'ONE\ntwo\nthree\nfour\nfünf\n' });
		const torn = await r.run(...apply);
		expect([torn.code, statuses(torn), r.read('conf')]).toEqual([
			0,
			{ 'pool.conf': 'skipped' },
			'ONE\ntwo\nthree\nfour\nfünf\n',
		]);
	});

	it('that was deleted stays so, or comes again, as on_deleted says', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		const policies = ['skip', 'fail', 'create'];
		r.files({ a: 'new a\n', b: 'new b\n' });
		await r.playbook(policies.map(policy => poolOf(policy, `on_deleted: ${policy}`)).join(''));
		await r.run(...apply);
		for (const policy of policies) remove(r.at(`${policy}/a`));
		const ran = await r.run(...apply);
		expect([ran.code, statuses(ran)]).toEqual([
			5,
			{ 'pool.skip': 'skipped', 'pool.fail': 'failed', 'pool.create': 'changed' },
		]);
		expect(policies.map(policy => r.read(`${policy}/a`))).toEqual([undefined, undefined, 'new a\n']);
	});
});

/** A pool with a folder of its own. */
const poolOf = (id: string, policy: string): string => `  ${id}:
    files: [ { src: files/a, dest: $T/${id}/a }, { src: files/b, dest: $T/${id}/b } ]
    ${policy}
    activate: [ 'echo ${id} >>$MARKS/used' ]
`;

describe.concurrent('a pool that goes wrong', slowly, () => {
	it('by its check: is undone with 5, is put into use again as it was, and is tried again', async ({
		onTestFinished,
	}) => {
		const r = poolRig(onTestFinished);
		await site(r, 'on_customised: replace\ncheck: [ "echo it is bad >&2; exit 3" ]');
		const before = r.look('a');
		const ran = await r.run(...apply);
		expect([ran.code, statuses(ran)]).toEqual([5, { 'pool.site': 'rolled_back' }]);
		expect(reasons(ran)['pool.site']).toMatch(/\(exit 3\) failed; every file is as it was$/);
		expect([r.look('a'), existsSync(r.at('deep')), r.remains()]).toEqual([before, false, []]);
		expect(used(r)).toEqual(['new a', 'old a']);
		expect((await r.run('plan', 'p.yaml')).stdout).toMatch(/run +1 to create, 1 to replace; undone by itself on/);
	});

	it('by what judges the new files: nothing was touched', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		await site(r, `on_customised: replace\nvalidate: [ 'grep -q nonsense "$HSCTL_STAGED$T/a"' ]`);
		const before = r.look('a');
		const ran = await r.run(...apply);
		expect([ran.code, statuses(ran)]).toEqual([5, { 'pool.site': 'failed' }]);
		expect(reasons(ran)['pool.site']).toMatch(/says no to the new files; no file was replaced$/);
		expect([r.look('a'), existsSync(r.at('deep')), r.remains(), used(r)]).toEqual([before, false, [], []]);
	});

	it('by what puts it into use, also of the old files: 6, and a person has to look', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		await site(r, 'on_customised: replace');
		await r.playbook(`  site:\n    ${both}\n    on_customised: replace\n    activate: [ "exit 4" ]\n`);
		const before = r.look('a');
		const ran = await r.run(...apply);
		expect([ran.code, statuses(ran)]).toEqual([6, { 'pool.site': 'rollback_failed' }]);
		expect([r.look('a'), existsSync(r.at('deep')), r.remains()]).toEqual([before, false, []]);
	});

	it('by taking too long: is undone', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		await site(r, `on_customised: replace\ntimeout: 1s\ncheck: [ "sleep 60" ]`);
		const before = r.look('a');
		const ran = await r.run(...apply);
		expect([ran.code, statuses(ran)]).toEqual([5, { 'pool.site': 'rolled_back' }]);
		expect(reasons(ran)['pool.site']).toBe('it took too long; every file is as it was');
		expect([r.look('a'), used(r)]).toEqual([before, ['new a', 'old a']]);
	});

	it('by somebody’s change: blocks what needs it, with 5', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		r.write({ 'hotfixes/before.sh': 'echo before >>$MARKS/ran\n', 'hotfixes/after.sh': 'echo after >>$MARKS/ran\n' });
		await site(
			r,
			'on_customised: skip\nneeds: [ hotfix.before ]',
			'hotfixes:\n  before: {}\n  after: { needs: [ pool.site ] }\n',
		);
		const ran = await r.run(...apply);
		expect([ran.code, statuses(ran)]).toEqual([
			5,
			{ 'hotfix.before': 'changed', 'pool.site': 'skipped', 'hotfix.after': 'blocked' },
		]);
		expect(r.lines('ran')).toEqual(['before']);
		const alone = await r.run('apply', 'p.yaml', '--yes', '--target', 'pool.site');
		expect(alone.code).toBe(0);
		expect(alone.stdout.match(/pool\.site +conflict:? +a: /g)).toHaveLength(3);
	});
});

describe.concurrent('the verification at the end', slowly, () => {
	it('as a list keeps what was done, and says no with 5', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		await site(r, 'on_customised: replace', 'verify: [ "true", "exit 9" ]\n');
		const ran = await r.run(...apply);
		expect([ran.code, statuses(ran)]).toEqual([5, { 'pool.site': 'changed', verify: 'failed' }]);
		expect(r.read('a')).toBe('new a\n');
	});

	it('with on_failure: rollback_pools takes the pools of this run back, and the next plan would change them again', async ({
		onTestFinished,
	}) => {
		const r = poolRig(onTestFinished);
		await site(r, 'on_customised: replace', 'verify: { check: [ "grep -q old $T/a" ], on_failure: rollback_pools }\n');
		const before = r.look('a');
		const ran = await r.run(...apply);
		expect([ran.code, statuses(ran)]).toEqual([5, { 'pool.site': 'rolled_back', verify: 'rolled_back' }]);
		const end = JSON.parse(ran.stdout.trim().split('\n').at(-1) ?? '');
		expect(end.counts).toMatchObject({ changed: 0, rolled_back: 2 });
		const shown = (await r.run('show', 'last')).stdout;
		expect(shown).toMatch(
			/pool\.site +rolled back .*a command of `verify` failed \(exit 1\); every file is as it was/s,
		);
		const { stderr } = await r.run('rollback', 'last', '--yes');
		expect(stderr).toContain('has changed nothing that could be undone');
		expect([r.look('a'), existsSync(r.at('deep')), used(r)]).toEqual([before, false, ['new a', 'old a']]);
		const [receipt = ''] = readdirSync(join(r.state, 'receipts')).filter(name => name.startsWith('pool.site~'));
		expect(JSON.parse(readFileSync(join(r.state, 'receipts', receipt), 'utf8')).status).toBe('undone');
		expect((await r.run('plan', 'p.yaml')).stdout).toMatch(/pool\.site +run +1 to create, 1 to replace/);
	});
});

/** Waits after its files have been replaced until it may go on; the old files are put into use at once. */
const slow = `on_customised: replace
check: [ "echo waits >>$MARKS/checked; until [ -e $MARKS/go ]; do sleep 0.05; done" ]`;

async function atWork(r: PoolRig) {
	await site(r, slow);
	const child = r.start(['apply', 'p.yaml', '--yes', '--json']);
	let words = '';
	child.stderr?.on('data', chunk => {
		words += String(chunk);
	});
	const ended = finish(child);
	await until(() => r.lines('checked').length > 0);
	return {
		child,
		ended,
		go: () => r.write({ '../marks/go': '' }),
		async press(answer: string) {
			child.kill('SIGINT');
			await until(() => words.includes(answer));
		},
	};
}

describe.concurrent('a pool at work', slowly, () => {
	it('B3: goes on to its end behind the first Ctrl-C', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		const { ended, press, go } = await atWork(r);
		await press('stopping: what runs goes on');
		go();
		const ran = await ended;
		expect([ran.code, statuses(ran), r.read('a')]).toEqual([130, { 'pool.site': 'changed' }, 'new a\n']);
	});

	it('B3: is undone on the host by the second', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		const { ended, press } = await atWork(r);
		await press('stopping: what runs goes on');
		await press('cancelling on the hosts');
		const ran = await ended;
		expect([ran.code, statuses(ran), used(r)]).toEqual([130, { 'pool.site': 'rolled_back' }, ['new a', 'old a']]);
		expect(reasons(ran)['pool.site']).toBe('it was cancelled; every file is as it was');
		expect([r.read('a'), existsSync(r.at('deep')), r.remains()]).toEqual(['old a\n', false, []]);
	});

	it('B3: is left to the host by the third, and `attach` tells the end', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		const { ended, press, child } = await atWork(r);
		await press('stopping: what runs goes on');
		await press('cancelling on the hosts');
		child.kill('SIGINT');
		expect((await ended).code).toBe(130);
		const attached = await r.run('attach', 'last', '--json');
		expect([attached.code, statuses(attached), r.read('a')]).toEqual([5, { 'pool.site': 'rolled_back' }, 'old a\n']);
	});

	it('is undone by `hsctl cancel`', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		const { ended } = await atWork(r);
		const told = await r.run('cancel', 'last');
		expect(told.code).toBe(0);
		const ran = await ended;
		expect([ran.code, statuses(ran), r.read('a')]).toEqual([5, { 'pool.site': 'rolled_back' }, 'old a\n']);
	});

	it('B1: outlives its controller, and whoever attaches sees the end', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		const { ended, child, go } = await atWork(r);
		child.kill('SIGKILL');
		await ended;
		go();
		const attached = await r.run('attach', 'last', '--json');
		expect([attached.code, statuses(attached)]).toEqual([0, { 'pool.site': 'changed' }]);
		expect([r.read('a'), r.remains()]).toEqual(['new a\n', []]);
		expect((await r.run('history')).stdout).toMatch(/succeeded \(0\)/);
		expect((await r.run('show', 'last')).stdout).toMatch(/pool\.site +changed/);
		expect((await r.run('logs', 'last')).stdout).toContain('echo waits');
	});

	it('is undone by the host when the controller dies before it has confirmed, and that is what is told', async ({
		onTestFinished,
	}) => {
		const r = poolRig(onTestFinished);
		await site(r, 'on_customised: replace\nconfirm: 2s');
		const killed = await r.hsctl([...apply], { HSCTL_CRASH: 'controller-before-confirm' });
		expect(killed.code).toBe(null);
		await until(() => r.read('a') === 'old a\n');
		const attached = await r.run('attach', 'last', '--json');
		expect([attached.code, statuses(attached)]).toEqual([5, { 'pool.site': 'rolled_back' }]);
		expect(used(r)).toEqual(['new a', 'old a']);
	});

	it('is confirmed over a new connection', async ({ onTestFinished }) => {
		const r = poolRig(onTestFinished);
		await site(r, 'on_customised: replace\nconfirm: 30s');
		const ran = await r.run(...apply);
		expect([ran.code, statuses(ran), r.read('a')]).toEqual([0, { 'pool.site': 'changed' }, 'new a\n']);
		expect(ran.stdout).toContain('"state":"confirming"');
	});
});
