import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { finish, hsctlBin, type Ran, type Rig, rig } from './rig.ts';

const hasScript = process.env.CI !== undefined || spawnSync('script', ['--version']).status === 0;

/** On a terminal: types `keys` as soon as it is asked. What the person sees is all in `stdout`. */
function typed(r: Rig, words: readonly string[], keys: string): Promise<Ran> {
	const child = spawn('script', ['-qec', [hsctlBin, ...words].join(' '), '/dev/null'], {
		cwd: join(r.root, 'repo'),
		env: {
			PATH: process.env.PATH,
			HOME: join(r.root, 'home'),
			XDG_STATE_HOME: join(r.root, 'controller'),
			CI: 'true',
			TERM: 'xterm',
			SHELL: '/bin/sh',
		},
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	let seen = '';
	child.stdout.on('data', chunk => {
		const before = seen;
		seen += String(chunk);
		if (seen.includes('Type yes: ') && !before.includes('Type yes: ')) child.stdin.write(keys);
	});
	return finish(child);
}

describe.skipIf(!hasScript).concurrent('the question of apply, on a terminal (needs script)', () => {
	it.for([
		['Ctrl-C', '\x03', 130],
		['Ctrl-D', '\x04', 0],
		['Enter', '\r', 0],
		['no', 'no\r', 0],
	] as const)('is answered by %s: nothing is changed', async ([, keys, code], { onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: 'echo x >>$MARKS/ran\n' });
		const ran = await typed(r, ['apply', 'p.yaml'], keys);
		expect([ran.code, ran.stdout]).toEqual([code, expect.stringContaining('Nothing was changed.')]);
		expect(r.lines('ran')).toEqual([]);
	});

	it('is answered by yes: it is done', async ({ onTestFinished }) => {
		const r = rig(onTestFinished);
		await r.playbook('  a: {}\n', { a: 'echo x >>$MARKS/ran\n' });
		const ran = await typed(r, ['apply', 'p.yaml'], 'yes\r');
		expect(ran.code).toBe(0);
		expect(r.lines('ran')).toEqual(['x']);
	});
});
