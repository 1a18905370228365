import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { here } from './in-process.ts';
import { type Ran, type Rig, rig } from './rig.ts';

/** A repository with pools for this machine, and a folder that stands for the place where their files are. */
export interface PoolRig extends Omit<Rig, 'playbook'> {
	/** Their names, `box` the first. */
	readonly hosts: readonly string[];
	/** A path below that folder. */
	at(name: string): string;
	/** Puts a file there, as somebody on the host would. */
	put(files: Readonly<Record<string, string>>): void;
	/** Its text; absent: it is not there. */
	read(name: string): string | undefined;
	/** What a person would miss after a rollback that only brings the bytes back. */
	look(name: string): {
		readonly text: string;
		readonly inode: number;
		readonly mode: number;
		readonly changed: number;
	};
	/** Whatever hsctl has left beside files. */
	remains(): readonly string[];
	/** Writes the files of the repository. */
	files(files: Readonly<Record<string, string>>): void;
	/**
	 * Writes playbook `p` for the host `box`, and pins it. `$T` is the folder of the files, `$MARKS` that of the marks.
	 * @param pools the lines below `pools:`, indented by two
	 * @param top what stands above
	 */
	playbook(pools: string, top?: string): Promise<void>;
	/** In this process. */
	run(...words: readonly string[]): Promise<Ran>;
}

/** Hosts beside `box` that are this machine too, each with a memory of its own. */
export interface PoolRigOptions {
	readonly hosts?: readonly string[];
}

type OnTestFinished = Parameters<typeof rig>[0];

export function poolRig(onTestFinished: OnTestFinished, { hosts = [] }: PoolRigOptions = {}): PoolRig {
	const made = rig(onTestFinished);
	const folder = join(made.root, 't');
	mkdirSync(folder);
	const fill = (text: string) => text.replaceAll('$T', folder);
	const write: Rig['write'] = files =>
		made.write(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, fill(text)])));
	const names = ['box', ...hosts];
	const inventory = names.map(
		name => `${name}: { connection: local, state_dir: ${stateOf(made, name)}, vars: { me: ${name} } }`,
	);
	write({ 'hsctl.config.yaml': 'hsctl: 1\n' });
	const run = (...words: readonly string[]) => here(made, words);
	const at = (name: string) => join(folder, name);
	return {
		...made,
		hosts: names,
		state: stateOf(made, 'box'),
		write,
		run,
		at,
		put(files) {
			for (const [name, text] of Object.entries(files)) {
				mkdirSync(dirname(at(name)), { recursive: true });
				writeFileSync(at(name), text);
			}
		},
		read: name => (existsSync(at(name)) ? readFileSync(at(name), 'utf8') : undefined),
		look(name) {
			const { ino, mode, mtimeMs } = statSync(at(name));
			return { text: readFileSync(at(name), 'utf8'), inode: ino, mode, changed: mtimeMs };
		},
		remains: () => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.includes('.hsctl-')),
		files: files => write(Object.fromEntries(Object.entries(files).map(([name, text]) => [`files/${name}`, text]))),
		async playbook(pools, top = '') {
			write({
				'p.yaml': `hsctl: 1\nname: p\nhosts: ${names.join(', ')}\ninventory: { groups: { all_of_us: { hosts: { ${inventory.join(', ')} } } } }\n${top}pools:\n${pools}`,
			});
			const locked = await run('lock');
			if (locked.code !== 0) throw new Error(`hsctl lock: ${locked.stderr}`);
		},
	};
}

/** With a `%` in it the host's own cron is left alone: it would take that for the end of a line. */
const stateOf = ({ root }: Pick<Rig, 'root'>, host: string): string => join(root, `memory-of-${host}%`);

/** The words with which a run is begun without anybody there. */
export const apply = ['apply', 'p.yaml', '--yes', '--json'] as const;

/** Why a unit ended as it did, from an `apply --json`. */
export const reasons = ({ stdout }: Ran): Readonly<Record<string, string>> =>
	Object.fromEntries(
		stdout
			.split('\n')
			.filter(line => line.includes('"unit_finished"'))
			.map(line => JSON.parse(line))
			.map((event: { unit: string; because: string }) => [event.unit, event.because]),
	);

/** Takes away what a test has put somewhere. */
export const remove = (path: string): void => rmSync(path, { recursive: true, force: true });
