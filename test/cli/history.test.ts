import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Rig, rig } from './rig.ts';

const mark = 'echo x >>$MARKS/ran\n';

async function repository(onTestFinished: Parameters<typeof rig>[0]): Promise<Rig> {
	const r = rig(onTestFinished);
	await r.playbook('  a: {}\n', { a: mark });
	return r;
}

describe.concurrent('a history that cannot be used', () => {
	it.for([['apply', 'p.yaml', '--yes'], ['history'], ['show', 'last'], ['rollback', 'hotfix.a', '--yes']])(
		'because it is damaged is told with its cure, and nothing is begun: %j',
		async (words, { onTestFinished }) => {
			const r = await repository(onTestFinished);
			mkdirSync(join(r.root, 'controller/hsctl/controller'), { recursive: true });
			writeFileSync(join(r.root, 'controller/hsctl/controller/history.sqlite'), 'not a database at all, '.repeat(99));
			const ran = await r.hsctl(words);
			expect([ran.code, ran.stdout]).toEqual([3, '']);
			expect(ran.stderr).toMatch(
				/HS1807: .*history\.sqlite: file is not a database\n.*`hsctl history --from-hosts`.*hosts keep the truth/,
			);
			expect(r.lines('ran')).toEqual([]);
		},
	);

	it('because its place is a file is told before a plan is shown', async ({ onTestFinished }) => {
		const r = await repository(onTestFinished);
		writeFileSync(join(r.root, 'taken'), '');
		const ran = await r.hsctl(['apply', 'p.yaml'], { XDG_STATE_HOME: join(r.root, 'taken') });
		expect([ran.code, ran.stdout]).toEqual([3, '']);
		expect(ran.stderr).toMatch(/HS1807: .*taken: it is not a folder\n.*XDG_STATE_HOME/);
	});
});

describe.concurrent('the history', () => {
	it.for([
		['history'],
		['history', '--json'],
		['show', 'last'],
		['logs'],
		['attach'],
		['plan', 'p.yaml'],
		['rollback', 'x'],
	])('is not made by a look: %j', async (words, { onTestFinished }) => {
		const r = await repository(onTestFinished);
		expect((await r.hsctl(words)).code).not.toBe(1);
		expect(existsSync(join(r.root, 'controller'))).toBe(false);
	});

	it('lies in the home where XDG_STATE_HOME is relative, as the XDG specification wants it', async ({
		onTestFinished,
	}) => {
		const r = await repository(onTestFinished);
		expect((await r.hsctl(['apply', 'p.yaml', '--yes'], { XDG_STATE_HOME: 'state' })).code).toBe(0);
		expect(readdirSync(join(r.root, 'home/.local/state/hsctl/controller'))).toContain('history.sqlite');
		expect(existsSync(join(r.root, 'repo/state'))).toBe(false);
	});
});

describe.concurrent('rollback', () => {
	it('of a run names each unit with its own reason', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n  b: { undo: hotfixes/back.sh }\n', { a: mark, b: mark, back: mark });
		await r.hsctl(['apply', 'p.yaml', '--yes']);
		await r.playbook('  a: {}\n  b: {}\n', { a: mark, b: mark });
		const ran = await r.hsctl(['rollback', 'last', '--yes']);
		expect([ran.code, ran.stderr]).toEqual([3, expect.stringMatching(/HS1806: .*hotfix\.b: .*; hotfix\.a: /)]);
	});
});
