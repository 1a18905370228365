import type ssh2 from 'ssh2';
import type { ExecOptions, ExecResult } from '../../ports/connection.ts';
import type { Leaving } from './leaving.ts';
import type { Ending, Link } from './link.ts';
import { Spotter } from './spotter.ts';

export interface Exchange {
	readonly channel: ssh2.ClientChannel;
	readonly ended: Promise<Ending>;
	readonly link: Link;
	/** Closes the channel on our side. */
	leave(): void;
	/** The words behind which our output begins. */
	readonly marker: string;
	readonly input: Uint8Array | AsyncIterable<Uint8Array>;
	/** Nothing is sent before the shell has shown that it is there. */
	readonly waits: boolean;
	/** sudo asks by these words, and gets this. Once. */
	readonly password?: { readonly prompt: string; readonly secret: string };
	readonly options: Pick<ExecOptions, 'byteBudget' | 'onStdout'>;
	readonly leaving: Leaving;
}

/** `no_shell`: it ended without ever showing the marker. */
export type Exchanged =
	| ExecResult
	| { readonly kind: 'no_shell'; readonly code: number | null; readonly said: string; readonly wasAskedAgain: boolean };

/** Feeds a channel and reads both its streams to their end: one that nobody reads would stop the other side for ever. */
export async function exchange(wanted: Exchange): Promise<Exchanged> {
	const { channel, ended, link, leaving, options } = wanted;
	const gathered = new Gathered(wanted);
	channel.on('data', chunk => gathered.takeOut(chunk));
	channel.stderr.on('data', (chunk: Buffer) => gathered.takeErr(chunk));
	const fed = feed(wanted, gathered.hasShell);
	const end = await Promise.race([ended, link.lost.then(lost), leaving.left.then(lost), fed]);
	if ('because' in end) {
		gathered.stop();
		// What was started there goes on until it writes to us; a signal would not reach it with every host.
		wanted.leave();
		return { kind: 'lost', because: end.because, stderr: gathered.stderr() };
	}
	const { code, signal } = end;
	// A channel closes too when its connection dies; what came by then proves nothing.
	if (link.isLost) return { kind: 'lost', because: await link.lost, stderr: gathered.stderr() };
	if (!gathered.isShell)
		return { kind: 'no_shell', code, said: gathered.said(), wasAskedAgain: gathered.wasAskedAgain };
	if (signal !== undefined)
		return { kind: 'lost', because: `the shell was ended by ${signal}`, stderr: gathered.stderr() };
	if (code === null) return { kind: 'lost', because: 'the shell ended without a code', stderr: gathered.stderr() };
	return {
		kind: 'exited',
		code,
		stdout: options.onStdout === undefined ? gathered.stdout() : new Uint8Array(),
		stderr: gathered.stderr(),
	};
}

const lost = (because: string): { readonly because: string } => ({ because });

/** Resolves only when our own source breaks off: then the host must not take half of it for all. */
async function feed(
	{ channel, ended, input, waits }: Exchange,
	hasShell: Promise<void>,
): Promise<{ readonly because: string }> {
	if (waits && (await Promise.race([hasShell, ended])) !== undefined) return never;
	try {
		for await (const chunk of input instanceof Uint8Array ? [input] : input) {
			if (!channel.writable) return never;
			if (!channel.write(chunk))
				await Promise.race([new Promise<void>(resolve => channel.once('drain', resolve)), ended]);
		}
	} catch (error) {
		return { because: error instanceof Error ? error.message : String(error) };
	}
	if (channel.writable) channel.end();
	return never;
}

const never = new Promise<never>(() => {});

class Gathered {
	readonly #wanted: Exchange;
	readonly #spotter: Spotter;
	readonly #prompts: Spotter | undefined;
	readonly #out: Uint8Array[] = [];
	readonly #err: Uint8Array[] = [];
	/** What came before the marker, as far as somebody might want to read it. */
	readonly #noise: Uint8Array[] = [];
	readonly #shell = Promise.withResolvers<void>();
	readonly hasShell: Promise<void> = this.#shell.promise;
	#total = 0;
	#noiseBytes = 0;
	#isOpen = true;
	#wasAsked = false;
	isShell = false;
	wasAskedAgain = false;

	constructor(wanted: Exchange) {
		this.#wanted = wanted;
		this.#spotter = new Spotter(wanted.marker);
		this.#prompts = wanted.password === undefined ? undefined : new Spotter(wanted.password.prompt);
	}

	takeOut(chunk: Uint8Array): void {
		if (!this.#count(chunk)) return;
		if (this.isShell) this.#keep(chunk);
		else this.#await(chunk);
	}

	#await(chunk: Uint8Array): void {
		const rest = this.#spotter.push(chunk);
		if (rest === undefined) {
			this.#hear(chunk);
			return;
		}
		this.isShell = true;
		this.#shell.resolve();
		// Prompts and lectures are no words of the program.
		if (this.#prompts !== undefined) this.#err.length = 0;
		if (rest.length > 0) this.#keep(rest);
	}

	takeErr(chunk: Uint8Array): void {
		if (!this.#count(chunk)) return;
		this.#err.push(chunk);
		if (this.isShell) return;
		this.#hear(chunk);
		const { password, channel } = this.#wanted;
		if (password === undefined || this.#prompts === undefined) return;
		for (let rest = this.#prompts.push(chunk); rest !== undefined; rest = this.#prompts.push(rest)) {
			// The same question again means that the answer was wrong. No second try: they are counted.
			if (this.#wasAsked) {
				this.wasAskedAgain = true;
				channel.end();
				return;
			}
			this.#wasAsked = true;
			channel.write(`${password.secret}\n`);
		}
	}

	/** From now on everything that comes is counted, and nothing is kept. */
	stop(): void {
		this.#isOpen = false;
	}

	stdout(): Uint8Array {
		return Buffer.concat(this.#out);
	}

	stderr(): string {
		return Buffer.concat(this.#err).toString('utf8');
	}

	said(): string {
		const words = Buffer.concat(this.#noise).toString('utf8');
		const prompt = this.#wanted.password?.prompt;
		return prompt === undefined ? words : words.replaceAll(prompt, '\n');
	}

	#keep(chunk: Uint8Array): void {
		const { onStdout } = this.#wanted.options;
		if (onStdout === undefined) this.#out.push(chunk);
		else onStdout(chunk);
	}

	#hear(chunk: Uint8Array): void {
		if (this.#noiseBytes > noiseKept) return;
		this.#noiseBytes += chunk.length;
		this.#noise.push(chunk);
	}

	/** Ends the exchange at the budget; a host that goes on after its channel was closed loses the connection. */
	#count(chunk: Uint8Array): boolean {
		const { options, leaving, link } = this.#wanted;
		this.#total += chunk.length;
		if (this.#total > options.byteBudget) {
			this.#isOpen = false;
			leaving.leave(`it sent more than ${options.byteBudget} bytes`);
		}
		if (this.#total > options.byteBudget + inFlight) link.destroy('it went on sending after it was told to stop');
		return this.#isOpen;
	}
}

const noiseKept = 16 * 1024;
/** Twice what a channel's window allows to be on its way (2 MiB in ssh2). */
const inFlight = 4 * 1024 * 1024;
