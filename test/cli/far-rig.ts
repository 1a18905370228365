import { execFileSync, spawn } from 'node:child_process';
import {
	chownSync,
	copyFileSync,
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type FaultProxy, faultProxy } from '../lab/fault-proxy.ts';
import { hasSshd, homeOf, isRoot, type Lab, lab, needsSshd, type Sshd, user } from '../lab/lab.ts';
import { finish, type Ran } from './rig.ts';

export const canGoFar = hasSshd && isRoot;
export const needsFar = `${needsSshd}, and root`;

/** A person with a repository, a real sshd, and a line between them that a test can break. Gone when the test ends. */
export interface FarRig {
	readonly lab: Lab;
	readonly sshd: Sshd;
	/** The host is reached through it. */
	readonly line: FaultProxy;
	readonly person: string;
	readonly home: string;
	/** The host's memory. */
	readonly state: string;
	/** A place for scripts to leave marks: `$MARKS` in scripts is replaced by it. */
	readonly marks: string;
	/** Files of the repository. */
	write(files: Readonly<Record<string, string>>): void;
	/** Writes a playbook called `p` for the host `far` from the text of its `hotfixes:` map (indented by two), and pins everything. */
	playbook(hotfixes: string, scripts: Readonly<Record<string, string>>, top?: string): Promise<void>;
	hsctl(words: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>;
	start(words: readonly string[], env?: Readonly<Record<string, string>>): ReturnType<typeof spawn>;
	lines(name: string): readonly string[];
}

export interface FarOptions {
	/** Lines of sshd_config. */
	readonly config?: readonly string[];
	readonly shell?: string;
	/** Lines of sudoers; `USER` stands for the name. */
	readonly sudo?: string;
	/** With an /etc of its own: what is put there does not reach this machine's. */
	readonly hasOwnEtc?: boolean;
}

export async function farRig(
	onTestFinished: (cleanUp: () => void | Promise<void>) => void,
	{ config = [], shell = '/bin/sh', sudo, hasOwnEtc = false }: FarOptions = {},
): Promise<FarRig> {
	const here = lab();
	onTestFinished(() => here.close());
	const person = user(here, { shell, ...(sudo === undefined ? {} : { sudo }) });
	const sshd = await here.sshd({ ownHome: true, config, ...(hasOwnEtc ? { etc: {} } : {}) });
	const line = await faultProxy(sshd);
	here.onEnd(async () => await line[Symbol.asyncDispose]());
	const home = homeOf(person);
	const state = join(home, 'host');
	const marks = join(home, 'marks');
	const idOf = (flag: string) => Number(execFileSync('id', [flag, person], { encoding: 'utf8' }));
	const ids = { uid: idOf('-u'), gid: idOf('-g') };
	const give = (path: string) => chownSync(path, ids.uid, ids.gid);
	for (const folder of ['.ssh', 'marks', 'repo']) {
		mkdirSync(join(home, folder), { mode: 0o700 });
		give(join(home, folder));
	}
	writeFileSync(join(home, '.ssh/known_hosts'), `[${line.address}]:${line.port} ${sshd.hostKey()}\n`);
	copyFileSync(here.key('id'), join(home, '.ssh/id_ed25519'));
	give(join(home, '.ssh/id_ed25519'));
	const program = programForAll();
	const start: FarRig['start'] = (words, env = {}) =>
		// As the launcher starts it.
		spawn(program.node, ['--max-semi-space-size=1', program.hsctl, ...words], {
			...ids,
			cwd: join(home, 'repo'),
			env: { PATH: '/usr/bin:/bin', HOME: home, CI: 'true', COLUMNS: '100', ...env },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
	const made: FarRig = {
		lab: here,
		sshd,
		line,
		person,
		home,
		state,
		marks,
		start,
		write(files) {
			for (const [name, text] of Object.entries(files)) {
				const file = join(home, 'repo', name);
				if (!existsSync(dirname(file))) {
					mkdirSync(dirname(file), { recursive: true });
					give(dirname(file));
				}
				writeFileSync(file, text.replaceAll('$MARKS', marks));
				give(file);
			}
		},
		async playbook(hotfixes, scripts, top = '') {
			made.write({
				'hsctl.config.yaml': 'hsctl: 1\n',
				'p.yaml': `hsctl: 1\nname: p\nhosts: far\ninventory: { groups: { all_of_us: { hosts: { far: { address: ${line.address}, port: ${line.port}, state_dir: ${state} } } } } }\n${top}hotfixes:\n${hotfixes}`,
				...Object.fromEntries(Object.entries(scripts).map(([name, text]) => [`hotfixes/${name}.sh`, text])),
			});
			const locked = await made.hsctl(['lock']);
			if (locked.code !== 0) throw new Error(`hsctl lock: ${locked.stderr}`);
		},
		hsctl: (words, env) => finish(start(words, env)),
		lines(name) {
			const file = join(marks, name);
			return existsSync(file)
				? readFileSync(file, 'utf8')
						.split('\n')
						.filter(text => text !== '')
				: [];
		},
	};
	return made;
}

let copied: { readonly node: string; readonly hsctl: string } | undefined;

/** Another user can read neither this folder nor the programs in it. */
function programForAll(): { readonly node: string; readonly hsctl: string } {
	if (copied !== undefined) return copied;
	const folder = mkdtempSync(join(tmpdir(), 'hsctl-program-'));
	process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
	execFileSync('chmod', ['755', folder]);
	cpSync(resolve('dist'), join(folder, 'dist'), { recursive: true });
	copyFileSync(process.execPath, join(folder, 'node'));
	copied = { node: join(folder, 'node'), hsctl: join(folder, 'dist/hsctl.mjs') };
	return copied;
}
