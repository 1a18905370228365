import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rig, statuses } from './rig.ts';

const mark = 'echo x >>$MARKS/ran\n';

describe.concurrent('hsctl plan', () => {
	it('writes nothing on the host: not a folder, not a file', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n  b: { when: { file_exists: { path: /etc/os-release } } }\n', { a: mark, b: mark });
		const before = execFileSync('find', [r.root], { encoding: 'utf8' });
		const ran = await r.hsctl(['plan', 'p.yaml']);
		expect(ran.code).toBe(0);
		expect(ran.stdout).toContain('Nothing was written anywhere.');
		expect(execFileSync('find', [r.root], { encoding: 'utf8' })).toBe(before);
	});

	it('says why for every unit, and what a run would come to', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook(
			'  yes: { when: { file_exists: { path: /etc/os-release } } }\n  no: { when: { file_exists: { path: /nowhere } } }\n',
			{ yes: mark, no: mark },
		);
		const { stdout } = await r.hsctl(['plan', 'p.yaml']);
		expect(stdout).toMatch(/hotfix\.yes\s+run\s+\/etc\/os-release exists/);
		expect(stdout).toMatch(/hotfix\.no\s+skip\s+\/nowhere does not exist/);
		expect(stdout).toContain('Plan: 1 to run, 1 to skip on 1 host.');
	});

	it('exits 2 with --detailed-exitcode only when something is to be done', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: mark });
		expect((await r.hsctl(['plan', 'p.yaml', '--detailed-exitcode'])).code).toBe(2);
		await r.hsctl(['apply', 'p.yaml', '--yes']);
		expect((await r.hsctl(['plan', 'p.yaml', '--detailed-exitcode'])).code).toBe(0);
	});

	it('shows effective values and the way from rule to fact to value to line with --verbose', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: { when: { file_exists: { path: /etc/os-release } } }\n', { a: mark });
		const { stdout } = await r.hsctl(['plan', 'p.yaml', '-v']);
		expect(stdout).toMatch(/once.*timeout 5m/);
		expect(stdout).toMatch(/p\.yaml:6/);
		const explained = await r.hsctl(['explain', 'box', 'hotfix.a', '--playbook', 'p.yaml']);
		expect(explained.stdout).toContain('/etc/os-release exists');
	});

	it('of a unit that needs another one which will run says that its condition is looked at again', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		await r.playbook(
			'  a: {}\n  b: { needs: [hotfix.a], when: { file_exists: { path: $MARKS/made-by-a } } }\n'.replaceAll(
				'$MARKS',
				r.marks,
			),
			{
				a: 'touch $MARKS/made-by-a\n',
				b: mark,
			},
		);
		expect((await r.hsctl(['plan', 'p.yaml'])).stdout).toMatch(/hotfix\.b\s+skip[\s\S]*again/);
		expect(statuses(await r.hsctl(['apply', 'p.yaml', '--yes', '--json']))).toEqual({
			'hotfix.a': 'changed',
			'hotfix.b': 'changed',
		});
		expect(r.lines('ran')).toHaveLength(1);
	});

	it.for([
		['modules', 'modules: { all: { children: [m] }, m: { source: modules/m, version: "1.0.0" } }\n', 'modul'],
		['patch', 'patch: { scope: all }\n', 'patch'],
		['reboot', 'reboot: { when: required }\n', 'reboot'],
		['rollout', 'rollout: { budget: "10%" }\n', 'rollout'],
		['exceptions', 'exceptions: { k: { packages: [linux], reason: driver } }\n', 'exceptions'],
		[
			'windows and schedules',
			'windows: { w: { cron: "0 3 * * 0", duration: 3h } }\nschedules: { s: { window: w } }\n',
			'schedules',
		],
	] as const)('refuses by name what this version cannot execute: %s', async ([, section, word], { onTestFinished }) => {
		const r = rig(onTestFinished);
		r.write({
			'modules/m/module.yaml': 'name: m\nversion: "1.0.0"\nsteps: [ { script: do.sh } ]\n',
			'modules/m/do.sh': mark,
		});
		await r.playbook('  a: {}\n', { a: mark }, section);
		expect((await r.hsctl(['validate', 'p.yaml'])).code).not.toBe(1);
		for (const verb of [['plan'], ['apply', '--yes']]) {
			const ran = await r.hsctl([...verb, 'p.yaml']);
			expect([ran.code, ran.stderr]).toEqual([3, expect.stringContaining(word)]);
		}
		expect(r.lines('ran')).toEqual([]);
	});

	it('refuses a host that it cannot reach yet, by name', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		r.write({
			'hsctl.config.yaml': 'hsctl: 1\n',
			'p.yaml':
				'hsctl: 1\nname: p\nhosts: web1\ninventory: { groups: { web: { hosts: { web1: { connection: lxc, on: localhost, vmid: 101 } } } } }\nhotfixes: { a: {} }\n',
			'hotfixes/a.sh': mark,
		});
		await r.hsctl(['lock']);
		const ran = await r.hsctl(['plan', 'p.yaml']);
		expect([ran.code, ran.stderr]).toEqual([3, expect.stringMatching(/web1.*lxc/)]);
	});
});

describe.concurrent('a saved plan', () => {
	it('is applied as it is', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: mark });
		expect((await r.hsctl(['plan', 'p.yaml', '-o', 'saved.plan'])).code).toBe(0);
		expect((await r.hsctl(['show', 'saved.plan'])).stdout).toContain('hotfix.a');
		expect((await r.hsctl(['apply', 'saved.plan'])).code).toBe(0);
		expect(r.lines('ran')).toHaveLength(1);
	});

	it('is refused when a fact that it rests on has changed, and the fact is named', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook(
			'  a: { when: { file_exists: { path: $MARKS/here, invert: true } } }\n'.replaceAll('$MARKS', r.marks),
			{ a: mark },
		);
		await r.hsctl(['plan', 'p.yaml', '-o', 'saved.plan']);
		writeFileSync(join(r.marks, 'here'), '');
		const ran = await r.hsctl(['apply', 'saved.plan']);
		expect([ran.code, ran.stderr]).toEqual([7, expect.stringContaining(`file_exists ${r.marks}/here`)]);
		expect(r.lines('ran')).toEqual([]);
	});

	it('H1: is refused when its script has changed since, and runs nothing', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: mark });
		await r.hsctl(['plan', 'p.yaml', '-o', 'saved.plan']);
		await r.playbook('  a: {}\n', { a: `${mark}# other\n` });
		const ran = await r.hsctl(['apply', 'saved.plan']);
		expect([ran.code, ran.stderr]).toEqual([7, expect.stringContaining('hotfixes/a.sh')]);
		expect(r.lines('ran')).toEqual([]);
	});

	it('is good for one time: what it has done makes it untrue', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: mark });
		await r.hsctl(['plan', 'p.yaml', '-o', 'saved.plan']);
		await r.hsctl(['apply', 'saved.plan']);
		expect((await r.hsctl(['apply', 'saved.plan'])).code).toBe(7);
		expect(r.lines('ran')).toHaveLength(1);
	});

	it('holds no secrets of the machine beyond what was looked at, and survives JSON', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: mark });
		await r.hsctl(['plan', 'p.yaml', '-o', 'saved.plan']);
		const saved = JSON.parse(readFileSync(join(r.root, 'repo/saved.plan'), 'utf8'));
		const printed = JSON.parse((await r.hsctl(['plan', 'p.yaml', '--json'])).stdout);
		expect({ ...saved, created_at: '' }).toEqual({ ...printed, created_at: '' });
	});
});
