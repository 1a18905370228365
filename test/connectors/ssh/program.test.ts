import { execFileSync, spawn } from 'node:child_process';
import { chownSync, copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasSshd, homeOf, isRoot, lab, needsSshd, user } from '../../lab/lab.ts';

const dist = resolve('dist');

describe('the built program', () => {
	const withSsh2 = readdirSync(dist).filter(file =>
		readFileSync(join(dist, file), 'utf8').includes('kex-strict-c-v00@openssh.com'),
	);
	const tellsLoads = `data:text/javascript,import{registerHooks}from'node:module';registerHooks({load(u,c,n){if(u.startsWith('file:'))process.stderr.write(u+'\\n');return n(u,c)}})`;

	it('has ssh2 in one file, and does not load it before a host is opened over ssh', () => {
		expect(withSsh2.length).toBe(1);
		for (const words of [['--version'], ['plan', '--help'], ['validate', 'playbooks']]) {
			const loaded = execFileSync(
				'sh',
				[
					'-c',
					'"$@" 2>&1 >/dev/null',
					'sh',
					process.execPath,
					'--import',
					tellsLoads,
					join(dist, 'hsctl.mjs'),
					...words,
				],
				{ encoding: 'utf8' },
			);
			expect(loaded).toContain('hsctl.mjs');
			expect(loaded).not.toContain(withSsh2[0]);
		}
	});

	it('needs nothing of ssh2 that has to be compiled', () => {
		const text = readFileSync(join(dist, withSsh2[0] ?? ''), 'utf8');
		// Asked for at run time, where it is not there; put in, it would be an empty thing that ssh2 takes for its own.
		expect(text).toContain('./crypto/build/Release/sshcrypto.node');
	});

	it.skipIf(!hasSshd || !isRoot)(`plans and applies over ssh (${needsSshd}, and root)`, async () => {
		const here = lab();
		onTestFinished(() => here.close());
		const name = user(here, { shell: '/bin/bash' });
		const sshd = await here.sshd({ ownHome: true });
		const home = homeOf(name);
		const owner = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
		const ids = { uid: owner('-u'), gid: owner('-g') };
		const files: Readonly<Record<string, string>> = {
			'.ssh/known_hosts': `${sshd.pin()}\n`,
			'repo/hsctl.config.yaml': 'hsctl: 1\n',
			'repo/p.yaml': `hsctl: 1\nname: p\nhosts: far\ninventory: { groups: { all_of_us: { hosts: { far: { address: ${sshd.address}, port: ${sshd.port} } } } } }\nhotfixes:\n  note:\n    script: hotfixes/note.sh\n`,
			'repo/hotfixes/note.sh': '#!/bin/sh\necho "$SSH_CONNECTION" done >>"$HOME/note"\n',
		};
		for (const folder of ['.ssh', 'repo', 'repo/hotfixes']) mkdirSync(join(home, folder), { mode: 0o700 });
		for (const [file, text] of Object.entries(files)) writeFileSync(join(home, file), text);
		copyFileSync(here.key('id'), join(home, '.ssh/id_ed25519'));
		execFileSync('chown', ['-R', name, home]);
		chownSync(join(home, '.ssh/id_ed25519'), ids.uid, ids.gid);
		// The user can read neither this folder nor the programs in it.
		cpSync(dist, join(here.folder, 'dist'), { recursive: true });
		copyFileSync(process.execPath, join(here.folder, 'node'));
		const hsctl = (...words: readonly string[]) =>
			new Promise<string>(done => {
				const child = spawn(join(here.folder, 'node'), [join(here.folder, 'dist/hsctl.mjs'), ...words], {
					...ids,
					cwd: join(home, 'repo'),
					env: { PATH: '/usr/bin:/bin', HOME: home, CI: 'true' },
					stdio: ['ignore', 'pipe', 'pipe'],
				});
				let said = '';
				for (const stream of [child.stdout, child.stderr])
					stream.on('data', (chunk: Buffer) => {
						said += chunk.toString();
					});
				child.on('close', code => done(`${said}\nexit ${code}`));
			});
		expect(await hsctl('lock')).toMatch(/exit 0$/);
		expect(await hsctl('plan', 'p.yaml')).toMatch(/1 to run[\s\S]*exit 0$/);
		expect(await hsctl('apply', 'p.yaml', '--yes')).toMatch(/exit 0$/);
		expect(await hsctl('apply', 'p.yaml', '--yes')).toMatch(/exit 0$/);
		expect(readFileSync(join(home, 'note'), 'utf8')).toMatch(/^.*done\n$/);
	});
});
