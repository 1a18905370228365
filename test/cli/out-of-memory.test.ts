import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cgroup } from '../lab/cgroup.ts';
import { finish, rig, statuses, until } from './rig.ts';

const apply = ['apply', 'p.yaml', '--yes', '--json'];
const mebibyte = 1024 * 1024;

describe('without memory (needs a memory control group)', () => {
	it('B2: a controller that the kernel kills ends nothing on the host, and the next one runs nothing twice', async ({
		onTestFinished,
		skip,
	}) => {
		// What it has already is not counted: one MiB more, and it goes.
		const little = cgroup('memory', mebibyte, onTestFinished);
		if (little === undefined) return skip('this machine lets nobody make a control group');
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n  b: {}\n', {
			a: 'echo begun >>$MARKS/ran\nwhile [ ! -e $MARKS/go ]; do echo 0123456789012345678901234567890123456789; done\necho ended >>$MARKS/ran\n',
			b: 'echo b >>$MARKS/ran\n',
		});
		const child = r.start(apply);
		const ended = finish(child);
		await until(() => r.lines('ran').includes('begun'));
		little.add(child.pid ?? 0);
		await ended;
		expect(child.signalCode).toBe('SIGKILL');
		writeFileSync(join(r.marks, 'go'), '');
		await until(() => r.lines('ran').includes('b'));
		const next = await r.hsctl(apply);
		expect([next.code, statuses(next)]).toEqual([0, { 'hotfix.a': 'ok', 'hotfix.b': 'ok' }]);
		expect(r.lines('ran')).toEqual(['begun', 'ended', 'b']);
	});
});
