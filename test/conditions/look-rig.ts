import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import looksText from '../../src/host/looks.sh';
import { type Command, sh } from '../../src/model/command.ts';

/** The shells that a host's /bin/sh may be. */
export const shells = ['dash', 'busybox sh', 'bash --posix'] as const;
export type Shell = (typeof shells)[number];

export const has = (program: string): boolean =>
	process.env.CI !== undefined || spawnSync('sh', ['-c', `command -v ${program.split(' ')[0]}`]).status === 0;

const tools = [
	'cat',
	'dd',
	'echo',
	'env',
	'head',
	'id',
	'ls',
	'readlink',
	'setsid',
	'sha256sum',
	'sleep',
	'timeout',
	'tr',
	'true',
	'uname',
	'wc',
];

/** A folder with files, fake programs, and tools of each shell's kind: everything looks need, and nothing else in PATH. */
export class LookRig implements Disposable {
	readonly folder = mkdtempSync(join(tmpdir(), 'hsctl-looks-'));

	constructor() {
		chmodSync(this.folder, 0o755);
		mkdirSync(this.path('programs'));
		for (const shell of shells) {
			const [program = ''] = shell.split(' ');
			mkdirSync(this.path(program));
			symlinkSync(which(program), this.path(program, 'sh'));
			const busybox = program === 'busybox';
			for (const tool of tools) symlinkSync(busybox ? which('busybox') : which(tool), this.path(program, tool));
		}
	}

	[Symbol.dispose](): void {
		rmSync(this.folder, { recursive: true, force: true });
	}

	path(...parts: readonly string[]): string {
		return join(this.folder, ...parts);
	}

	file(name: string, content: string, mode = 0o644): string {
		writeFileSync(this.path(name), content);
		chmodSync(this.path(name), mode);
		return this.path(name);
	}

	/** A shell script that stands in for a program, in a folder of its own or among the others. */
	program(name: string, script: string, folder = 'programs'): string {
		mkdirSync(this.path(folder), { recursive: true });
		return this.file(join(folder, name), `#!/bin/sh\n${script}\n`, 0o755);
	}

	/** What each look prints, in one shell program that surrounds them as hsctl does. */
	async look(
		shell: Shell,
		looks: readonly Command[],
		{ folders = ['programs'], withTools = true, user = 'own' }: Surroundings = {},
	): Promise<readonly string[]> {
		const [program = '', ...options] = shell.split(' ');
		const path = [...folders.map(folder => this.path(folder)), ...(withTools ? [this.path(program)] : [])].join(':');
		const framed = looks.map(look => `hs_print=$(\n${look.text}\n) 2>/dev/null\nprintf '%s\\036' "$hs_print"\n`);
		const text = sh`PATH=${path}
LC_ALL=C
export PATH LC_ALL
cd /
`.text;
		const nobody = user === 'nobody' && process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
		const child = spawn(which(program), [...options, '-s'], { timeout: 20_000, ...nobody });
		const printed = textOf(child.stdout);
		const complaints = textOf(child.stderr);
		child.stdin.end(`{\n${text}${looksText}\n${framed.join('')}exit\n} </dev/null\n`);
		const status = await new Promise(resolve => child.on('close', (code, signal) => resolve(code ?? signal)));
		if (status !== 0) throw new Error(`${shell} ended with ${status}: ${await complaints}`);
		return (await printed).split('\u001e').slice(0, -1);
	}
}

interface Surroundings {
	readonly folders?: readonly string[];
	/** Without them PATH holds nothing but `folders`. */
	readonly withTools?: boolean;
	/** `nobody` is told apart from `own` only where the tests run as root. */
	readonly user?: 'own' | 'nobody';
}

function which(program: string): string {
	const found = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], { encoding: 'utf8' }).stdout.trim();
	if (found === '') throw new Error(`this machine has no ${program}`);
	return found;
}

/** Whether a process runs: a zombie does not, it only has not been buried. */
export function isRunning(pid: number): boolean {
	try {
		return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
	} catch {
		return false;
	}
}
