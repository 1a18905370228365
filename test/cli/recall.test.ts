import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { finish, type Rig, rig, statuses, until } from './rig.ts';

const apply = ['apply', 'p.yaml', '--yes', '--json'];
const slow =
	'echo begun >>$MARKS/ran\necho said\nuntil [ -e $MARKS/go ]; do sleep 0.05; done\necho more\necho ended >>$MARKS/ran\n';

const forget = ({ root }: Rig): void => rmSync(join(root, 'controller'), { recursive: true, force: true });
const historyOf = ({ root }: Rig): string => join(root, 'controller/hsctl/controller/history.sqlite');

/** The run of an `apply --json`. */
const runOf = (stdout: string): string => /"run":"(\w{26})"/.exec(stdout)?.[1] ?? 'none';

/** A run whose controller is killed in the middle of a script, and forgotten. */
async function orphaned(r: Rig): Promise<string> {
	await r.playbook('  a: {}\n  b:\n    needs: [hotfix.a]\n', { a: slow, b: 'echo b >>$MARKS/ran\n' });
	const child = r.start(apply);
	const ended = finish(child);
	await until(() => r.lines('ran').includes('begun'));
	child.kill('SIGKILL');
	const run = runOf((await ended).stdout);
	forget(r);
	return run;
}

const letGo = (r: Rig): void => writeFileSync(join(r.marks, 'go'), '');

describe.concurrent('a controller that knows nothing of a run', () => {
	it('B18: attaches to it by its id and sees its end, and nothing has run twice', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		const run = await orphaned(r);
		const attached = finish(r.start(['attach', run, '--playbook', 'p.yaml', '--json']));
		letGo(r);
		const ran = await attached;
		expect([ran.code, statuses(ran)]).toEqual([0, { 'hotfix.a': 'changed', 'hotfix.b': 'changed' }]);
		expect(ran.stdout).toContain('"text":"said\\n');
		expect(r.lines('ran')).toEqual(['begun', 'ended', 'b']);
		expect(statuses(await r.hsctl(apply))).toEqual({ 'hotfix.a': 'ok', 'hotfix.b': 'ok' });
	});

	it('cancels it', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		const run = await orphaned(r);
		const cancelled = await r.hsctl(['cancel', run.slice(0, 12), '--playbook', 'p.yaml']);
		expect([cancelled.code, cancelled.stderr]).toEqual([0, expect.stringContaining('box: told to cancel')]);
		const ran = await r.hsctl(['attach', 'last', '--json']);
		expect([ran.code, statuses(ran)]).toEqual([9, { 'hotfix.a': 'failed', 'hotfix.b': 'not_started' }]);
		expect(r.lines('ran')).toEqual(['begun']);
	});

	it('follows its logs to the end', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		const run = await orphaned(r);
		const logs = finish(r.start(['logs', run, '-f', '--playbook', 'p.yaml']));
		letGo(r);
		const ran = await logs;
		expect(ran.code).toBe(0);
		expect(ran.stdout).toMatch(/said[\s\S]*more[\s\S]*hotfix\.a[^\n]*changed, exit 0/);
	});

	it('resumes what it left over', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n  b: {}\n', { a: 'exit 3\n', b: 'echo b >>$MARKS/ran\n' });
		const run = runOf((await r.hsctl(apply)).stdout);
		forget(r);
		const resumed = await r.hsctl(['resume', run, '--playbook', 'p.yaml', '--only', 'failed', '--yes', '--json']);
		expect([resumed.code, statuses(resumed)]).toEqual([5, { 'hotfix.a': 'failed' }]);
		expect(r.lines('ran')).toEqual(['b']);
	});

	it('takes the hosts from the inventory of the repository, and says where none is', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		const run = await orphaned(r);
		const lost = await r.hsctl(['attach', run]);
		expect([lost.code, lost.stderr]).toEqual([
			3,
			expect.stringMatching(/the history has no run \w{26}, and .*there is no inventory/),
		]);
		r.write({
			'inventory.yaml': `groups: { all_of_us: { hosts: { box: { connection: local, state_dir: ${r.state} } } } }\n`,
			'hsctl.config.yaml': 'hsctl: 1\ninventory: inventory.yaml\n',
		});
		letGo(r);
		expect((await r.hsctl(['attach', run])).code).toBe(0);
	});

	it('says so when no host knows the run', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: 'true\n' });
		const ran = await r.hsctl(['attach', '01K0000000000000000000AAAA', '--playbook', 'p.yaml']);
		expect([ran.code, ran.stderr]).toEqual([
			3,
			expect.stringContaining('neither the history nor any host that was asked has a run 01K'),
		]);
	});
});

describe.concurrent('a view of a run that has lost its controller', () => {
	it('leaves a later stage open that nobody has sent: its controller may be alive elsewhere', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n  b:\n    needs: [{ unit: hotfix.a, hosts: all }]\n', { a: slow, b: 'true\n' });
		const child = r.start(apply);
		const ended = finish(child);
		await until(() => r.lines('ran').includes('begun'));
		child.kill('SIGKILL');
		const run = runOf((await ended).stdout);
		const elsewhere = { XDG_STATE_HOME: join(r.root, 'elsewhere') };
		letGo(r);
		const far = await r.hsctl(['attach', run, '--playbook', 'p.yaml', '--json'], elsewhere);
		expect([far.code, statuses(far)]).toEqual([6, { 'hotfix.a': 'changed' }]);
		expect(far.stdout).not.toContain('run_finished');
		expect(far.stderr).toContain('hsctl attach');
		const here = await r.hsctl(['attach', run, '--json']);
		expect([here.code, statuses(here)]).toEqual([9, { 'hotfix.a': 'changed', 'hotfix.b': 'not_started' }]);
	});

	it('is shared by all who attach at once, and stops nothing when one of them leaves', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n  b:\n    needs: [hotfix.a]\n', { a: slow, b: 'echo b >>$MARKS/ran\n' });
		const child = r.start(apply);
		await until(() => r.lines('ran').includes('begun'));
		child.kill('SIGKILL');
		const leaver = r.start(['logs', '-f']);
		const left = finish(leaver);
		let said = '';
		leaver.stdout?.on('data', chunk => {
			said += String(chunk);
		});
		await until(() => said.includes('said'));
		leaver.kill('SIGINT');
		expect((await left).code).toBe(130);
		const views = Array.from({ length: 4 }, () => finish(r.start(['attach', 'last', '--json'])));
		letGo(r);
		for (const view of await Promise.all(views)) expect([view.code, view.stderr]).toEqual([0, '']);
		expect(r.lines('ran')).toEqual(['begun', 'ended', 'b']);
	});

	it('speaks to the runner of another version of hsctl', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		const run = await orphaned(r);
		const lib = join(r.state, 'lib');
		for (const name of readdirSync(lib)) renameSync(join(lib, name), join(lib, `runner-${'0'.repeat(64)}`));
		const cancelled = await r.hsctl(['cancel', run, '--playbook', 'p.yaml']);
		expect(cancelled.stderr).toContain('box: told to cancel');
		const ran = await r.hsctl(['attach', run, '--json']);
		expect(statuses(ran)).toEqual({ 'hotfix.a': 'failed', 'hotfix.b': 'not_started' });
	});
});

describe.concurrent('a history that is gone', () => {
	it('D11: is written anew from what the hosts remember: each run with its ends and its outputs', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n  b: {}\n', { a: 'echo from a\n', b: 'exit 4\n' });
		const first = runOf((await r.hsctl(apply)).stdout);
		forget(r);
		const ran = await r.hsctl(['history', '--from-hosts', '--playbook', 'p.yaml']);
		expect([ran.code, ran.stderr]).toEqual([0, 'hsctl: 1 run added from what the hosts remember\n']);
		const shown = await r.hsctl(['show', first]);
		expect(shown.stdout).toMatch(/hotfix\.a[\s\S]*hotfix\.b[\s\S]*exit 4/);
		expect((await r.hsctl(['logs', first])).stdout).toContain('from a');
		const again = await r.hsctl(['history', '--from-hosts', '--playbook', 'p.yaml']);
		expect(again.stderr).toBe('hsctl: 0 runs added from what the hosts remember\n');
	});

	it('D11: is kept aside when it is damaged, and nothing runs twice meanwhile', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: 'echo a >>$MARKS/ran\n' });
		await r.hsctl(apply);
		writeFileSync(historyOf(r), 'this is no database, whatever it was before it was damaged'.repeat(100));
		const refused = await r.hsctl(apply);
		expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('hsctl history --from-hosts')]);
		const ran = await r.hsctl(['history', '--from-hosts', '--playbook', 'p.yaml']);
		expect([ran.code, ran.stderr]).toEqual([
			0,
			expect.stringMatching(/the history was damaged and is kept as .*\.damaged-/),
		]);
		expect(readdirSync(join(historyOf(r), '..')).some(name => name.includes('.damaged-'))).toBe(true);
		expect(ran.stdout).toContain('p');
		expect(statuses(await r.hsctl(apply))).toEqual({ 'hotfix.a': 'ok' });
		expect(r.lines('ran')).toEqual(['a']);
	});

	it('D11: is not closed over a host that did not answer, and takes its part in later', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: 'true\n' });
		const run = runOf((await r.hsctl(apply)).stdout);
		forget(r);
		const box = `box: { connection: local, state_dir: ${r.state} }`;
		r.write({
			'all.yaml': `groups: { g: { hosts: { ${box}, gone: { address: 127.0.0.1, port: 9 } } } }\n`,
			'box.yaml': `groups: { g: { hosts: { ${box} } } }\n`,
		});
		const part = await r.hsctl(['history', '--from-hosts', '-i', 'all.yaml']);
		expect([part.code, part.stdout]).toEqual([4, expect.stringContaining('no end seen')]);
		const whole = await r.hsctl(['history', '--from-hosts', '-i', 'box.yaml']);
		expect([whole.code, whole.stdout]).toEqual([0, expect.stringContaining('succeeded (0)')]);
		expect((await r.hsctl(['show', run])).stdout).toContain('hotfix.a');
	});

	it('leaves runs open that go on, for attach', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		const run = await orphaned(r);
		const ran = await r.hsctl(['history', '--from-hosts', '--playbook', 'p.yaml']);
		expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining('1 of them still running')]);
		letGo(r);
		expect((await r.hsctl(['attach', run])).code).toBe(0);
	});

	it('asks for the playbook where a run took secrets: a host may not say where they are kept', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: { stdin: "${secret.token}" }\n', { a: 'cat\n' }, 'secrets: { token: { env: TOKEN } }\n');
		const env = { TOKEN: 'open-sesame' };
		const first = await r.hsctl(apply, env);
		expect(first.code).toBe(0);
		forget(r);
		r.write({ 'inventory.yaml': `groups: { g: { hosts: { box: { connection: local, state_dir: ${r.state} } } } }\n` });
		renameSync(join(r.root, 'repo/p.yaml'), join(r.root, 'repo/q.yaml'));
		const lost = await r.hsctl(['attach', runOf(first.stdout), '-i', 'inventory.yaml'], env);
		expect([lost.code, lost.stderr]).toEqual([3, expect.stringContaining('has taken secrets')]);
		r.write({
			'p.yaml': 'hsctl: 1\nname: p\nhosts: localhost\nsecrets: { other: { env: TOKEN } }\nhotfixes: { a: {} }\n',
		});
		const renamed = await r.hsctl(['attach', runOf(first.stdout), '-i', 'inventory.yaml'], env);
		expect([renamed.code, renamed.stderr]).toEqual([3, expect.stringContaining('the secret `token`')]);
		renameSync(join(r.root, 'repo/q.yaml'), join(r.root, 'repo/p.yaml'));
		const rotated = await r.hsctl(['attach', runOf(first.stdout), '-i', 'inventory.yaml'], { TOKEN: 'another' });
		expect([rotated.code, rotated.stderr]).toEqual([3, expect.stringContaining('is another one now')]);
		expect(rotated.stdout).not.toContain('open-sesame');
		const found = await r.hsctl(['attach', runOf(first.stdout), '-i', 'inventory.yaml', '--json'], env);
		expect([found.code, found.stdout.includes('open-sesame')]).toEqual([0, false]);
		expect(existsSync(historyOf(r))).toBe(true);
	});
});
