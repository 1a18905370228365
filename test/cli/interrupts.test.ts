import { describe, expect, it } from 'vitest';
import { finish, type Rig, rig, statuses, until } from './rig.ts';

const slow =
	'echo begun >>$MARKS/ran\nfor i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ -e $MARKS/go ] && break; sleep 0.1; done\necho ended >>$MARKS/ran\n';
const apply = ['apply', 'p.yaml', '--yes', '--json'];

/** Ctrl-C, and the words that have to come at once. */
async function press(child: ReturnType<Rig['start']>, words: string): Promise<void> {
	let said = '';
	child.stderr?.on('data', chunk => {
		said += String(chunk);
	});
	child.kill('SIGINT');
	await until(() => said.includes(words));
}

describe.concurrent('Ctrl-C', () => {
	it('B3: once: what runs goes on to its end, nothing new starts, exit 130', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n  b: {}\n', { a: slow, b: 'echo b >>$MARKS/ran\n' });
		const child = r.start(apply);
		const ended = finish(child);
		await until(() => r.lines('ran').includes('begun'));
		child.kill('SIGINT');
		const ran = await ended;
		expect([ran.code, statuses(ran)]).toEqual([130, { 'hotfix.a': 'changed', 'hotfix.b': 'not_started' }]);
		expect(r.lines('ran')).toEqual(['begun', 'ended']);
		expect(statuses(await r.hsctl(apply))).toEqual({ 'hotfix.a': 'ok', 'hotfix.b': 'changed' });
	});

	it('B3: twice: what runs is ended on the host, and says so', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: 'echo begun >>$MARKS/ran\nsleep 60\necho ended >>$MARKS/ran\n' });
		const child = r.start(apply);
		const ended = finish(child);
		await until(() => r.lines('ran').includes('begun'));
		await press(child, 'stopping: what runs goes on');
		await press(child, 'cancelling on the hosts');
		const ran = await ended;
		expect([ran.code, statuses(ran)]).toEqual([130, { 'hotfix.a': 'failed' }]);
		expect(ran.stdout).toContain('cancelled');
		expect(r.lines('ran')).toEqual(['begun']);
	});

	it('B3: three times: we leave with 130, and `attach` tells the end that the host has recorded', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		const stubborn = `trap '' TERM\n${slow}`;
		await r.playbook('  a: {}\n', { a: stubborn });
		const child = r.start(apply);
		const ended = finish(child);
		await until(() => r.lines('ran').includes('begun'));
		await press(child, 'stopping: what runs goes on');
		await press(child, 'cancelling on the hosts');
		child.kill('SIGINT');
		const ran = await ended;
		expect([ran.code, statuses(ran)]).toEqual([130, {}]);
		expect(ran.stderr).toMatch(/hsctl attach 01/);
		const attached = await r.hsctl(['attach', 'last', '--json']);
		expect([attached.code, statuses(attached)]).toEqual([5, { 'hotfix.a': 'failed' }]);
		expect(attached.stdout).toContain('cancelled');
	});

	it('B4: from outside (SIGTERM): we leave at once with 143, say how to attach, and the host goes on', async ({
		onTestFinished,
	}) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: slow });
		const child = r.start(apply);
		const ended = finish(child);
		await until(() => r.lines('ran').includes('begun'));
		child.kill('SIGTERM');
		const ran = await ended;
		expect([ran.code, ran.stderr]).toEqual([143, expect.stringMatching(/hsctl attach 01/)]);
		await until(() => r.lines('ran').includes('ended'));
		const attached = await r.hsctl(['attach', 'last', '--json']);
		expect(attached.code).toBe(0);
		expect(statuses(await r.hsctl(apply))).toEqual({ 'hotfix.a': 'ok' });
		expect(r.lines('ran')).toEqual(['begun', 'ended']);
	});
});
