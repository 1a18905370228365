import { existsSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Work } from '../options.ts';
import { type Fixtures, numbered, w2Script } from '../programs.ts';
import { clean, type Site } from '../site.ts';
import { isOnPath, type Run, type Tool } from './tool.ts';

export const ansible: Tool = {
	name: 'ansible',
	how: 'ansible-core, ControlPersist, pipelining, forks 50, no facts',
	missing: () => (isOnPath('ansible-playbook') ? undefined : 'ansible-core is not installed'),
	prepare: (site, fixtures) => prepare('ansible', site, { fixtures, lines: [] }),
};

export const mitogen: Tool = {
	name: 'mitogen',
	how: 'ansible-core with the strategy mitogen_linear',
	missing() {
		if (!isOnPath('ansible-playbook')) return 'ansible-core is not installed';
		return strategies() === undefined ? 'ansible-mitogen is not installed' : undefined;
	},
	prepare: (site, fixtures) =>
		prepare('mitogen', site, {
			fixtures,
			lines: [`strategy_plugins = ${strategies()}`, 'strategy = mitogen_linear'],
		}),
};

/** Its folder of plugins, where packages and pip put it. */
const strategies = (): string | undefined =>
	globSync('/usr/{,local/}lib/python3*/{dist,site}-packages/ansible_mitogen/plugins/strategy').find(existsSync);

interface Wish {
	readonly fixtures: Fixtures;
	/** Of `[defaults]`. */
	readonly lines: readonly string[];
}

function prepare(name: 'ansible' | 'mitogen', site: Site, { fixtures, lines }: Wish) {
	const folder = join(site.folder, name);
	mkdirSync(folder, { recursive: true });
	const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);
	write('ansible.cfg', config(site, folder, lines));
	write('inventory', inventory(site, name));
	write('w1.yml', playbook(w1Tasks(fixtures)));
	write('w2.yml', playbook(numbered(20).map(w2Task)));
	write('w3.yml', playbook([{ copy: { src: site.payload.path, dest: '{{ dir }}/payload' } }]));
	const run = (file: string): Run => ({
		label: name,
		words: ['ansible-playbook', '-i', 'inventory', file],
		cwd: folder,
		env: { ...site.env, ANSIBLE_CONFIG: join(folder, 'ansible.cfg'), ANSIBLE_NOCOLOR: '1' },
	});
	const runs: Readonly<Record<Work, readonly Run[]>> = {
		W1: [run('w1.yml')],
		W2: [run('w2.yml')],
		W3: [run('w3.yml')],
		W4: [run('w2.yml')],
	};
	return { runs: (work: Work) => runs[work], reset: () => clean(site, name) };
}

const config = ({ sshConfig }: Site, folder: string, lines: readonly string[]): string =>
	[
		'[defaults]',
		'forks = 50',
		'gathering = explicit',
		'retry_files_enabled = False',
		`local_tmp = ${folder}/tmp`,
		...lines,
		'[ssh_connection]',
		'pipelining = True',
		`ssh_args = -F ${sshConfig} -o ControlMaster=auto -o ControlPersist=60s`,
		`control_path_dir = ${folder}/cp`,
		'',
	].join('\n');

/** Without the interpreter mitogen would try one that is not there, and connect three times. */
const inventory = ({ addresses, user, port, key, workOf }: Site, name: string): string =>
	addresses
		.map(
			(address, index) =>
				`h${index + 1} ansible_host=${address} ansible_port=${port} ansible_user=${user} ansible_ssh_private_key_file=${key} ansible_python_interpreter=/usr/bin/python3 dir=${join(workOf(name), address)}\n`,
		)
		.join('');

/** JSON is YAML. */
const playbook = (tasks: readonly object[]): string =>
	JSON.stringify([{ hosts: 'all', gather_facts: false, tasks }], undefined, 1);

const w1Tasks = ({ present, sums, binaries }: Fixtures): readonly object[] => [
	...present.map(path => ({ stat: { path, get_checksum: false } })),
	...sums.map(({ path, sha256 }) => ({
		stat: { path, checksum_algorithm: 'sha256' },
		register: 'seen',
		failed_when: `seen.stat.checksum != "${sha256}"`,
	})),
	...binaries.map(name => ({ command: `${name} --version`, changed_when: false })),
];

const w2Task = (name: string): object => ({
	shell: { cmd: `DIR={{ dir }}\n${w2Script(name)}`, creates: `{{ dir }}/f${name}` },
});
