import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import type { Clock } from '../../ports/clock.ts';
import { visible } from '../shell/visible.ts';
import type { Auth } from './auth.ts';
import type { HostKeyCheck } from './check-host-key.ts';
import { usableAlgorithms } from './choose.ts';
import { Deadline } from './deadline.ts';
import { wordsOf } from './failure.ts';
import { sameBytes } from './host-key.ts';
import type { Limits } from './limits.ts';
import { Link } from './link.ts';
import type { SshOptions } from './options.ts';

/** What one connection to one host takes. There is no way to make one without a judge of its host key. */
export interface Dial {
	readonly options: SshOptions;
	/** The way through a jump host; absent: straight over the network. */
	readonly through?: Duplex;
	readonly hostKeys: readonly string[];
	readonly checkHostKey: HostKeyCheck;
	auth(deadline: Deadline): Auth;
	readonly limits: Limits;
	readonly clock: Clock;
	readonly signal: AbortSignal;
}

export type Dialled = { readonly ok: true; readonly link: Link } | NotDialled;

export interface NotDialled {
	readonly ok: false;
	readonly because: string;
	/** It was dropped before the host had said a word, as sshd does when too many come at once. */
	readonly isBusy: boolean;
	/** What another client might have more of. Never present where the host's key was the reason. */
	readonly lacks?: Lack;
}

/** `algorithms`: there was none that both sides know · `proof`: nothing that we could offer let us in. */
export type Lack = 'algorithms' | 'proof';

export async function dial(plan: Dial): Promise<Dialled> {
	const socket = plan.through ?? (await reach(plan));
	return typeof socket === 'string' ? { ok: false, because: socket, isBusy: false } : greet(socket, plan);
}

/** The phase `connect`: a socket, or why there is none. */
function reach({ options, limits, clock, signal }: Dial): Promise<Socket | string> {
	const { hostname: host, port, family, bindAddress, connectTimeoutMs } = options;
	const ms = connectTimeoutMs ?? limits.connectMs;
	const socket = connect({
		host,
		port,
		...(family === 0 ? {} : { family }),
		...(bindAddress === undefined ? {} : { localAddress: bindAddress }),
	});
	return new Promise(resolve => {
		const stop = clock.after(ms, () => end(`connect: no answer within ${ms} ms`));
		const onAbort = (): void => end('we left');
		const end = (result: Socket | string): void => {
			stop();
			signal.removeEventListener('abort', onAbort);
			if (typeof result === 'string') socket.destroy();
			resolve(result);
		};
		// Stays for ever: an error of a socket that nobody listens to would end this process.
		socket.on('error', error => end(`connect: ${wordsOf(error)}`));
		socket.once('connect', () => end(socket.setNoDelay(true)));
		signal.addEventListener('abort', onAbort, { once: true });
		if (signal.aborted) onAbort();
	});
}

/** The phases `handshake` and `authentication`. */
function greet(socket: Duplex, plan: Dial): Promise<Dialled> {
	const { options, hostKeys, checkHostKey, limits, clock, signal } = plan;
	const client = new ssh2.Client();
	return new Promise(resolve => {
		let phase = 'handshake';
		let isOver = false;
		let refusal: string | undefined;
		let verified: Uint8Array | undefined;
		const greeting = new Greeting();
		const deadline = new Deadline(clock, () => fail(`no answer within ${phaseMs()} ms`));
		const phaseMs = (): number => (phase === 'handshake' ? limits.handshakeMs : limits.authMs);
		const auth = plan.auth(deadline);
		const over = (result: Dialled): void => {
			if (isOver) return;
			isOver = true;
			deadline.stop();
			signal.removeEventListener('abort', onAbort);
			socket.off('data', onData);
			if (!result.ok) {
				client.destroy();
				socket.destroy();
			}
			resolve(result);
		};
		const fail = (because: string, more: { readonly isBusy?: boolean; readonly lacks?: Lack } = {}): void =>
			over({ ok: false, because: `${phase}: ${because}`, isBusy: false, ...more });
		const onAbort = (): void => fail('we left');
		const onData = (chunk: Uint8Array): void => {
			greeting.take(chunk);
			if (greeting.bytes > limits.greetingBytes)
				fail(`it sent more than ${limits.greetingBytes} bytes before it let us in`);
		};
		const onClosed = (reason?: Error): void => {
			if (refusal !== undefined) fail(refusal);
			else if (!greeting.isDone) fail(greeting.whyClosed(), { isBusy: greeting.isBusy });
			else over({ ok: false, isBusy: false, ...whyEnded(phase, reason, auth) });
		};
		// Stays for ever, for the same reason as above; after this promise is settled the link listens too.
		client.on('error', (error: Error & { readonly level?: string }) => {
			if (isOver) return;
			if (refusal !== undefined) fail(refusal);
			else if (error.level === 'agent') auth.note(`the agent says: ${error.message}`);
			else if (error.message === allFailed) fail(auth.whyNot(), { lacks: 'proof' });
			else if (error.level === 'client-authentication') auth.note(error.message);
			else onClosed(error);
		});
		client.on('close', () => onClosed());
		client.on('end', () => onClosed());
		client.on('handshake', () => {
			// Comes again with every new exchange of keys.
			if (phase !== 'handshake') return;
			phase = 'authentication';
			deadline.start(limits.authMs);
		});
		client.on('ready', () => {
			auth.succeeded();
			// Made here and now: whatever happens next, the link hears it.
			over({ ok: true, link: new Link(client, socket, plan) });
		});
		signal.addEventListener('abort', onAbort, { once: true });
		deadline.start(limits.handshakeMs);
		if (signal.aborted) return onAbort();
		client.connect({
			sock: socket,
			username: options.user,
			// Deadlines are ours: they know the phase, and wait while a person is asked.
			readyTimeout: 0,
			keepaliveInterval: limits.keepaliveMs,
			keepaliveCountMax: limits.keepaliveCount,
			agentForward: false,
			hostVerifier(key, verify) {
				// A new exchange of keys in the middle of traffic: an answer that comes later would have ssh2 send with old keys.
				if (verified !== undefined) {
					verify(sameBytes(verified, key));
					return;
				}
				deadline
					.hold(() => checkHostKey(key))
					.catch((error: unknown) => `its host key could not be checked: ${wordsOf(error)}`)
					.then(problem => {
						refusal = problem;
						if (problem === undefined) verified = Buffer.from(key);
						verify(problem === undefined);
					});
			},
			authHandler: auth.next,
			algorithms: {
				kex: allowed(usableAlgorithms.kex, options.kex),
				serverHostKey: hostKeys,
				cipher: allowed(usableAlgorithms.ciphers, options.ciphers),
				hmac: allowed(usableAlgorithms.macs, options.macs),
				compress: ['none'],
			},
		});
		socket.on('data', onData);
	});
}

/** How ssh2 says that `Auth.next` had nothing left to give. */
const allFailed = 'All configured authentication methods failed';

function whyEnded(phase: string, reason: Error | undefined, auth: Auth): Pick<NotDialled, 'because' | 'lacks'> {
	const how = `${phase}: ${reason === undefined ? 'it closed the connection' : wordsOf(reason)}`;
	if (phase === 'authentication') return { because: `${how}; ${auth.whyNot()}`, lacks: 'proof' };
	return /no matching/i.test(reason?.message ?? '') ? { because: how, lacks: 'algorithms' } : { because: how };
}

const allowed = (usable: readonly string[], said: readonly string[] | undefined): readonly string[] =>
	said === undefined ? usable : usable.filter(name => said.includes(name));

/** What comes before the host's `SSH-2.0-…`: nothing, or the words with which sshd sends somebody away. */
class Greeting {
	#text = '';
	bytes = 0;

	take(chunk: Uint8Array): void {
		this.bytes += chunk.length;
		if (this.#text.length < 4096 && !this.isDone) this.#text += Buffer.from(chunk).toString('latin1');
	}

	get isDone(): boolean {
		return /^SSH-[^\n]*\n/m.test(this.#text);
	}

	/** sshd says so since 9.8 to whom it punishes for keys that were wrong: coming back would only make it longer. */
	get #isPenalty(): boolean {
		return this.#text.includes('Not allowed at this time');
	}

	get isBusy(): boolean {
		return !this.#isPenalty;
	}

	whyClosed(): string {
		if (this.#isPenalty)
			return 'it does not let this address in for a while, because keys or passwords from here were wrong before (PerSourcePenalties)';
		const said = visible(this.#text).slice(0, 160);
		return said === ''
			? 'it closed the connection before it said a word'
			: `it closed the connection before its greeting, with “${said}”`;
	}
}
