import type { HostPath } from '../../src/model/brand.ts';
import type {
	Connection,
	Connector,
	ExecOptions,
	ExecResult,
	PutResult,
	ShellProgram,
} from '../../src/ports/connection.ts';

/** What a program does on a host that is only made up: it may print, and ends with a code; `null`: the line is cut. `signal`: nobody listens any more. */
export type Behaviour = (program: string, tell: Teller) => Promise<number | null> | number | null;

export interface Teller {
	out(text: string | Uint8Array): void;
	err(text: string): void;
	readonly signal: AbortSignal;
}

/** A Connection to a host in memory: no shell is run, every exchange is counted. */
export class FakeConnection implements Connection {
	readonly files = new Map<string, Uint8Array>();
	/** Every program that was run, in order. */
	readonly programs: string[] = [];
	/** How often `put` was called. */
	puts = 0;
	readonly #behaviour: Behaviour;
	readonly #onDisposed: () => void;

	constructor(behaviour: Behaviour, onDisposed: () => void = () => {}) {
		this.#behaviour = behaviour;
		this.#onDisposed = onDisposed;
	}

	async exec(program: ShellProgram, { signal, onStdout, byteBudget, deadlineMs }: ExecOptions): Promise<ExecResult> {
		this.programs.push(program);
		const out: Uint8Array[] = [];
		let stderr = '';
		let total = 0;
		const { promise: left, resolve } = Promise.withResolvers<string>();
		const ended = new AbortController();
		const leave = (because: string) => {
			ended.abort();
			resolve(because);
		};
		const count = (bytes: number): boolean => {
			total += bytes;
			if (total > byteBudget) leave(`it sent more than ${byteBudget} bytes`);
			return !ended.signal.aborted;
		};
		const teller: Teller = {
			signal: ended.signal,
			out(text) {
				const bytes = typeof text === 'string' ? Buffer.from(text) : text;
				if (!count(bytes.length)) return;
				if (onStdout === undefined) out.push(bytes);
				else onStdout(bytes);
			},
			err(text) {
				if (count(Buffer.byteLength(text))) stderr += text;
			},
		};
		const onAbort = () => leave('we left');
		signal?.addEventListener('abort', onAbort);
		if (signal?.aborted === true) onAbort();
		const timer =
			deadlineMs === undefined ? undefined : setTimeout(leave, deadlineMs, `no answer within ${deadlineMs} ms`);
		const end = await Promise.race([left, this.#behaviour(program, teller)]);
		clearTimeout(timer);
		signal?.removeEventListener('abort', onAbort);
		if (end === null) return { kind: 'lost', because: 'the line is cut', stderr };
		if (typeof end === 'string') return { kind: 'lost', because: end, stderr };
		return { kind: 'exited', code: end, stdout: Buffer.concat(out), stderr };
	}

	async put(bytes: AsyncIterable<Uint8Array>, path: HostPath): Promise<PutResult> {
		this.puts += 1;
		const all = await Array.fromAsync(bytes).then(Buffer.concat, () => undefined);
		if (all === undefined) return { kind: 'lost', because: `${path} was not written: the source broke off` };
		for (const file of this.files.keys())
			if (path.startsWith(`${file}/`))
				return { kind: 'refused', because: `${path} was not written: ${file} is no folder` };
		this.files.set(path, all);
		return { kind: 'written' };
	}

	async *read(path: HostPath, offset: number): AsyncIterable<Uint8Array> {
		const bytes = this.files.get(path);
		if (bytes === undefined) throw new Error(`${path} was not read: it is not there`);
		if (bytes.length > offset) yield bytes.subarray(offset);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#onDisposed();
	}
}

export const connectorTo = (connection: Connection): Connector => ({
	open: () => Promise.resolve({ ok: true, connection }),
});

/** Counts the exchanges of another Connection. */
export function counted(inner: Connection): Connection & { readonly exchanges: string[]; puts: number } {
	const exchanges: string[] = [];
	return {
		exchanges,
		puts: 0,
		exec(program, options) {
			exchanges.push(program);
			return inner.exec(program, options);
		},
		put(bytes, path) {
			this.puts += 1;
			return inner.put(bytes, path);
		},
		read: (path, offset) => inner.read(path, offset),
		[Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
	};
}

/** What a made-up host prints for the frame of a probe program; `undefined`: nothing. */
export type Prints = (frame: string) => string | undefined;

/** Answers a plan's probe program frame by frame, as a shell would that found these prints. */
export function probeAnswer(program: string, prints: Prints): string {
	const nonce = /^hs_nonce=(\w+)$/m.exec(program)?.[1] ?? '';
	return [...program.matchAll(/^hs_frame ([a-z0-9:]+) "\$hs_print"$/gm)]
		.map(([, name = '']) => {
			const text = prints(name) ?? '';
			return `${nonce} ${name} ${Buffer.byteLength(text)}\n${text}\n`;
		})
		.join('');
}

/** The frames that every healthy host has in common. */
export const healthyHost: Prints = frame =>
	({
		facts:
			'uname Linux web1 6.1.0-40-amd64 x86_64\nuser root\nuid 0\nboot_id b\nmachine_id f00dfeedf00dfeedf00dfeedf00dfeed\nservices systemd',
		state: 'state present\nrunner none\nlock free\npath /var/lib/hsctl',
	})[frame];

/** The records of a view, with their lengths. */
export const record = {
	start: (run: string) => `hsctl/follow/1 ${run}\n`,
	event(offset: number, event: object): string {
		const line = `${JSON.stringify(event)}\n`;
		return `E ${offset} ${Buffer.byteLength(line)}\n${line}\n`;
	},
	output: (stream: 'out' | 'err', index: number, offset: number, text: string) =>
		`${stream === 'out' ? 'O' : 'R'} ${index} ${offset} ${Buffer.byteLength(text)}\n${text}\n`,
	held: (index: number, text: string) => `H ${index} ${Buffer.byteLength(text)}\n${text}\n`,
	state: (index: number, state: string, evidence: string) => `S ${index} ${state} ${evidence}\n`,
	over: (how: 'end' | 'dead' | 'absent') => `Z ${how}\n`,
};

/** A whole view of events, one after the other from offset 0. */
export function view(run: string, events: readonly object[], how: 'end' | 'dead' = 'end'): string {
	let offset = 0;
	const records = events.map(event => {
		const text = record.event(offset, event);
		offset += Buffer.byteLength(JSON.stringify(event)) + 1;
		return text;
	});
	return record.start(run) + records.join('') + record.over(how);
}
