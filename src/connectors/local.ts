import { Readable } from 'node:stream';
import { execa } from 'execa';
import type { HostPath } from '../model/brand.ts';
import { quote } from '../model/command.ts';
import type { Connection, Connector, ExecOptions, ExecResult, Opened, ShellProgram } from '../ports/connection.ts';
import { becomeWords, whyNotBecome } from './become.ts';

/** What of our own environment this machine's shell may see. The rest of it is the controller's business. */
export interface LocalSurroundings {
	/** `HOME`, `USER`, `XDG_STATE_HOME`, …: name → value. */
	readonly env: Readonly<Record<string, string>>;
	/** Words in front of `/bin/sh`, for tests that run the programs by another shell. */
	readonly shell?: readonly string[];
}

/** The machine that hsctl runs on, reached by `/bin/sh`, and through sudo or doas where the playbook asks for it. */
export function localConnector(surroundings: LocalSurroundings): Connector {
	return {
		async open(_host, become, signal): Promise<Opened> {
			const words = [...(becomeWords[become] ?? []), ...(surroundings.shell ?? ['/bin/sh'])];
			const isRoot = process.getuid?.() === 0;
			const connection = new LocalConnection(
				isRoot ? words.slice(becomeWords[become]?.length ?? 0) : words,
				surroundings.env,
			);
			if (become === 'none' || isRoot) return { ok: true, connection };
			const tried = await connection.exec('exit 0\n' as ShellProgram, {
				signal,
				byteBudget: 64 * 1024,
				deadlineMs: 30_000,
			});
			return tried.kind === 'exited' && tried.code === 0
				? { ok: true, connection }
				: { ok: false, because: whyNotBecome(become, tried.kind === 'lost' ? tried.because : tried.stderr) };
		},
	};
}

class LocalConnection implements Connection {
	readonly #words: readonly string[];
	readonly #env: Readonly<Record<string, string>>;

	constructor(words: readonly string[], env: Readonly<Record<string, string>>) {
		this.#words = words;
		this.#env = env;
	}

	async exec(program: ShellProgram, options: ExecOptions): Promise<ExecResult> {
		return this.#start(['-s'], { input: Buffer.from(program, 'utf8'), options });
	}

	async put(bytes: AsyncIterable<Uint8Array>, path: HostPath): Promise<void> {
		const folder = path.slice(0, path.lastIndexOf('/'));
		// A file that is there already would keep its mode, and a link would be followed.
		const script = `umask 077; mkdir -p ${quote(`${folder}/`)} && rm -f ${quote(path)} && cat >${quote(path)}`;
		const result = await this.#start(['-c', script], { input: bytes, options: { byteBudget: 64 * 1024 } });
		if (result.kind === 'lost') throw new Error(`${path} was not written: ${result.because}`);
		if (result.code !== 0) throw new Error(`${path} was not written: ${result.stderr.trim()}`);
	}

	async *read(path: HostPath, offset: number): AsyncIterable<Uint8Array> {
		const chunks: Uint8Array[] = [];
		const script = `tail -c +${offset + 1} ${quote(path)}`;
		const options = { byteBudget: Number.MAX_SAFE_INTEGER, onStdout: (chunk: Uint8Array) => void chunks.push(chunk) };
		const result = await this.#start(['-c', script], { input: Buffer.alloc(0), options });
		if (result.kind === 'lost') throw new Error(`${path} was not read: ${result.because}`);
		if (result.code !== 0) throw new Error(`${path} was not read: ${result.stderr.trim()}`);
		yield* chunks;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		// Every exchange is a process of its own; there is nothing to close.
	}

	async #start(args: readonly string[], { input, options }: StartOptions): Promise<ExecResult> {
		const [file = '/bin/sh', ...words] = this.#words;
		const child = execa(file, [...words, ...args], {
			input: input instanceof Uint8Array ? input : Readable.from(input, { objectMode: false }),
			env: this.#env,
			extendEnv: false,
			cwd: '/',
			encoding: 'buffer',
			buffer: false,
			reject: false,
			// Ctrl-C on our terminal is for us: what we started has its own group and hears of it from us.
			detached: true,
		});
		const gathered = gather(child, options);
		const ended = child.then(async result => {
			await gathered.done;
			return result;
		});
		const result = await Promise.race([ended, gathered.left]);
		gathered.close();
		if (typeof result === 'string') return { kind: 'lost', because: result, stderr: gathered.stderr() };
		// A source that breaks off is a failure of ours that the shell knows nothing of.
		const isWhole = result.exitCode !== undefined && (result.exitCode !== 0 || !result.failed);
		if (!isWhole || result.exitCode === undefined)
			return {
				kind: 'lost',
				because: result.shortMessage ?? 'the shell ended without a code',
				stderr: gathered.stderr(),
			};
		return { kind: 'exited', code: result.exitCode, stdout: gathered.stdout(), stderr: gathered.stderr() };
	}
}

interface StartOptions {
	readonly input: Uint8Array | AsyncIterable<Uint8Array>;
	readonly options: ExecOptions;
}

interface Gathered {
	/** Both streams are at their end. */
	readonly done: Promise<void>;
	/** Resolves with the reason when we do not wait for the end: told to leave, too late, or too much. */
	readonly left: Promise<string>;
	stdout(): Uint8Array;
	stderr(): string;
	/** The exchange is over, one way or the other. */
	close(): void;
}

interface Child {
	readonly pid?: number | undefined;
	readonly stdout: Readable;
	readonly stderr: Readable;
}

/** Drains both streams always: one that nobody reads would stop the process for ever. */
function gather(child: Child, { byteBudget, onStdout, signal, deadlineMs }: ExecOptions): Gathered {
	const out: Uint8Array[] = [];
	const err: Uint8Array[] = [];
	const { promise: left, resolve } = Promise.withResolvers<string>();
	let isOpen = true;
	let total = 0;
	const leave = (because: string): void => {
		if (!isOpen) return;
		isOpen = false;
		endGroup(child);
		resolve(because);
	};
	const take = (chunk: Uint8Array, keep: (chunk: Uint8Array) => void): void => {
		total += chunk.length;
		if (total > byteBudget) leave(`it sent more than ${byteBudget} bytes`);
		else if (isOpen) keep(chunk);
	};
	child.stdout.on('data', (chunk: Uint8Array) => take(chunk, onStdout ?? (bytes => void out.push(bytes))));
	child.stderr.on('data', (chunk: Uint8Array) => take(chunk, bytes => void err.push(bytes)));
	const onAbort = (): void => leave('we left');
	const timer =
		deadlineMs === undefined ? undefined : setTimeout(leave, deadlineMs, `no answer within ${deadlineMs} ms`);
	signal?.addEventListener('abort', onAbort, { once: true });
	if (signal?.aborted === true) onAbort();
	return {
		done: Promise.all([streamEnd(child.stdout), streamEnd(child.stderr)]).then(() => {}),
		left,
		stdout: () => Buffer.concat(out),
		stderr: () => Buffer.concat(err).toString('utf8'),
		close() {
			isOpen = false;
			clearTimeout(timer);
			signal?.removeEventListener('abort', onAbort);
		},
	};
}

const streamEnd = (stream: Readable): Promise<void> =>
	new Promise(resolve => {
		stream.on('end', resolve).on('close', resolve).on('error', resolve);
	});

/**
 * Ends the shell with all that it has started; work that has been detached has a session of its own and goes on. The streams are
 * closed too, because somebody who got away (or runs as another user) may hold them open.
 */
function endGroup({ pid, stdout, stderr }: Child): void {
	try {
		if (pid !== undefined) process.kill(-pid, 'SIGKILL');
	} catch {
		// It is gone already, or it is another user's: then the closed streams end it.
	}
	stdout.destroy();
	stderr.destroy();
}
