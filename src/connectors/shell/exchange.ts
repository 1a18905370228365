import type { Become } from '../../model/unit.ts';
import type { ExecOptions, ExecResult } from '../../ports/connection.ts';
import type { ChannelEnd, ShellChannel } from './channel.ts';
import type { Leaving } from './leaving.ts';
import { type Questions, questionsOf } from './questions.ts';
import { Spotter } from './spotter.ts';
import { settledWord } from './start-words.ts';

/** A shell that has been started, and what shows that it is there. */
export interface StartedShell {
	readonly channel: ShellChannel;
	/** The words behind which our output begins. */
	readonly marker: string;
	/** Who asks for a password gets this. Once. */
	readonly password?: Password;
}

export interface Password {
	readonly become: Become;
	readonly nonce: string;
	readonly secret: string;
}

/** What bounds an exchange, and who hears it. */
export interface Bounds {
	readonly options: Pick<ExecOptions, 'byteBudget' | 'onStdout'>;
	readonly leaving: Leaving;
}

/** Why nothing came of an exchange. */
export type NotExchanged =
	| (ExecResult & { readonly kind: 'lost' })
	/** It ended without ever showing the marker. */
	| { readonly kind: 'no_shell'; readonly code: number | null; readonly said: string; readonly wasAskedAgain: boolean }
	/** Nothing was sent: another try is harmless. */
	| { readonly kind: 'not_started'; readonly because: string };

export type Exchanged = ExecResult | NotExchanged;

/** Feeds a shell and reads both its streams to their end: one that nobody reads would stop the other side for ever. */
export class Exchange {
	readonly #channel: ShellChannel;
	readonly #gathered: Gathered;
	/** It has ended, or we have left it. */
	isOver = false;

	constructor(started: StartedShell, bounds: Bounds) {
		const { channel } = started;
		this.#channel = channel;
		const gathered = new Gathered(started, bounds);
		this.#gathered = gathered;
		channel.stdout.on('data', (chunk: Uint8Array) => gathered.takeOut(chunk));
		channel.stderr.on('data', (chunk: Uint8Array) => gathered.takeErr(chunk));
		void channel.ended.then(() => {
			this.isOver = true;
		});
	}

	/** Sends nothing until the shell has shown that it is there; `undefined`: it is. */
	async awaitShell({ leaving }: Bounds): Promise<NotExchanged | undefined> {
		const there = this.#gathered.hasShell.then(() => ({ kind: 'there' }) as const);
		const end = await Promise.race([there, this.#channel.ended, leaving.left.then(left)]);
		if (end.kind === 'there') return undefined;
		const ended = this.#end(end);
		return ended.kind === 'exited'
			? { kind: 'lost', because: `the shell ended at once with exit code ${ended.code}`, stderr: ended.stderr }
			: ended;
	}

	/** The exchange itself, to its end. */
	async run(input: Uint8Array | AsyncIterable<Uint8Array>, bounds: Bounds): Promise<Exchanged> {
		this.#gathered.bound(bounds);
		const end = await Promise.race([this.#channel.ended, bounds.leaving.left.then(left), this.#feed(input)]);
		return this.#end(end);
	}

	/** Nobody needs it any more. */
	leave(): void {
		this.isOver = true;
		this.#gathered.stop();
		this.#channel.leave();
	}

	#end(end: Ending): Exchanged {
		const gathered = this.#gathered;
		this.isOver = true;
		if (end.kind === 'left') {
			gathered.stop();
			// What was started there goes on until it writes to us; a signal would not reach it with every host.
			this.#channel.leave();
			return { kind: 'lost', because: end.because, stderr: gathered.stderr() };
		}
		if (end.kind === 'not_started' && !gathered.isShell) return end;
		if (end.kind !== 'ended') return { kind: 'lost', because: end.because, stderr: gathered.stderr() };
		const { code, signal } = end;
		if (!gathered.isShell)
			return { kind: 'no_shell', code, said: gathered.said(), wasAskedAgain: gathered.wasAskedAgain };
		if (signal !== undefined)
			return { kind: 'lost', because: `the shell was ended by ${signal}`, stderr: gathered.stderr() };
		if (code === null) return { kind: 'lost', because: 'the shell ended without a code', stderr: gathered.stderr() };
		return { kind: 'exited', code, stdout: gathered.stdout(), stderr: gathered.stderr() };
	}

	/** Resolves only when our own source breaks off: then the host must not take half of it for all. */
	async #feed(input: Uint8Array | AsyncIterable<Uint8Array>): Promise<Left> {
		const { stdin, ended } = this.#channel;
		try {
			for await (const chunk of input instanceof Uint8Array ? [input] : input) {
				if (!stdin.writable) return never;
				if (!stdin.write(chunk))
					await Promise.race([new Promise<void>(resolve => stdin.once('drain', resolve)), ended]);
			}
		} catch (error) {
			return left(error instanceof Error ? error.message : String(error));
		}
		if (stdin.writable) stdin.end();
		return never;
	}
}

type Ending = ChannelEnd | Left;

interface Left {
	readonly kind: 'left';
	readonly because: string;
}

const left = (because: string): Left => ({ kind: 'left', because });

const never = new Promise<never>(() => {});

class Gathered {
	readonly #started: StartedShell;
	#bounds: Bounds;
	readonly #spotter: Spotter;
	readonly #asksOut: Questions | undefined;
	readonly #asksErr: Questions | undefined;
	/** What doas says on its terminal comes on stderr, and may come late. */
	readonly #settles: Spotter | undefined;
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
	#isSettled = true;
	isShell = false;
	wasAskedAgain = false;

	constructor(started: StartedShell, bounds: Bounds) {
		const { password } = started;
		this.#started = started;
		this.#bounds = bounds;
		this.#spotter = new Spotter(started.marker);
		if (password === undefined) return;
		this.#asksErr = questionsOf(password.become, password.nonce);
		// Some su ask on stdout, others on stderr.
		if (password.become === 'su') this.#asksOut = questionsOf('su', password.nonce);
		if (password.become === 'doas') this.#settles = new Spotter(settledWord(password.nonce));
		this.#isSettled = this.#settles === undefined;
	}

	/** From now on these hold, and what came before does not count. */
	bound(bounds: Bounds): void {
		this.#bounds = bounds;
		this.#total = 0;
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
			this.#answer(this.#asksOut?.push(chunk) ?? 0);
			return;
		}
		const { password } = this.#started;
		// One line is read for doas in any case: without a question it would be a line of the program.
		if (password?.become === 'doas' && !this.#wasAsked) {
			this.#bounds.leaving.leave('doas let us in without asking for the password that it wanted before');
			return;
		}
		this.isShell = true;
		if (this.#isSettled) this.#shell.resolve();
		// Prompts and lectures are no words of the program.
		if (password !== undefined) this.#err.length = 0;
		if (rest.length > 0) this.#keep(rest);
	}

	takeErr(chunk: Uint8Array): void {
		if (!this.#count(chunk)) return;
		this.#err.push(chunk);
		if (!this.#isSettled && this.#settles?.push(chunk) !== undefined) {
			this.#isSettled = true;
			if (this.isShell) this.#shell.resolve();
		}
		if (this.isShell) return;
		this.#hear(chunk);
		this.#answer(this.#asksErr?.push(chunk) ?? 0);
	}

	#answer(times: number): void {
		const { password, channel } = this.#started;
		if (password === undefined) return;
		for (let asked = 0; asked < times; asked += 1) {
			// The same question again means that the answer was wrong. No second try: they are counted.
			if (this.#wasAsked) {
				this.wasAskedAgain = true;
				channel.stdin.end();
				return;
			}
			this.#wasAsked = true;
			channel.stdin.write(`${password.secret}\n`);
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
		const words = Buffer.concat(this.#err).toString('utf8');
		const { password } = this.#started;
		return password?.become === 'doas'
			? words.replace(new RegExp(`(\\r?\\n)?${settledWord(password.nonce)}`), '')
			: words;
	}

	said(): string {
		const words = Buffer.concat(this.#noise).toString('utf8');
		const nonce = this.#started.password?.nonce;
		return nonce === undefined ? words : words.replaceAll(nonce, '\n');
	}

	#keep(chunk: Uint8Array): void {
		const { onStdout } = this.#bounds.options;
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
		const { options, leaving } = this.#bounds;
		this.#total += chunk.length;
		if (this.#total > options.byteBudget) {
			this.#isOpen = false;
			leaving.leave(`it sent more than ${options.byteBudget} bytes`);
		}
		if (this.#total > options.byteBudget + inFlight)
			this.#started.channel.cut('it went on sending after it was told to stop');
		return this.#isOpen;
	}
}

const noiseKept = 16 * 1024;
/** Twice what a channel's window allows to be on its way (2 MiB in ssh2). */
const inFlight = 4 * 1024 * 1024;
