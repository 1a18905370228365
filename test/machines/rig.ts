import type { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { finish, type Ran } from '../cli/rig.ts';
import { type Machine, type MachineOptions, machines } from '../lab/machines.ts';

/** A person with a repository, and a machine that lets this person in as root. Gone when the test ends. */
export interface MachineRig {
	readonly machine: Machine;
	/** Files of the repository. */
	write(files: Readonly<Record<string, string>>): void;
	/** Writes a playbook called `p` for the host `box` from the text of its sections, and pins everything. */
	playbook(sections: string, files?: Readonly<Record<string, string>>): Promise<void>;
	hsctl(words: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>;
	start(words: readonly string[], env?: Readonly<Record<string, string>>): ReturnType<typeof spawn>;
}

export async function machineRig(
	onTestFinished: (cleanUp: () => Promise<void>) => void,
	options: MachineOptions = {},
): Promise<MachineRig> {
	const world = await machines(onTestFinished);
	const machine = await world.start('box', options);
	const { home } = world;
	const put = (file: string, text: string, mode?: number): void => {
		const path = join(world.outside, home, file);
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, text, { mode });
	};
	put('.ssh/id_ed25519', world.key, 0o600);
	put('.ssh/known_hosts', `${machine.pin}\n`);
	const start: MachineRig['start'] = (words, env = {}) =>
		// As the launcher starts it.
		world.spawn([process.execPath, '--max-semi-space-size=1', resolve('dist/hsctl.mjs'), ...words], {
			cwd: join(home, 'repo'),
			env: { HOME: home, CI: 'true', COLUMNS: '100', ...env },
		});
	const made: MachineRig = {
		machine,
		start,
		write(files) {
			for (const [name, text] of Object.entries(files)) put(join('repo', name), text);
		},
		async playbook(sections, files = {}) {
			made.write({
				'hsctl.config.yaml': 'hsctl: 1\ninventory: inventory.yaml\n',
				'inventory.yaml': `hsctl: 1\ngroups: { all_of_us: { hosts: { box: { address: ${machine.address}, user: root } } } }\n`,
				'p.yaml': `hsctl: 1\nname: p\nhosts: box\n${sections}`,
				...files,
			});
			const locked = await made.hsctl(['lock']);
			if (locked.code !== 0) throw new Error(`hsctl lock: ${locked.stderr}`);
		},
		hsctl: (words, env) => finish(start(words, env)),
	};
	return made;
}
