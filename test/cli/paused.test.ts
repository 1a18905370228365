import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { finish, type Rig, rig, statuses, until } from './rig.ts';

const apply = ['apply', 'p.yaml', '--yes', '--json'];

/** Two hosts; on each, `b` waits until `a` has ended on both. On `crate`, `a` waits until it is let go. */
async function twoHosts(r: Rig): Promise<void> {
	const host = (name: string) => `${name}: { connection: local, state_dir: ${r.root}/${name} }`;
	r.write({
		'hsctl.config.yaml': 'hsctl: 1\n',
		'p.yaml': `hsctl: 1
name: p
hosts: all_of_us
inventory: { groups: { all_of_us: { hosts: { ${host('box')}, ${host('crate')} } } } }
hotfixes:
  a: {}
  b: { needs: [{ unit: hotfix.a, hosts: all }] }
`,
		'hotfixes/a.sh': `case $0 in ${r.root}/crate/*) touch $MARKS/waits; until [ -e $MARKS/go ]; do sleep 0.02; done ;; esac\n`,
		'hotfixes/b.sh': 'echo "$0" >>$MARKS/ran\n',
	});
	const locked = await r.hsctl(['lock']);
	if (locked.code !== 0) throw new Error(locked.stderr);
}

describe('a controller that was stopped and wakes up late', () => {
	it('F2: finds that another one has done its work, and does none of it again', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await twoHosts(r);
		const paused = r.start(apply);
		const ended = finish(paused);
		await until(() => existsSync(join(r.marks, 'waits')));
		paused.kill('SIGSTOP');
		await until(() => /\nState:\s+T/.test(readFileSync(`/proc/${paused.pid}/status`, 'utf8')));
		writeFileSync(join(r.marks, 'go'), '');
		// Another controller: the paused one may have been stopped while it held its history locked.
		const applyElsewhere = () => r.hsctl(apply, { XDG_STATE_HOME: join(r.root, 'other-controller') });
		// What the paused one has begun ends by itself; until then the other one is refused there.
		let other = await applyElsewhere();
		while (other.code === 7) other = await applyElsewhere();
		expect([other.code, r.lines('ran').length]).toEqual([0, 2]);
		paused.kill('SIGCONT');
		const late = await ended;
		expect([late.code, statuses(late)]).toEqual([7, { 'hotfix.a': 'changed', 'hotfix.b': 'refused' }]);
		expect(late.stdout).toContain('another run has started it since the plan was made');
		expect(r.lines('ran')).toHaveLength(2);
	});

	it.runIf(process.env.HSCTL_LONG)(
		'is named as what others wait for when it was stopped while it wrote its history',
		async ({ onTestFinished }) => {
			const r = rig(onTestFinished);
			await r.playbook('  a: {}\n', { a: 'echo ran >>$MARKS/ran\n' });
			expect((await r.hsctl(apply)).code).toBe(0);
			const paused = new DatabaseSync(join(r.root, 'controller/hsctl/controller/history.sqlite'));
			onTestFinished(() => paused.close());
			paused.exec('BEGIN IMMEDIATE');
			await r.playbook('  a: {}\n', { a: 'echo again >>$MARKS/ran\n' });
			const refused = await r.hsctl(apply);
			expect([refused.code, refused.stderr]).toEqual([
				7,
				expect.stringContaining('in the middle of writing the history'),
			]);
			expect(r.lines('ran')).toHaveLength(1);
		},
		60_000,
	);
});
