import { spawn, spawnSync } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { end } from '../../test/lab/processes.ts';
import { below, usedBy } from './process-tree.ts';

/** One run of one command, from outside. */
export interface Measured {
	readonly wall_ms: number;
	/** User and system time of all its processes. */
	readonly cpu_ms: number;
	/** Resident memory of all its processes at once, at most, in MiB. */
	readonly peak_mib: number;
	readonly code: number | 'timeout';
	/** The last of what it printed, for when it went wrong. */
	readonly said: string;
}

export interface Measurable {
	readonly words: readonly [string, ...string[]];
	readonly cwd: string;
	readonly env: Readonly<Record<string, string>>;
	readonly stdin?: string;
	readonly timeoutMs: number;
}

/**
 * Runs a command and measures it with all that it starts. bash takes the times; around it is a process space of its own where that
 * is possible, so that what leaves its parent (a master connection of ssh) is counted, and ended with the rest.
 */
export async function measure({ words, cwd, env, stdin, timeoutMs }: Measurable): Promise<Measured> {
	const command = [...ownSpace(), 'bash', '-c', timed, 'bench', stdin ?? '/dev/null', ...words];
	const [program = 'bash', ...rest] = command;
	const child = spawn(program, rest, { cwd, env, stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'] });
	let said = '';
	const hear = (chunk: Buffer): void => {
		said = (said + chunk.toString()).slice(-4000);
	};
	child.stdout?.on('data', hear);
	child.stderr?.on('data', hear);
	const [, , , report, ack] = child.stdio;
	const ended = new Promise<void>(resolve => child.on('close', () => resolve()));
	let isTimeout = false;
	const timer = setTimeout(() => {
		isTimeout = true;
		for (const pid of [child.pid ?? 0, ...below(child.pid ?? 0)]) end(pid);
	}, timeoutMs);
	const own = ownSpace().length > 0 ? 2 : 1;
	const sampler = new Sampler(() => [child.pid ?? 0, ...below(child.pid ?? 0)].slice(own));
	const text = await reportOf(readable(report));
	sampler.stop();
	// What lives on has not been waited for: its time is in nobody's account yet.
	const left = usedBy([child.pid ?? 0, ...below(child.pid ?? 0)].slice(own));
	writable(ack).end('\n');
	await ended;
	clearTimeout(timer);
	const [wall = 0, user = 0, system = 0] = (/^([\d.]+) ([\d.]+) ([\d.]+)$/m.exec(text) ?? []).slice(1).map(Number);
	return {
		wall_ms: Math.round(wall * 1000),
		cpu_ms: Math.round((user + system) * 1000 + left.cpuMs),
		peak_mib: Math.round((sampler.peakBytes / 1024 / 1024) * 10) / 10,
		code: isTimeout ? 'timeout' : Number(/^code (\d+)$/m.exec(text)?.[1] ?? 1),
		said,
	};
}

/** Waits at its end until the processes that are left have been looked at. */
const timed = `
TIMEFORMAT='%R %U %S'
stdin=$1
shift
exec 5>&1 6>&2
{ time "$@" <"$stdin" >&5 2>&6 3>&- 4<&- 5>&- 6>&-; } 2>&3
printf 'code %s\\n' "$?" >&3
read -r _ <&4
`;

let space: readonly string[] | undefined;

/** Words that give a command processes of its own, or none where this machine does not let us. */
export function ownSpace(): readonly string[] {
	const words = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', '--'];
	space ??= spawnSync(words[0] ?? '', [...words.slice(1), 'true']).status === 0 ? words : [];
	return space;
}

class Sampler {
	peakBytes = 0;
	#timer: NodeJS.Timeout | undefined;
	readonly #pids: () => readonly number[];

	constructor(pids: () => readonly number[]) {
		this.#pids = pids;
		this.#sample();
	}

	stop(): void {
		clearTimeout(this.#timer);
	}

	#sample(): void {
		const started = performance.now();
		this.peakBytes = Math.max(this.peakBytes, usedBy(this.#pids()).rssBytes);
		// Many processes take long to look at, and looking must not become what is measured.
		this.#timer = setTimeout(() => this.#sample(), Math.max(10, 30 * (performance.now() - started)));
	}
}

async function reportOf(stream: Readable): Promise<string> {
	let text = '';
	for await (const chunk of stream) {
		text += String(chunk);
		if (/^code \d+$/m.test(text)) break;
	}
	return text;
}

type Stdio = Readable | Writable | null | undefined;

function readable(stream: Stdio): Readable {
	if (stream == null || !('read' in stream)) throw new TypeError('no pipe to read from');
	return stream;
}

function writable(stream: Stdio): Writable {
	if (stream == null || !('write' in stream)) throw new TypeError('no pipe to write to');
	return stream.on('error', () => {});
}
