import type { HostPath } from '../../model/brand.ts';
import { quote } from '../../model/command.ts';
import type { Become } from '../../model/unit.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { Connection, ExecOptions, ExecResult, PutResult, ShellProgram } from '../../ports/connection.ts';
import type { OpenedShell, Opener } from './channel.ts';
import { type Bounds, Exchange, type Exchanged, type NotExchanged } from './exchange.ts';
import { Leaving } from './leaving.ts';
import { startWords } from './start-words.ts';
import { whyNoShell } from './why-no-shell.ts';

/** How a shell is started on the host. */
export interface Start {
	readonly become: Become;
	/** Present when it is asked for. */
	readonly password?: string;
}

export interface ShellMeans {
	readonly clock: Clock;
	readonly random: Random;
	/** The words that start a shell there; absent: `/bin/sh`. */
	readonly shell?: readonly string[];
}

/** A host whose shells an opener starts. Each exchange is a shell of its own. */
export class ShellConnection implements Connection {
	readonly #opener: Opener;
	readonly #start: Start;
	readonly #means: ShellMeans;
	#isClosed = false;

	constructor(opener: Opener, start: Start, means: ShellMeans) {
		this.#opener = opener;
		this.#start = start;
		this.#means = means;
	}

	async exec(program: ShellProgram, options: ExecOptions): Promise<ExecResult> {
		return this.#asResult(await this.#run({ input: Buffer.from(program, 'utf8'), options }));
	}

	async put(bytes: AsyncIterable<Uint8Array>, path: HostPath): Promise<PutResult> {
		const folder = path.slice(0, path.lastIndexOf('/'));
		// A file that is there already would keep its mode, and a link would be followed.
		const script = `umask 077; mkdir -p ${quote(`${folder}/`)} && rm -f ${quote(path)} && cat >${quote(path)}`;
		const result = this.#asResult(await this.#run({ script, input: bytes, options: { byteBudget: 64 * 1024 } }));
		if (result.kind === 'lost') return { kind: 'lost', because: `${path} was not written: ${result.because}` };
		return result.code === 0
			? { kind: 'written' }
			: { kind: 'refused', because: `${path} was not written: ${result.stderr.trim()}` };
	}

	async *read(path: HostPath, offset: number): AsyncIterable<Uint8Array> {
		const chunks: Uint8Array[] = [];
		const script = `tail -c +${offset + 1} ${quote(path)}`;
		const options = { byteBudget: Number.MAX_SAFE_INTEGER, onStdout: (chunk: Uint8Array) => void chunks.push(chunk) };
		const result = this.#asResult(await this.#run({ script, input: Buffer.alloc(0), options }));
		if (result.kind === 'lost') throw new Error(`${path} was not read: ${result.because}`);
		if (result.code !== 0) throw new Error(`${path} was not read: ${result.stderr.trim()}`);
		yield* chunks;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#isClosed) return;
		this.#isClosed = true;
		this.#leaveProof();
		await this.#opener.close();
	}

	/** Starts a shell and sends it nothing before it has shown that it is there; the next program is for this one. */
	async prove({ signal, deadlineMs }: Pick<ExecOptions, 'signal' | 'deadlineMs'>): Promise<NotExchanged | undefined> {
		using leaving = new Leaving(
			{ ...(signal === undefined ? {} : { signal }), ...(deadlineMs === undefined ? {} : { deadlineMs }) },
			this.#means.clock,
		);
		const bounds = { options: { byteBudget: proofBudget }, leaving };
		for (let tries = 1; ; tries += 1) {
			const opened = await this.#startShell(undefined, bounds);
			if (!opened.ok) return { kind: 'lost', because: opened.because, stderr: '' };
			const problem = await opened.exchange.awaitShell(bounds);
			if (problem === undefined) this.#proof = opened.exchange;
			if (problem?.kind !== 'not_started' || tries >= maxTries) return problem;
		}
	}

	/** The shell that has proved that there is one, as long as nobody has used it. */
	#proof: Exchange | undefined;

	#leaveProof(): void {
		this.#proof?.leave();
		this.#proof = undefined;
	}

	/** One exchange, with whatever came of it. */
	async #run({ script, input, options }: Run): Promise<Exchanged> {
		using leaving = new Leaving(options, this.#means.clock);
		const bounds = { options, leaving };
		const proof = this.#proof;
		if (script === undefined && proof?.isOver === false) {
			this.#proof = undefined;
			// Awaited here: the deadline must not end before the exchange does.
			return await proof.run(input, bounds);
		}
		// A host may allow one shell at a time.
		this.#leaveProof();
		for (let tries = 1; ; tries += 1) {
			const opened = await this.#startShell(script, bounds);
			if (!opened.ok) return { kind: 'lost', because: opened.because, stderr: '' };
			const problem = this.#waits ? await opened.exchange.awaitShell(bounds) : undefined;
			const exchanged = problem ?? (await opened.exchange.run(input, bounds));
			if (exchanged.kind !== 'not_started' || tries >= maxTries) return exchanged;
		}
	}

	get #waits(): boolean {
		return this.#start.password !== undefined || this.#opener.waits;
	}

	async #startShell(script: string | undefined, bounds: Bounds): Promise<StartedExchange> {
		const { become, password } = this.#start;
		const [marker, nonce] = [this.#nonce(), this.#nonce()];
		const words = startWords({
			become,
			marker,
			...(password === undefined ? {} : { nonce }),
			...(script === undefined ? {} : { script }),
			...(this.#means.shell === undefined ? {} : { shell: this.#means.shell }),
		});
		const opened = await this.#open(words, bounds.leaving);
		if (!opened.ok) return opened;
		const asked = password === undefined ? {} : { password: { become, nonce, secret: password } };
		return { ok: true, exchange: new Exchange({ channel: opened.channel, marker, ...asked }, bounds) };
	}

	#nonce(): string {
		return `HSCTL-${this.#means.random.hex(12)}`;
	}

	async #open(words: readonly string[], leaving: Leaving): Promise<OpenedShell> {
		const opening = this.#opener.open(words, leaving.signal).catch((error: unknown): OpenedShell => {
			if (leaving.signal.aborted) return failed('we left');
			throw error;
		});
		const opened = await Promise.race([opening, leaving.left.then(failed)]);
		// A channel that opens after we have left is nobody's.
		if (!opened.ok) void opening.then(late => late.ok && late.channel.leave());
		return opened;
	}

	#asResult(exchanged: Exchanged): ExecResult {
		if (exchanged.kind === 'no_shell')
			return {
				kind: 'lost',
				because: whyNoShell({ become: this.#start.become, ...exchanged }),
				stderr: exchanged.said,
			};
		return exchanged.kind === 'not_started' ? { kind: 'lost', because: exchanged.because, stderr: '' } : exchanged;
	}
}

const failed = (because: string): OpenedShell => ({ ok: false, because });

/** Tries that start nothing end by themselves long before; this ends what nobody has thought of. */
const maxTries = 100;

type StartedExchange =
	| { readonly ok: true; readonly exchange: Exchange }
	| { readonly ok: false; readonly because: string };

/** Bytes that a login may print before our shell is there. */
const proofBudget = 256 * 1024;

interface Run {
	/** Shell text to run with `input` as its stdin; absent: the input is the program. */
	readonly script?: string;
	readonly input: Uint8Array | AsyncIterable<Uint8Array>;
	readonly options: ExecOptions;
}
