import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { hasSshd, homeOf, isRoot, lab, needsSshd, user } from '../../lab/lab.ts';

it.skipIf(!hasSshd || !isRoot)(
	`A21: the built program goes by OpenSSH where the config has a ProxyCommand, says so in the plan, and leaves nothing behind (${needsSshd}, and root)`,
	async () => {
		const here = lab();
		onTestFinished(() => here.close());
		const name = user(here, { shell: '/bin/bash' });
		const sshd = await here.sshd({ ownHome: true });
		const home = homeOf(name);
		const files: Readonly<Record<string, string>> = {
			'.ssh/known_hosts': `${sshd.pin()}\n`,
			'.ssh/config': 'Host far\nProxyCommand bash -c "exec 3<>/dev/tcp/%h/%p; cat <&3 & exec cat >&3"\n',
			'repo/hsctl.config.yaml': 'hsctl: 1\n',
			'repo/p.yaml': `hsctl: 1\nname: p\nhosts: all_of_us\ninventory: { groups: { all_of_us: { port: ${sshd.port}, hosts: { far: { address: ${sshd.address} }, pinned: { address: ${sshd.address}, connection: openssh } } } } }\nhotfixes:\n  note:\n    script: hotfixes/note.sh\n`,
			'repo/hotfixes/note.sh': '#!/bin/sh\necho done >>"$HOME/note"\n',
		};
		for (const folder of ['.ssh', 'run', 'repo', 'repo/hotfixes']) mkdirSync(join(home, folder), { mode: 0o700 });
		for (const [file, text] of Object.entries(files)) writeFileSync(join(home, file), text, { mode: 0o600 });
		copyFileSync(here.key('id'), join(home, '.ssh/id_ed25519'));
		execFileSync('chown', ['-R', name, home]);
		const [uid = 0, gid = 0] = ['-u', '-g'].map(flag => Number(execFileSync('id', [flag, name], { encoding: 'utf8' })));
		// The user can read neither this folder nor the programs in it.
		cpSync(resolve('dist'), join(here.folder, 'dist'), { recursive: true });
		copyFileSync(process.execPath, join(here.folder, 'node'));
		const hsctl = (...words: readonly string[]) =>
			new Promise<string>(done => {
				const child = spawn(join(here.folder, 'node'), [join(here.folder, 'dist/hsctl.mjs'), ...words], {
					uid,
					gid,
					cwd: join(home, 'repo'),
					env: { PATH: '/usr/bin:/bin', HOME: home, CI: 'true', COLUMNS: '200', XDG_RUNTIME_DIR: join(home, 'run') },
					stdio: ['ignore', 'pipe', 'pipe'],
				});
				let said = '';
				for (const stream of [child.stdout, child.stderr])
					stream.on('data', (chunk: Buffer) => {
						said += chunk.toString();
					});
				child.on('close', code => done(`${said}\nexit ${code}`));
			});
		await hsctl('lock');
		const planned = await hsctl('plan', 'p.yaml');
		expect(planned).toMatch(/^far .* openssh \(its ssh config has a ProxyCommand\)$/m);
		expect(planned).toMatch(/^pinned (?!.*openssh)/m);
		const ran = await hsctl('apply', 'p.yaml', '--yes', '--limit', 'far', '--json');
		expect(ran).toMatch(/"state":"staging","because":"by openssh \(its ssh config has a ProxyCommand\)"/);
		expect(ran).toMatch(/exit 0$/);
		expect(readFileSync(join(home, 'note'), 'utf8')).toBe('done\n');
		expect(readdirSync(join(home, 'run'))).toEqual([]);
		// A dead process may stay listed where process 1 collects nobody.
		const left = execFileSync('sh', ['-c', `ps -u ${name} -o stat=,comm=,args= | grep -v ^Z || :`], {
			encoding: 'utf8',
		});
		expect(left).not.toMatch(/ ssh (?!d)/);
	},
);
