import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { memoryText, runnerText } from '../../src/host/runner.ts';
import { bundleFiles, keyOf, nameOf, sha256, type TestUnit, writeFiles } from './bundle.ts';
import { readView, type View } from './view.ts';

/** The shells that a host's /bin/sh may be. */
export const shells = ['dash', 'busybox sh', 'bash --posix'] as const;
export type Shell = (typeof shells)[number];

export const has = (program: string): boolean =>
	process.env.CI !== undefined || spawnSync('sh', ['-c', `command -v ${program.split(' ')[0]}`]).status === 0;

export const isRoot = process.getuid?.() === 0;

/** A host as the runner sees it: one state folder in a fresh place, and a shell. */
export class TestHost implements Disposable {
	readonly folder: string;
	readonly state: string;
	readonly runner: string;
	readonly shell: Shell;
	readonly #inside: readonly string[];
	readonly #mounted: boolean;
	readonly #views = new Set<ChildProcess>();

	constructor(shell: Shell = 'dash', { mount, inside = [] }: Surroundings = {}) {
		this.shell = shell;
		this.#inside = inside;
		this.#mounted = mount !== undefined;
		this.folder = mkdtempSync(join(tmpdir(), 'hsctl-host-'));
		this.state = join(this.folder, 'state');
		this.runner = join(this.state, 'lib', `runner-${sha256(runnerText)}`);
		mkdirSync(this.state, { mode: 0o700 });
		if (mount !== undefined) execFileSync('mount', ['-t', 'tmpfs', '-o', `mode=700,${mount}`, 'none', this.state]);
		mkdirSync(join(this.state, 'lib'), { mode: 0o700 });
		writeFileSync(this.runner, runnerText, { mode: 0o500 });
	}

	[Symbol.dispose](): void {
		for (const view of this.#views) view.kill('SIGKILL');
		if (this.#mounted) execFileSync('umount', ['-l', this.state]);
		rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
	}

	path(...parts: readonly string[]): string {
		return join(this.state, ...parts);
	}

	read(...parts: readonly string[]): string {
		return readFileSync(this.path(...parts), 'utf8');
	}

	has(...parts: readonly string[]): boolean {
		return existsSync(this.path(...parts));
	}

	list(...parts: readonly string[]): readonly string[] {
		return this.has(...parts) ? readdirSync(this.path(...parts)) : [];
	}

	stage(nonce: string, units: readonly TestUnit[], controller?: string): void {
		writeFiles(this.path('inbox', nonce), bundleFiles(units, controller));
	}

	/** Stages, begins, and watches to the end. */
	run(run: string, units: readonly TestUnit[], env: Env = {}): Promise<View> {
		this.stage(`n-${run}`, units);
		return this.say(['begin', run, `n-${run}`], env);
	}

	/** Calls the runner and waits until it falls silent. */
	async say(words: readonly string[], env: Env = {}): Promise<View> {
		const child = this.start(words, env);
		const chunks: Buffer[] = [];
		const errors: Buffer[] = [];
		child.stdout?.on('data', chunk => chunks.push(chunk));
		child.stderr?.on('data', chunk => errors.push(chunk));
		const code = await new Promise<number | null>(done => child.on('close', done));
		return readView(Buffer.concat(chunks), Buffer.concat(errors).toString(), code);
	}

	start(words: readonly string[], env: Env = {}): ChildProcess {
		const [program = 'sh', ...rest] = [...this.#inside, ...this.shell.split(' ')];
		const surroundings = { PATH: process.env.PATH, HSCTL_STATE: this.state, HSCTL_SHELL: this.shell, ...env };
		const child = spawn(program, [...rest, this.runner, ...words], {
			env: surroundings,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		this.#views.add(child);
		child.on('close', () => this.#views.delete(child));
		return child;
	}

	/** What the host remembers of these units, as a controller hears it. */
	memory(units: readonly TestUnit[], env: Env = {}): readonly string[] {
		const asked = units.map((unit, index) => `hs_memory_unit '${nameOf(unit, index)}' ${keyOf(unit, index)}`);
		return this.look([...asked, 'hs_memory_pending'].join('\n'), env);
	}

	/** All of the runner's functions, without the part that acts. */
	functions(): string {
		return runnerText.slice(0, runnerText.lastIndexOf('\nPATH='));
	}

	look(program: string, env: Env = {}): readonly string[] {
		const [shell = 'sh', ...rest] = this.shell.split(' ');
		const text = `${memoryText}\n${program}\n`;
		const done = spawnSync(shell, [...rest, '-s'], {
			input: text,
			env: { PATH: process.env.PATH, LC_ALL: 'C', HSCTL_STATE: this.state, ...env },
		});
		if (done.stderr.length > 0) throw new Error(done.stderr.toString());
		return done.stdout.toString().split('\n').slice(0, -1);
	}
}

export interface Surroundings {
	/** Options of a small file system of its own for the state folder. Needs root. */
	readonly mount?: string;
	/** A program and its first words, in which the runner is called. */
	readonly inside?: readonly string[];
}

export type Env = Readonly<Record<string, string>>;

/** Polls until the claim holds. */
export async function until(holds: () => boolean, what: string, ms = 10_000): Promise<void> {
	for (const deadline = Date.now() + ms; !holds(); await pause(10)) {
		if (Date.now() > deadline) throw new Error(`timed out waiting until ${what}`);
	}
}

/** Processes whose command line or environment names the text. */
export function processesOf(text: string): readonly string[] {
	return readdirSync('/proc')
		.filter(pid => /^\d+$/.test(pid) && pid !== String(process.pid))
		.filter(pid => fileText(`/proc/${pid}/cmdline`).includes(text) || fileText(`/proc/${pid}/environ`).includes(text));
}

function fileText(path: string): string {
	try {
		return readFileSync(path, 'latin1');
	} catch {
		return '';
	}
}
