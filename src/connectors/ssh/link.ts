import type { Duplex } from 'node:stream';
import type ssh2 from 'ssh2';
import type { Become } from '../../model/unit.ts';
import type { Clock } from '../../ports/clock.ts';
import { aborted } from '../aborted.ts';
import { wordsOf } from './failure.ts';
import { Gate } from './gate.ts';
import type { Limits } from './limits.ts';

/** A session ends on the host a moment after its channel. */
const maxTries = 4;
const pauseMs = 50;

export type OpenedChannel =
	| {
			readonly ok: true;
			readonly channel: ssh2.ClientChannel;
			/** When it is closed by the host; `code` is `null` when the host has told none. */
			readonly ended: Promise<Ending>;
			/** Closes it on our side and counts it no more, although the host may: what was started on it goes on there. */
			leave(): void;
	  }
	| Full;

export interface Ending {
	readonly code: number | null;
	readonly signal?: string;
}

/** One live connection to one host, with as many channels as a host allows. */
export class Link {
	readonly #client: ssh2.Client;
	readonly #socket: Duplex;
	readonly #limits: Limits;
	readonly #clock: Clock;
	readonly #slots: Gate;
	readonly #lost = Promise.withResolvers<string>();
	/** Resolves with one clause when the connection is gone, however it went. */
	readonly lost: Promise<string> = this.#lost.promise;
	isLost = false;
	/** As whom a shell came, or is tried at this moment, without a password. */
	readonly proven = new Map<Become, Promise<boolean>>();
	#open = 0;
	#opening = 0;
	#onFreed: (() => void)[] = [];

	constructor(
		client: ssh2.Client,
		socket: Duplex,
		{ limits, clock }: { readonly limits: Limits; readonly clock: Clock },
	) {
		this.#client = client;
		this.#socket = socket;
		this.#limits = limits;
		this.#clock = clock;
		this.#slots = new Gate(limits.channels);
		// These stay for ever: ssh2 reports errors also after an end.
		client.on('error', (error: Error) => this.#end(wordsOf(error)));
		client.on('end', () => this.#end('the connection was closed'));
		client.on('close', () => this.#end('the connection was closed'));
	}

	/** Opens a channel and starts the command there; waits when as many are open as the host allows. */
	async exec(command: string, signal: AbortSignal): Promise<OpenedChannel> {
		const giveSlot = await this.#slots.enter(signal);
		let tries = 1;
		for (;;) {
			this.#opening += 1;
			const opened = await this.#within<Heard>(done => {
				// Heard at once: a short command is over before anything that waits goes on.
				this.#client.exec(command, (error, channel) => done(error, hear(error, channel)));
			});
			this.#opening -= 1;
			if (opened.ok) return this.#mind(opened.channel, giveSlot);
			if (!opened.isFull || this.isLost || signal.aborted || (this.#isAlone && tries >= maxTries)) {
				giveSlot();
				if (this.#isAlone) this.#wake();
				return opened;
			}
			// A host may allow fewer than we think: then one of ours has to end first, and the host has to see that.
			const isAlone = this.#isAlone;
			if (isAlone) tries += 1;
			await Promise.race([isAlone ? this.#pause(tries) : this.#nextFreed(), this.lost, aborted(signal)]);
		}
	}

	get #isAlone(): boolean {
		return this.#open + this.#opening === 0;
	}

	#pause(tries: number): Promise<void> {
		return new Promise(resolve => {
			this.#clock.after(pauseMs * tries, resolve);
		});
	}

	/** A way through this host to another one. */
	forward(host: string, port: number): Promise<Duplex | string> {
		return this.#within<Duplex>(done => this.#client.forwardOut('127.0.0.1', 0, host, port, done)).then(result =>
			result.ok ? result.channel : whyNoForward(result.because, host, port),
		);
	}

	/** Ends the connection at once, for a host that does what it must not. */
	destroy(because: string): void {
		this.#end(because);
	}

	/** Says goodbye. */
	close(): void {
		this.#client.end();
		this.#end('the connection was closed by us');
	}

	#end(because: string): void {
		if (this.isLost) return;
		this.isLost = true;
		this.#lost.resolve(because);
		this.#client.destroy();
		this.#socket.destroy();
	}

	#mind({ channel, ended }: Heard, giveSlot: () => void): OpenedChannel {
		this.#open += 1;
		let isFreed = false;
		const free = (): void => {
			if (isFreed) return;
			isFreed = true;
			this.#open -= 1;
			giveSlot();
			this.#wake();
		};
		void ended.then(free);
		void this.lost.then(free);
		const leave = (): void => {
			channel.close();
			free();
		};
		return { ok: true, channel, ended, leave };
	}

	#wake(): void {
		for (const freed of this.#onFreed.splice(0)) freed();
	}

	#nextFreed(): Promise<void> {
		return new Promise(resolve => this.#onFreed.push(resolve));
	}

	/** ssh2 calls back, or throws, or never does anything: it is one of these two here. */
	async #within<Channel>(start: (done: ssh2.Opened<Channel>) => void): Promise<Within<Channel>> {
		const { channelMs } = this.#limits;
		const { promise, resolve } = Promise.withResolvers<Within<Channel>>();
		const fail = (because: string, isFull = false): void => resolve({ ok: false, because, isFull });
		const stop = this.#clock.after(channelMs, () => fail(`channel: no answer within ${channelMs} ms`));
		void this.lost.then(because => fail(because));
		try {
			start((error, channel) => {
				if (error === undefined) resolve({ ok: true, channel });
				else fail(`channel: ${whyNoChannel(error)}`, error.reason !== undefined);
			});
		} catch (error) {
			// It says so when there is no connection any more.
			this.#end(wordsOf(error));
		}
		const result = await promise;
		stop();
		return result;
	}
}

type Within<Channel> = { readonly ok: true; readonly channel: Channel } | Full;

/** `isFull`: the host opens no more channels on this connection. */
interface Full {
	readonly ok: false;
	readonly because: string;
	readonly isFull: boolean;
}

interface Heard {
	readonly channel: ssh2.ClientChannel;
	readonly ended: Promise<Ending>;
}

function hear(error: Error | undefined, channel: ssh2.ClientChannel): Heard {
	const { promise: ended, resolve } = Promise.withResolvers<Ending>();
	if (error !== undefined) return { channel, ended };
	let ending: Ending = { code: null };
	// A channel that nobody listens to would end this process with its first error.
	channel.on('error', () => {});
	channel.stderr.on('error', () => {});
	channel.on('exit', (code, signal) => {
		ending = { code, ...(signal === undefined ? {} : { signal }) };
	});
	channel.on('close', () => resolve(ending));
	return { channel, ended };
}

const whyNoChannel = (error: ssh2.ChannelError): string =>
	error.reason === undefined
		? wordsOf(error)
		: `the host opens none (${wordsOf(error).replace(/^\(ssh\) channel open failure: */i, '')})`;

const whyNoForward = (because: string, host: string, port: number): string =>
	`it does not lead on to ${host}:${port}: ${because.replace(/^channel: /, '')}`;
