import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Rig, rig, statuses } from './rig.ts';

/** `p` and `q`, which differ in name and in the text of their `hotfixes:` map. */
async function two(r: Rig, p: string, q: string, scripts: Readonly<Record<string, string>>): Promise<void> {
	await r.playbook(p, scripts);
	const text = readFileSync(join(r.root, 'repo/p.yaml'), 'utf8');
	r.write({ 'q.yaml': text.replace('name: p', 'name: q').replace(p, q) });
	await r.hsctl(['lock']);
}

describe.concurrent('several playbooks in one apply', () => {
	it('the second is planned again behind the first: what that has made true counts', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		const [makes, waits] = ['  a: {}\n', `  b: { when: { file_exists: { path: ${r.marks}/made } } }\n`];
		await two(r, makes, waits, { a: 'touch $MARKS/made\n', b: 'echo b >>$MARKS/ran\n' });
		const ran = await r.hsctl(['apply', 'p.yaml', 'q.yaml', '--yes', '--json']);
		expect([ran.code, statuses(ran), ran.stderr]).toEqual([
			0,
			{ 'hotfix.a': 'changed', 'hotfix.b': 'changed' },
			expect.stringContaining('the plan of q.yaml has changed by what was done before it'),
		]);
		expect(r.lines('ran')).toEqual(['b']);
	});

	it('the same unit in both is no riddle for the second', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await two(r, '  a: {}\n', '  a: {}\n', { a: 'echo a >>$MARKS/ran\n' });
		const ran = await r.hsctl(['apply', 'p.yaml', 'q.yaml', '--yes', '--json']);
		expect([ran.code, ran.stdout.includes('another run has started it')]).toEqual([0, false]);
	});
});
