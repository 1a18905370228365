import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { here } from './in-process.ts';
import { finish, type Rig, rig, statuses, until } from './rig.ts';

const mark = 'echo x >>$MARKS/ran\n';
const apply = ['apply', 'p.yaml', '--yes', '--json'];

/** What `seeds/hotfix-targets.md` promises, and what its upstream got wrong (the fault's number in brackets). */
describe.concurrent('a hotfix target', () => {
	it('runs the script that is named after its id, when none is written', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  gogs_repository_fix: {}\n', { gogs_repository_fix: mark });
		expect(statuses(await r.hsctl(apply))).toEqual({ 'hotfix.gogs_repository_fix': 'changed' });
		expect(r.lines('ran')).toHaveLength(1);
	});

	it('does not run twice: the receipt on the host decides', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  once: {}\n', { once: mark });
		await r.hsctl(apply);
		const again = await r.hsctl(apply);
		expect(statuses(again)).toEqual({ 'hotfix.once': 'ok' });
		expect(again.code).toBe(0);
		expect(r.lines('ran')).toHaveLength(1);
	});

	it('does not run twice when the repository is cloned anew and the controller has lost its history (1)', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		await r.playbook('  once: {}\n', { once: mark });
		await r.hsctl(apply);
		cpSync(join(r.root, 'repo'), join(r.root, 'clone'), { recursive: true });
		rmSync(join(r.root, 'repo'), { recursive: true });
		cpSync(join(r.root, 'clone'), join(r.root, 'repo'), { recursive: true });
		rmSync(join(r.root, 'controller'), { recursive: true });
		expect(statuses(await r.hsctl(apply))).toEqual({ 'hotfix.once': 'ok' });
		expect(r.lines('ran')).toHaveLength(1);
	});

	it('does not run twice when another playbook has a unit of the same name: each keeps its own memory (1)', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		await r.playbook('  fix: { script: hotfixes/one.sh }\n', {
			one: 'echo one >>$MARKS/ran\n',
			two: 'echo two >>$MARKS/ran\n',
		});
		const inventory = `inventory: { groups: { g: { hosts: { box: { connection: local, state_dir: ${r.state} } } } } }`;
		r.write({
			'q.yaml': `hsctl: 1\nname: q\nhosts: box\n${inventory}\nhotfixes:\n  fix: { script: hotfixes/two.sh }\n`,
		});
		await r.hsctl(['lock']);
		for (const playbook of ['p.yaml', 'q.yaml', 'p.yaml', 'q.yaml']) await r.hsctl(['apply', playbook, '--yes']);
		expect(r.lines('ran')).toEqual(['one', 'two']);
	});

	it('is tried again after a failure', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  shaky: {}\n', { shaky: 'echo x >>$MARKS/ran\n[ -e $MARKS/mended ]\n' });
		const first = await r.hsctl(apply);
		expect([first.code, statuses(first)]).toEqual([5, { 'hotfix.shaky': 'failed' }]);
		writeFileSync(join(r.marks, 'mended'), '');
		const second = await r.hsctl(apply);
		expect([second.code, statuses(second)]).toEqual([0, { 'hotfix.shaky': 'changed' }]);
		expect(r.lines('ran')).toHaveLength(2);
	});

	it('is tried again when its own half-done work turned its condition round, instead of being skipped for ever (7)', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		const script = 'echo conf >$MARKS/logrotate\necho x >>$MARKS/ran\n[ -e $MARKS/mended ]\n';
		await r.playbook('  logrotate:\n    when: { file_exists: { path: $MARKS/logrotate, invert: true } }\n', {
			logrotate: script,
		});
		expect(statuses(await r.hsctl(apply))).toEqual({ 'hotfix.logrotate': 'failed' });
		writeFileSync(join(r.marks, 'mended'), '');
		expect(statuses(await r.hsctl(apply))).toEqual({ 'hotfix.logrotate': 'changed' });
		expect(statuses(await r.hsctl(apply))).toEqual({ 'hotfix.logrotate': 'ok' });
		expect(r.lines('ran')).toHaveLength(2);
	});

	it('says when its script has changed since it ran, and runs it again only with run: on_change', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		await r.playbook('  fix: {}\n', { fix: mark });
		await r.hsctl(apply);
		await r.playbook('  fix: {}\n', { fix: `${mark}# changed\n` });
		const plan = await r.hsctl(['plan', 'p.yaml']);
		expect(plan.stdout).toMatch(/changed since it ran/);
		expect(statuses(await r.hsctl(apply))).toEqual({ 'hotfix.fix': 'skipped' });
		await r.playbook('  fix: { run: on_change }\n', { fix: `${mark}# changed\n` });
		expect(statuses(await r.hsctl(apply))).toEqual({ 'hotfix.fix': 'changed' });
		expect(statuses(await r.hsctl(apply))).toEqual({ 'hotfix.fix': 'ok' });
		expect(r.lines('ran')).toHaveLength(2);
	});

	it('that fails does not stop the others, blocks by name what needs it down to the grandchild, and is not hidden by their success (11)', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		await r.playbook(
			'  bad: {}\n  child: { needs: [hotfix.bad] }\n  grandchild: { needs: [hotfix.child] }\n  good: {}\n',
			{
				bad: 'exit 3\n',
				child: mark,
				grandchild: mark,
				good: mark,
			},
		);
		const ran = await r.hsctl(apply);
		expect(ran.code).toBe(5);
		expect(statuses(ran)).toEqual({
			'hotfix.bad': 'failed',
			'hotfix.child': 'blocked',
			'hotfix.grandchild': 'blocked',
			'hotfix.good': 'changed',
		});
		expect(ran.stdout).toContain('needs hotfix.bad');
		expect(r.lines('ran')).toHaveLength(1);
	});

	it('whose need was skipped by its condition is not blocked', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: { when: { file_exists: { path: /nowhere } } }\n  b: { needs: [hotfix.a] }\n', {
			a: mark,
			b: mark,
		});
		expect(statuses(await r.hsctl(apply))).toEqual({ 'hotfix.a': 'skipped', 'hotfix.b': 'changed' });
	});

	it('with a condition of an unknown kind is refused before anything runs, instead of counting as a success (12)', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		await r.playbook('  ok: {}\n', { ok: mark, manual: mark });
		r.write({
			'p.yaml': 'hsctl: 1\nname: p\nhotfixes:\n  ok: {}\n  manual: { when: { manual: { description: by hand } } }\n',
		});
		const ran = await r.hsctl(apply);
		expect(ran.code).toBe(3);
		expect(ran.stderr).toContain('manual');
		expect(r.lines('ran')).toEqual([]);
	});

	it.for([
		['fail', 'failed', 5],
		['skip', 'skipped', 0],
		['run', 'changed', 0],
	] as const)(
		'whose module is not there is not run by accident: if_missing: %s makes it %s (12, 13)',
		async ([policy, status, code], { onTestFinished }) => {
			const r = rig(onTestFinished);
			await r.playbook(
				`  gogs: { when: { module_schema: { module: gogs-${r.root.slice(-6)}, max_version: "0.1.7", if_missing: ${policy} } } }\n`,
				{ gogs: mark },
			);
			const ran = await r.hsctl(apply);
			expect([statuses(ran), ran.code]).toEqual([{ 'hotfix.gogs': status }, code]);
		},
	);

	it('whose program hangs, prints no version or is not there fails by default, and the others go on (12)', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		const binary = (name: string) => `{ binary_version: { binary: ${join(r.marks, name)}, below: "2.0.0" } }`;
		await r.playbook(`  silent: { when: ${binary('silent')} }\n  gone: { when: ${binary('gone')} }\n  fine: {}\n`, {
			silent: mark,
			gone: mark,
			fine: mark,
		});
		writeFileSync(join(r.marks, 'silent'), '#!/bin/sh\necho no number here\n', { mode: 0o755 });
		const ran = await r.hsctl(apply);
		expect(ran.code).toBe(5);
		expect(statuses(ran)).toEqual({ 'hotfix.silent': 'failed', 'hotfix.gone': 'failed', 'hotfix.fine': 'changed' });
	});

	it('ends with its whole family at the timeout, and keeps what it printed before (28)', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		const family = 'echo before\n(trap "" TERM; while :; do echo x >>$MARKS/grandchild; sleep 0.1; done) &\nsleep 60\n';
		await r.playbook('  slow: { timeout: 1s }\n', { slow: family });
		const ran = await r.hsctl(apply);
		expect([ran.code, statuses(ran)]).toEqual([5, { 'hotfix.slow': 'failed' }]);
		expect(ran.stdout).toContain('did not end within 1s');
		expect(ran.stdout).toContain('"text":"before\\n"');
		const count = r.lines('grandchild').length;
		await new Promise(tick => setTimeout(tick, 400));
		expect(r.lines('grandchild')).toHaveLength(count);
	}, 30_000);

	it('keeps what it printed when it fails, on both streams (28)', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  bad: {}\n', { bad: 'echo to stdout\necho to stderr >&2\nexit 7\n' });
		const ran = await r.hsctl(['apply', 'p.yaml', '--yes']);
		expect(ran.code).toBe(5);
		expect(ran.stdout).toContain('to stderr');
		expect(ran.stdout).toMatch(/exit 7/);
		expect((await r.hsctl(['logs', 'last'])).stdout).toContain('to stdout');
	});

	it('B6: killed between its work and its receipt is honestly unknown, and is not run again behind our back (2)', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		// The fix has done its work, so its condition no longer says run: only a person can say what to do.
		await r.playbook('  fix:\n    when: { file_exists: { path: $MARKS/ran, invert: true } }\n', {
			fix: 'echo x >>$MARKS/ran\nkill -9 $(cut -d" " -f1 "$(dirname "$0")/run/super")\n',
		});
		await r.hsctl(apply);
		expect(r.lines('ran')).toHaveLength(1);
		const ran = await r.hsctl(apply);
		expect([ran.code, statuses(ran)]).toEqual([6, { 'hotfix.fix': 'unknown' }]);
		expect(r.lines('ran')).toHaveLength(1);
		const settled = await r.hsctl([...apply, '--answer', 'hotfix.fix=done']);
		expect([settled.code, statuses(settled)]).toEqual([0, { 'hotfix.fix': 'ok' }]);
		expect(statuses(await r.hsctl(apply))).toEqual({ 'hotfix.fix': 'ok' });
		expect(r.lines('ran')).toHaveLength(1);
	});

	it('is settled by a word given to `resume`, too', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  fix: {}\n', {
			fix: 'echo x >>$MARKS/ran\nkill -9 $(cut -d" " -f1 "$(dirname "$0")/run/super")\n',
		});
		await r.hsctl(apply);
		const settled = await r.hsctl(['resume', '--yes', '--json', '--answer', 'hotfix.fix=done']);
		expect([settled.code, statuses(settled)]).toEqual([0, { 'hotfix.fix': 'ok' }]);
		expect(r.lines('ran')).toHaveLength(1);
	});

	it('D10: whose receipt is cut off is unknown, never new (3)', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  fix:\n    when: { file_exists: { path: $MARKS/ran, invert: true } }\n', { fix: mark });
		await r.hsctl(apply);
		damageReceipts(r);
		const ran = await r.hsctl(apply);
		expect([ran.code, statuses(ran)]).toEqual([6, { 'hotfix.fix': 'unknown' }]);
		expect(r.lines('ran')).toHaveLength(1);
	});

	it('D10: whose receipt has a flipped bit is asked about, and a word heals it', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  fix: { undo: hotfixes/undo.sh }\n', { fix: mark, undo: 'echo undone >>$MARKS/ran\n' });
		const run = async (...words: readonly string[]) => {
			const ran = await here(r, words);
			return [ran.code, statuses(ran)];
		};
		await r.hsctl(apply);
		const [name = ''] = readdirSync(join(r.state, 'receipts'));
		const receipt = join(r.state, 'receipts', name);
		const flip = /("machine_id":")(.)/;
		writeFileSync(
			receipt,
			readFileSync(receipt, 'utf8').replace(flip, (_, before, sign) => before + other(sign)),
		);
		expect(await run(...apply)).toEqual([6, { 'hotfix.fix': 'unknown' }]);
		expect(await run('rollback', 'hotfix.fix', '--yes', '--json')).toEqual([5, { 'hotfix.fix': 'failed' }]);
		expect(r.lines('ran')).toEqual(['x']);
		expect(await run(...apply, '--answer', 'hotfix.fix=retry')).toEqual([0, { 'hotfix.fix': 'changed' }]);
		expect(await run(...apply)).toEqual([0, { 'hotfix.fix': 'ok' }]);
		expect(r.lines('ran')).toEqual(['x', 'x']);
	});

	it('B1: goes on when its controller is killed, and the next apply finds it running or done', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		await r.playbook('  slow: {}\n', {
			slow: 'echo begun >>$MARKS/ran\nwhile [ ! -e $MARKS/go ]; do sleep 0.05; done\necho ended >>$MARKS/ran\n',
		});
		const controller = r.start(apply);
		const ended = finish(controller);
		await until(() => r.lines('ran').includes('begun'));
		controller.kill('SIGKILL');
		await ended;
		const meanwhile = await r.hsctl(apply);
		expect([meanwhile.code, statuses(meanwhile)]).toEqual([7, { 'hotfix.slow': 'refused' }]);
		writeFileSync(join(r.marks, 'go'), '');
		const attached = await r.hsctl(['attach', 'last']);
		await until(() => r.lines('ran').includes('ended'));
		expect(attached.code).not.toBe(1);
		await until(() => readdirSync(join(r.state, 'receipts')).length === 1);
		expect(statuses(await r.hsctl(apply))).toEqual({ 'hotfix.slow': 'ok' });
		expect(r.lines('ran')).toEqual(['begun', 'ended']);
	});

	it('may target anything: it gets variables, its own environment and a stdin, byte for byte', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		await r.playbook(
			'  all:\n    env: { OWN: "a \'quoted\' $(value)\\nof two lines" }\n    stdin: "in ${vars.name} --"\n',
			{ all: 'printf "%s|%s|" "$OWN" "$HSCTL_VAR_NAME" >$MARKS/got; cat >>$MARKS/got\n' },
			'vars: { name: "-n `x`" }\n',
		);
		expect((await r.hsctl(apply)).code).toBe(0);
		expect(r.lines('got').join('\n')).toBe("a 'quoted' $(value)\nof two lines|-n `x`|in -n `x` --");
	});

	it('is taken back by its undo script, and then done again when asked', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  fix: { undo: hotfixes/unfix.sh }\n', { fix: mark, unfix: 'echo undone >>$MARKS/ran\n' });
		await r.hsctl(apply);
		const undone = await r.hsctl(['rollback', 'hotfix.fix', '--yes', '--json']);
		expect([undone.code, statuses(undone)]).toEqual([0, { 'hotfix.fix': 'changed' }]);
		expect(statuses(await r.hsctl(['rollback', 'hotfix.fix', '--yes', '--json']))).toEqual({ 'hotfix.fix': 'ok' });
		expect(statuses(await r.hsctl(apply))).toEqual({ 'hotfix.fix': 'changed' });
		expect(r.lines('ran')).toEqual(['x', 'undone', 'x']);
	});
});

/** Another letter, one bit away. */
const other = (sign: string): string => String.fromCharCode(sign.charCodeAt(0) ^ 1);

function damageReceipts(r: Rig): void {
	const folder = join(r.state, 'receipts');
	for (const name of readdirSync(folder)) truncateSync(join(folder, name), 40);
	// The job's own record of its end is gone with the run it belonged to.
	rmSync(join(r.state, 'jobs'), { recursive: true });
}
