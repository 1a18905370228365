import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rig, statuses } from './rig.ts';

const mark = 'echo x >>$MARKS/ran\n';
const apply = ['apply', 'p.yaml', '--yes', '--json'];

describe.concurrent('the lock file', () => {
	it('pins every script and undo script; --check agrees right afterwards', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: { undo: hotfixes/b.sh }\n', { a: mark, b: mark });
		expect(Object.keys(JSON.parse(readFileSync(join(r.root, 'repo/hsctl.lock'), 'utf8')).files)).toEqual([
			'hotfixes/a.sh',
			'hotfixes/b.sh',
		]);
		expect((await r.hsctl(['lock', '--check'])).code).toBe(0);
	});

	it('says how much it pins, and nothing with --quiet', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: mark });
		expect((await r.hsctl(['lock'])).stdout).toBe('hsctl.lock pins 1 script or file, 0 modules.\n');
		for (const words of [
			['lock', '-q'],
			['lock', '--check', '-q'],
		])
			expect(await r.hsctl(words)).toEqual({ code: 0, stdout: '', stderr: '' });
	});

	it.for([
		['changed', 'HS1403'],
		['new', 'HS1402'],
		['gone', 'HS1404'],
	] as const)('--check fails when a script is %s, and writes nothing', async ([what, code], { onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n  b: {}\n', { a: mark, b: mark });
		const before = readFileSync(join(r.root, 'repo/hsctl.lock'), 'utf8');
		if (what === 'changed') appendFileSync(join(r.root, 'repo/hotfixes/a.sh'), '# more\n');
		else
			r.write({
				'p.yaml': `hsctl: 1\nname: p\nhotfixes:\n  a: {}\n${what === 'new' ? '  b: {}\n  c: { script: hotfixes/c.sh }\n' : ''}`,
				'hotfixes/c.sh': mark,
			});
		const ran = await r.hsctl(['lock', '--check']);
		expect([ran.code, ran.stderr]).toEqual([3, expect.stringContaining(code)]);
		expect(readFileSync(join(r.root, 'repo/hsctl.lock'), 'utf8')).toBe(before);
	});

	it('H1, H3: is what apply goes by: without it, not pinned, or changed, a unit is refused and the others go on', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n  b: {}\n', { a: 'echo a >>$MARKS/ran\n', b: 'echo b >>$MARKS/ran\n' });
		appendFileSync(join(r.root, 'repo/hotfixes/a.sh'), '# tampered\n');
		const tampered = await r.hsctl(apply);
		expect([tampered.code, statuses(tampered)]).toEqual([7, { 'hotfix.a': 'refused', 'hotfix.b': 'changed' }]);
		rmSync(join(r.root, 'repo/hsctl.lock'));
		const without = await r.hsctl(apply);
		expect([without.code, statuses(without)]).toEqual([7, { 'hotfix.a': 'refused', 'hotfix.b': 'ok' }]);
		expect(without.stderr).toContain('hsctl lock');
		expect(r.lines('ran')).toEqual(['b']);
	});

	it('H3: that is damaged is an error with its cure, not an empty one', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: mark });
		writeFileSync(join(r.root, 'repo/hsctl.lock'), '{ "format": ');
		const ran = await r.hsctl(apply);
		expect([ran.code, ran.stderr]).toEqual([3, expect.stringContaining('HS1405')]);
	});

	it.for([[['lock', '--check']], [['lock']]])(
		'that is damaged is neither compared nor overwritten by %j',
		async ([words = []], { onTestFinished }) => {
			const r = rig(onTestFinished);
			await r.playbook('  a: {}\n', { a: mark });
			writeFileSync(join(r.root, 'repo/hsctl.lock'), '{ "format": ');
			const ran = await r.hsctl(words);
			expect([ran.code, ran.stderr]).toEqual([3, expect.stringContaining('HS1405')]);
			expect(ran.stderr).not.toContain('HS1402');
			expect(readFileSync(join(r.root, 'repo/hsctl.lock'), 'utf8')).toBe('{ "format": ');
		},
	);
});
