import { describe, expect, it } from 'vitest';
import { apply, type PoolRig, poolRig, reasons } from './pool-rig.ts';
import { statuses } from './rig.ts';

type OnTestFinished = Parameters<typeof poolRig>[0];

/** A pool, then something that waits for all hosts, then another pool: the host is come to twice. */
async function twoStages(onTestFinished: OnTestFinished, top = ''): Promise<PoolRig> {
	const r = poolRig(onTestFinished, { hosts: ['bag'] });
	r.files({ a: 'new a\n', b: 'new b\n' });
	await r.playbook(
		`  first:
    files: [ { src: files/a, dest: "$T/\${host.name}/a" } ]
  second:
    needs: [ { unit: pool.first, hosts: all } ]
    files: [ { src: files/b, dest: "$T/\${host.name}/b" } ]
`,
		top,
	);
	return r;
}

const filesOf = (r: PoolRig) => ['box/a', 'box/b', 'bag/a', 'bag/b'].map(name => r.read(name) !== undefined);

describe.concurrent('pools of a run that comes to its hosts in several parts', () => {
	it('are all taken back when the commands at the end say no', async ({ onTestFinished }) => {
		const r = await twoStages(onTestFinished, 'verify: { check: ["false"], on_failure: rollback_pools }\n');
		const ran = await r.run(...apply);
		expect([ran.code, filesOf(r)]).toEqual([5, [false, false, false, false]]);
		const back = { 'pool.first': 'rolled_back', 'pool.second': 'rolled_back', verify: 'rolled_back' };
		expect(statuses(ran)).toEqual(back);
	});

	it('are verified when only an earlier part has changed something', async ({ onTestFinished }) => {
		const r = await twoStages(onTestFinished, 'verify: { check: ["test ! -e $T/bad"], on_failure: rollback_pools }\n');
		await r.run(...apply);
		r.files({ a: 'newer a\n' });
		r.put({ bad: '' });
		await r.run('lock');
		const ran = await r.run(...apply);
		expect([ran.code, statuses(ran).verify]).toEqual([5, 'rolled_back']);
		expect([r.read('box/a'), r.read('box/b')]).toEqual(['new a\n', 'new b\n']);
	});

	it('are taken back with their run', async ({ onTestFinished }) => {
		const r = await twoStages(onTestFinished);
		const done = await r.run(...apply);
		expect(filesOf(r)).toEqual([true, true, true, true]);
		const run: string = JSON.parse(done.stdout.split('\n')[1] ?? '').run;
		const back = await r.run('rollback', run, '--yes', '--json');
		expect([back.code, reasons(back), filesOf(r)]).toEqual([
			0,
			expect.objectContaining({ 'pool.second': expect.stringContaining('1 to remove') }),
			[false, false, false, false],
		]);
	});
});
