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

describe.concurrent('a second run on a host where one works (F1)', () => {
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
