import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { finish, type Rig, rig, statuses, until } from './rig.ts';

/** A run that works on the host until `go` is said. */
async function busy(r: Rig) {
	await r.playbook('  a: {}\n', {
		a: 'touch $MARKS/runs\nuntil [ -e $MARKS/go ]; do sleep 0.02; done\n',
		b: 'echo b >>$MARKS/ran\n',
	});
	r.write({ 'q.yaml': (await readText(r)).replace('name: p', 'name: q').replace('  a: {}', '  b: {}') });
	await r.hsctl(['lock']);
	const first = finish(r.start(['apply', 'p.yaml', '--yes', '--json']));
	await until(() => existsSync(join(r.marks, 'runs')));
	return { first, go: () => writeFileSync(join(r.marks, 'go'), '') };
}

const readText = async (r: Rig): Promise<string> =>
	(await import('node:fs/promises')).readFile(join(r.root, 'repo/p.yaml'), 'utf8');

describe.concurrent('F1: a second run on a host where one works', () => {
	it('is refused with 7, and told whose run it is', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		const { first, go } = await busy(r);
		const second = await r.hsctl(['apply', 'q.yaml', '--yes', '--json']);
		expect([second.code, statuses(second)]).toEqual([7, { 'hotfix.b': 'refused' }]);
		expect(second.stdout).toMatch(/another run works there: run 01\w{24} of \S+ on \S+ \(pid \d+\)/);
		go();
		expect((await first).code).toBe(0);
		expect(r.lines('ran')).toEqual([]);
	});

	it('waits with --wait, says for whom, and then does its work', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		const { first, go } = await busy(r);
		const waiting = r.start(['apply', 'q.yaml', '--yes', '--json', '--wait', '1m']);
		let said = '';
		waiting.stdout?.on('data', chunk => {
			said += String(chunk);
		});
		const second = finish(waiting);
		await until(() => /waits for another run there: run 01\w{24}/.test(said));
		expect(r.lines('ran')).toEqual([]);
		go();
		expect((await first).code).toBe(0);
		expect([(await second).code, statuses(await second)]).toEqual([0, { 'hotfix.b': 'changed' }]);
		expect(r.lines('ran')).toEqual(['b']);
	});

	it('waits no longer than it was told, and not behind a Ctrl-C', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		const { first, go } = await busy(r);
		const short = await r.hsctl(['apply', 'q.yaml', '--yes', '--json', '--wait', '300ms']);
		expect([short.code, statuses(short)]).toEqual([7, { 'hotfix.b': 'refused' }]);
		const waiting = r.start(['apply', 'q.yaml', '--yes', '--json', '--wait', '1h']);
		waiting.stdout?.on('data', chunk => {
			if (String(chunk).includes('waits for another run')) waiting.kill('SIGINT');
		});
		expect((await finish(waiting)).code).toBe(130);
		go();
		await first;
		expect(r.lines('ran')).toEqual([]);
	});
});

describe.concurrent('locks and unlock', () => {
	const asks = ['--playbook', 'p.yaml'];

	it('show who holds a lock and for how long, and take it away by its id only', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		const { first, go } = await busy(r);
		const shown = await r.hsctl(['locks', ...asks]);
		expect(shown.code).toBe(0);
		const [, id = ''] = /^box +\S+ +\S+ on \S+ +working +(1-01\w{24})$/m.exec(shown.stdout) ?? [];
		expect(shown.stdout).toContain('1 lock held, 0 free');
		const json = JSON.parse((await r.hsctl(['locks', ...asks, '--json'])).stdout);
		expect(json).toMatchObject({ format: 'hsctl/locks/v1', hosts: [{ host: 'box', kind: 'held', lock: id }] });

		const nameless = await r.hsctl(['unlock', 'box', ...asks, '--yes']);
		expect([nameless.code, nameless.stderr]).toEqual([3, expect.stringContaining(`hsctl unlock box ${id}`)]);
		const other = await r.hsctl(['unlock', 'box', `2${id.slice(1)}`, ...asks, '--yes']);
		expect([other.code, other.stderr]).toEqual([3, expect.stringContaining('box has no lock 2-01')]);
		const silent = await r.hsctl(['unlock', 'box', id, ...asks]);
		expect([silent.code, silent.stderr]).toEqual([3, expect.stringContaining('--yes')]);

		const taken = await r.hsctl(['unlock', 'box', id, ...asks, '--yes']);
		expect([taken.code, taken.stderr]).toEqual([0, expect.stringContaining('the lock of box is free')]);
		const second = await r.hsctl(['apply', 'q.yaml', '--yes', '--json']);
		expect(statuses(second)).toEqual({ 'hotfix.b': 'changed' });
		go();
		expect((await first).code).toBe(0);
		const again = await r.hsctl(['unlock', 'box', id, ...asks, '--yes']);
		expect([again.code, again.stderr]).toEqual([0, 'hsctl: nobody holds the lock of box\n']);
	});

	it('say which hosts do not answer', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		r.write({
			'hsctl.config.yaml': 'hsctl: 1\n',
			'i.yaml': 'groups: { g: { hosts: { gone: { address: 127.0.0.1, port: 9 } } } }\n',
		});
		const ran = await r.hsctl(['locks', '-i', 'i.yaml']);
		expect([ran.code, ran.stdout, ran.stderr]).toEqual([
			4,
			'0 locks held, 0 free\n',
			expect.stringContaining('hsctl: gone: '),
		]);
		expect((await r.hsctl(['unlock', 'gone', '-i', 'i.yaml'])).code).toBe(4);
		expect((await r.hsctl(['unlock', 'nowhere', '-i', 'i.yaml'])).code).toBe(3);
		r.write({
			'lxc.yaml': 'groups: { g: { hosts: { node: {}, guest: { connection: lxc, on: node, vmid: 101 } } } }\n',
		});
		const guest = await r.hsctl(['locks', '-i', 'lxc.yaml']);
		expect([guest.code, guest.stderr]).toEqual([3, expect.stringContaining('guest is reached by `connection: lxc`')]);
	});
});
