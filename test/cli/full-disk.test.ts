import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { finish, type Rig, rig, until } from './rig.ts';

/** Writing to /dev/full fails as on a full disk. */
const toFullDisk = async (r: Rig, words: readonly string[]) => {
	const full = openSync('/dev/full', 'w');
	try {
		return await finish(r.start(words, {}, full));
	} finally {
		closeSync(full);
	}
};

const said = /^hsctl: stdout cannot be written: no space left on the device.*\n$/;

describe.concurrent('a history that cannot be written', () => {
	it('I2: because nothing fits there any more is said in words, before anything runs', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: 'echo a >>$MARKS/ran\n' });
		// Files cannot grow beyond a few hundred bytes (setrlimit(2)): SQLite meets it as it would a full disk.
		const limited = join(r.root, 'limited');
		writeFileSync(limited, `#!/bin/sh\nulimit -f 1\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 });
		const ran = await r.hsctl(['apply', 'p.yaml', '--yes'], { HSCTL_NODE: limited });
		expect([ran.code, ran.stderr]).toEqual([
			6,
			expect.stringMatching(/^hsctl: the history cannot be used: .*\n {2}= help: /),
		]);
		expect(r.lines('ran')).toEqual([]);
	});
});

describe.concurrent('stdout on a full disk', () => {
	it.for([['plan', 'p.yaml'], ['validate'], ['schema'], ['--help'], ['--version'], ['plan', '--help'], ['history']])(
		'I2: is said once, in words, and is no success: %j',
		async (words, { onTestFinished }) => {
			const r = rig(onTestFinished);
			await r.playbook('  a: {}\n', { a: 'true\n' });
			const ran = await toFullDisk(r, words);
			expect([ran.code, ran.stderr]).toEqual([6, expect.stringMatching(said)]);
		},
	);

	it.for([['--json'], ['--tui', 'off']])(
		'I2: does not end a run, and what it did is recorded: apply %j',
		async (flags, { onTestFinished }) => {
			const r = rig(onTestFinished);
			await r.playbook('  a: {}\n  b: {}\n', { a: 'echo a >>$MARKS/ran\n', b: 'echo b >>$MARKS/ran\n' });
			const ran = await toFullDisk(r, ['apply', 'p.yaml', '--yes', ...flags]);
			expect([ran.code, ran.stderr]).toEqual([6, expect.stringMatching(said)]);
			expect(r.lines('ran')).toEqual(['a', 'b']);
			const [run] = JSON.parse((await r.hsctl(['history', '--json'])).stdout).runs;
			expect(run).toMatchObject({ exit_code: 0 });
		},
	);

	it('I2: is another thing than a reader that has gone away, which is not worth a word', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: 'echo a >>$MARKS/ran\nsleep 0.3\necho late\n' });
		const child = r.start(['apply', 'p.yaml', '--yes', '--json']);
		const ended = finish(child);
		await until(() => r.lines('ran').length > 0);
		child.stdout?.destroy();
		const ran = await ended;
		expect([ran.code, ran.stderr]).toEqual([0, '']);
	});
});
