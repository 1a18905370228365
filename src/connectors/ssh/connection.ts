import type { HostPath } from '../../model/brand.ts';
import { quote } from '../../model/command.ts';
import type { Become } from '../../model/unit.ts';
import type { Connection, ExecOptions, ExecResult, ShellProgram } from '../../ports/connection.ts';
import { connectOver, type Hop, type Shared } from './connect.ts';
import { type Exchanged, exchange } from './exchange.ts';
import { Leaving } from './leaving.ts';
import type { Link, OpenedChannel } from './link.ts';
import { shellCommand, whyNoShell } from './shell-command.ts';

/** How a shell is started on the host. */
export interface Start {
	readonly become: Become;
	/** Present when sudo asks for it. */
	readonly password?: string;
}

/** A host over ssh. A link that is lost is made again by the next exchange: what was lost with it is said to be lost. */
export class SshConnection implements Connection {
	readonly #hops: readonly Hop[];
	readonly #shared: Shared;
	readonly #start: Start;
	#link: Link;
	#isClosed = false;

	constructor(link: Link, hops: readonly Hop[], shared: Shared, start: Start) {
		this.#link = link;
		this.#hops = hops;
		this.#shared = shared;
		this.#start = start;
	}

	async exec(program: ShellProgram, options: ExecOptions): Promise<ExecResult> {
		return this.#asResult(await this.run({ input: Buffer.from(program, 'utf8'), options }));
	}

	async put(bytes: AsyncIterable<Uint8Array>, path: HostPath): Promise<void> {
		const folder = path.slice(0, path.lastIndexOf('/'));
		// A file that is there already would keep its mode, and a link would be followed.
		const script = `umask 077; mkdir -p ${quote(`${folder}/`)} && rm -f ${quote(path)} && cat >${quote(path)}`;
		const result = this.#asResult(await this.run({ script, input: bytes, options: { byteBudget: 64 * 1024 } }));
		if (result.kind === 'lost') throw new Error(`${path} was not written: ${result.because}`);
		if (result.code !== 0) throw new Error(`${path} was not written: ${result.stderr.trim()}`);
	}

	async *read(path: HostPath, offset: number): AsyncIterable<Uint8Array> {
		const chunks: Uint8Array[] = [];
		const script = `tail -c +${offset + 1} ${quote(path)}`;
		const options = { byteBudget: Number.MAX_SAFE_INTEGER, onStdout: (chunk: Uint8Array) => void chunks.push(chunk) };
		const result = this.#asResult(await this.run({ script, input: Buffer.alloc(0), options }));
		if (result.kind === 'lost') throw new Error(`${path} was not read: ${result.because}`);
		if (result.code !== 0) throw new Error(`${path} was not read: ${result.stderr.trim()}`);
		yield* chunks;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#isClosed) return;
		this.#isClosed = true;
		this.#shared.links.give(this.#link);
	}

	/** One exchange, with whatever came of it. `isFirst`: nothing is sent before the host has shown that a shell is there. */
	async run({ script, input, options, isFirst = false }: Run): Promise<Exchanged> {
		using leaving = new Leaving(options, this.#shared.clock);
		const marker = `HSCTL-${this.#shared.person.random.hex(12)}`;
		const { become, password } = this.#start;
		const prompt = password === undefined ? undefined : `HSCTL-${this.#shared.person.random.hex(12)}`;
		const command = shellCommand({
			become,
			marker,
			...(prompt === undefined ? {} : { prompt }),
			...(script === undefined ? {} : { script }),
		});
		const opened = await this.#open(command, leaving);
		if (!opened.ok) return { kind: 'lost', because: opened.because, stderr: '' };
		// Awaited here: the deadline must not end before the exchange does.
		return await exchange({
			...opened,
			marker,
			input,
			waits: isFirst || password !== undefined,
			...(prompt === undefined || password === undefined ? {} : { password: { prompt, secret: password } }),
			options,
			leaving,
		});
	}

	async #open(command: string, leaving: Leaving): Promise<OnLink> {
		const opening = this.#openOnLink(command, leaving.signal).catch((error: unknown): OnLink => {
			if (leaving.signal.aborted) return failed('we left');
			throw error;
		});
		const opened = await Promise.race([opening, leaving.left.then(failed)]);
		// A channel that opens after we have left is nobody's.
		if (!opened.ok) void opening.then(late => late.ok && late.leave());
		return opened;
	}

	async #openOnLink(command: string, signal: AbortSignal): Promise<OnLink> {
		const live = this.#link.isLost ? await this.#renew(signal) : this.#link;
		if (typeof live === 'string') return failed(live);
		const opened = await this.#execOn(live, command, signal);
		if (opened.ok || !opened.isFull) return opened;
		// What we have left may still count for the host as long as it runs: then only a new connection helps.
		this.#shared.links.retire(live);
		const fresh = this.#link === live ? await this.#renew(signal) : this.#link;
		return typeof fresh === 'string' ? failed(fresh) : this.#execOn(fresh, command, signal);
	}

	/** The link is kept as long as the exchange needs it, also when this connection goes on with another one. */
	async #execOn(link: Link, command: string, signal: AbortSignal): Promise<OnLink> {
		const { links } = this.#shared;
		links.hold(link);
		const opened = await link.exec(command, signal).catch((error: unknown) => {
			links.give(link);
			throw error;
		});
		if (!opened.ok) {
			links.give(link);
			return opened;
		}
		void opened.ended.then(() => links.give(link));
		return { ...opened, link };
	}

	/** The new link, or why there is none. Several exchanges may come here at once: each gives back what it replaces. */
	async #renew(signal: AbortSignal): Promise<Link | string> {
		const linked = await connectOver(this.#hops, this.#shared, signal);
		if (!linked.ok) return linked.because;
		this.#shared.links.give(this.#link);
		this.#link = linked.link;
		return linked.link;
	}

	#asResult(exchanged: Exchanged): ExecResult {
		return exchanged.kind === 'no_shell'
			? { kind: 'lost', because: whyNoShell({ become: this.#start.become, ...exchanged }), stderr: exchanged.said }
			: exchanged;
	}
}

type OnLink =
	| (OpenedChannel & { readonly ok: true; readonly link: Link })
	| { readonly ok: false; readonly because: string; readonly isFull: boolean };

const failed = (because: string): OnLink => ({ ok: false, because, isFull: false });

export interface Run {
	/** Shell text to run with `input` as its stdin; absent: the input is the program. */
	readonly script?: string;
	readonly input: Uint8Array | AsyncIterable<Uint8Array>;
	readonly options: ExecOptions;
	readonly isFirst?: boolean;
}
