import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export const hsctlBin = resolve('bin/hsctl');

export interface Ran {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** A repository of its own, a machine's memory of its own, a home of its own; gone when the test ends. */
export interface Rig {
	readonly root: string;
	/** The host's state folder. */
	readonly state: string;
	/** A place for scripts to leave marks: `$MARKS` in scripts is replaced by it. */
	readonly marks: string;
	write(files: Readonly<Record<string, string>>): void;
	/** Writes a playbook called `p` for the host `box` from the text of its `hotfixes:` map (indented by two), and pins everything. */
	playbook(hotfixes: string, scripts: Readonly<Record<string, string>>, top?: string): Promise<void>;
	hsctl(words: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>;
	/** Starts it and gives the process, for tests that end it; `stdout` may be an open file. */
	start(
		words: readonly string[],
		env?: Readonly<Record<string, string>>,
		stdout?: 'pipe' | number,
	): ReturnType<typeof spawn>;
	/** The lines of a mark file; none when it is not there. */
	lines(name: string): readonly string[];
}

export function rig(onTestFinished: (cleanUp: () => void) => void): Rig {
	const root = mkdtempSync(join(tmpdir(), 'hsctl-cli-'));
	onTestFinished(() => rmSync(root, { recursive: true, force: true }));
	const marks = join(root, 'marks');
	const state = join(root, 'host');
	for (const folder of ['marks', 'home', 'repo']) mkdirSync(join(root, folder));
	const start = (
		words: readonly string[],
		env: Readonly<Record<string, string>> = {},
		stdout: 'pipe' | number = 'pipe',
	) =>
		spawn(hsctlBin, [...words], {
			cwd: join(root, 'repo'),
			env: {
				PATH: process.env.PATH,
				HOME: join(root, 'home'),
				XDG_STATE_HOME: join(root, 'controller'),
				CI: 'true',
				COLUMNS: '100',
				...env,
			},
			stdio: ['ignore', stdout, 'pipe'],
		});
	const made: Rig = {
		root,
		state,
		marks,
		start,
		write(files) {
			for (const [name, text] of Object.entries(files)) {
				const file = join(root, 'repo', name);
				mkdirSync(dirname(file), { recursive: true });
				writeFileSync(file, text.replaceAll('$MARKS', marks));
			}
		},
		async playbook(hotfixes, scripts, top = '') {
			made.write({
				'hsctl.config.yaml': 'hsctl: 1\n',
				'p.yaml': `hsctl: 1\nname: p\nhosts: box\ninventory: { groups: { all_of_us: { hosts: { box: { connection: local, state_dir: ${state} } } } } }\n${top}hotfixes:\n${hotfixes}`,
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
						.filter(line => line !== '')
				: [];
		},
	};
	return made;
}

export function finish(child: ReturnType<typeof spawn>): Promise<Ran> {
	let stdout = '';
	let stderr = '';
	child.stdout?.on('data', (chunk: Buffer) => {
		stdout += chunk.toString();
	});
	child.stderr?.on('data', (chunk: Buffer) => {
		stderr += chunk.toString();
	});
	return new Promise(done => child.on('close', code => done({ code, stdout, stderr })));
}

/** Asks again and again until it is so; the test's own time limit ends the waiting. */
export async function until(isSo: () => boolean): Promise<void> {
	while (!isSo()) await new Promise(tick => setTimeout(tick, 20));
}

/** What an `apply --json` warned of. */
export const warnings = (
	ran: Ran,
): readonly { readonly code: string; readonly host: string; readonly message: string }[] =>
	ran.stdout
		.split('\n')
		.filter(line => line.includes('"type":"warning"'))
		.map(line => JSON.parse(line))
		.map(({ code, host, message }) => ({ code, host, message }));

/** Every unit's last status of an `apply --json`. */
export const statuses = (ran: Ran): Readonly<Record<string, string>> =>
	Object.fromEntries(
		ran.stdout
			.split('\n')
			.filter(line => line.includes('"unit_finished"'))
			.map(line => JSON.parse(line))
			.map((event: { unit: string; status: string }) => [event.unit, event.status]),
	);
