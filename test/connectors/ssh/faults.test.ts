import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExecResult } from '../../../src/ports/connection.ts';
import { type FaultProxy, faultProxy } from '../../lab/fault-proxy.ts';
import { hasSshd, type Lab, lab, needsSshd, type Sshd } from '../../lab/lab.ts';
import { end } from '../../lab/processes.ts';
import { program, type RigOptions, rig, run } from './rig.ts';

/** What a test needs of ssh2's own server, to be a host that no sshd would be. */
interface HostileStream {
	readonly outgoing: { readonly id: number };
	readonly _client: { readonly _protocol: { channelData(id: number, bytes: Buffer): void } };
}
interface HostileClient {
	on(event: 'error' | 'close', listener: () => void): void;
	on(event: 'authentication', listener: (context: { accept(): void }) => void): void;
	on(
		event: 'session',
		listener: (accept: () => { on(event: 'exec', listener: (accept: () => HostileStream) => void): void }) => void,
	): void;
}
const { Server } = createRequire(import.meta.url)('ssh2') as {
	Server: new (
		config: { readonly hostKeys: readonly Buffer[] },
		onClient: (client: HostileClient) => void,
	) => { listen(port: number, host: string, done: () => void): void; address(): { port: number }; close(): void };
};

/** Quick enough for a test, and still a question that has to stay unanswered several times. */
const impatient = { keepaliveMs: 100, keepaliveCount: 3 };

describe.skipIf(!hasSshd)(`links that break (${needsSshd})`, () => {
	let here: Lab;
	let sshd: Sshd;
	beforeAll(async () => {
		here = lab();
		sshd = await here.sshd();
	});
	afterAll(() => here.close(), 30_000);

	/** A connection through a proxy, under the host's own name. */
	async function through(options: RigOptions = {}) {
		const proxy = await faultProxy(sshd);
		const made = rig(here, {
			config: ['HostKeyAlias far'],
			known: [`far ${sshd.hostKey()}`],
			...options,
		});
		here.onEnd(async () => await proxy[Symbol.asyncDispose]());
		return { ...made, proxy, place: { address: proxy.address, port: proxy.port } };
	}

	/** Runs a program that says `go` and goes on until a file is there; calls back at the word. */
	async function interrupted(
		made: Awaited<ReturnType<typeof through>>,
		onGo: (proxy: FaultProxy) => void,
		name: string,
	) {
		const connection = await made.connection(made.place);
		const mark = join(here.folder, name);
		const text = `(trap '' HUP PIPE; until [ -e ${mark}.go ]; do sleep 0.02; done; echo done >${mark}) >/dev/null 2>&1 &\necho go\nwait`;
		const result = await connection.exec(program(text), { byteBudget: 10_000, onStdout: () => onGo(made.proxy) });
		return { connection, result, mark };
	}

	const because = (result: ExecResult) => (result.kind === 'lost' ? result.because : `exit ${result.code}`);

	it('A1: a black hole is found out by questions without an answer; the work goes on, and the next exchange is a new link', async () => {
		const made = await through({ limits: impatient });
		const { connection, result, mark } = await interrupted(made, proxy => proxy.blackHole(), 'a1');
		expect(because(result)).toBe('it does not answer any more');
		made.proxy.heal();
		expect(await run(connection, `>${mark}.go; until [ -e ${mark} ]; do sleep 0.02; done; cat ${mark}`)).toBe('done\n');
		expect(made.proxy.seen).toBe(2);
	});

	it('A1: takes at most a minute by default', async () => {
		const { usualLimits } = await import('../../../src/connectors/ssh/limits.ts');
		expect(usualLimits.keepaliveMs * (usualLimits.keepaliveCount + 1)).toBeLessThanOrEqual(60_000);
	});

	it.each([
		['reset', 'the connection was reset'],
		['end', 'the connection was closed'],
	] as const)('A2: a link that is cut by %s loses the view and not the host', async (how, words) => {
		const made = await through();
		const { connection, result, mark } = await interrupted(made, proxy => proxy.cut(how), `a2-${how}`);
		expect(because(result)).toBe(words);
		expect(await run(connection, `>${mark}.go; until [ -e ${mark} ]; do sleep 0.02; done; echo same`)).toBe('same\n');
	});

	it('A2: bytes that came before the cut are told, and the rest can be had at their offset, the same', async () => {
		const made = await through();
		const connection = await made.connection(made.place);
		const file = join(here.folder, 'a2-bytes');
		await run(connection, `i=0; while [ $i -lt 20000 ]; do echo "line $i"; i=$((i+1)); done >${file}`);
		const chunks: Uint8Array[] = [];
		const result = await connection.exec(program(`cat ${file}`), {
			byteBudget: 1_000_000,
			onStdout: chunk => {
				chunks.push(chunk);
				made.proxy.cut('reset');
			},
		});
		expect(because(result)).toBe('the connection was reset');
		const seen = Buffer.concat(chunks).length;
		expect(seen).toBeGreaterThan(0);
		const rest = await run(connection, `tail -c +${seen + 1} ${file}`);
		expect(Buffer.concat(chunks).toString() + rest).toBe(readFileSync(file, 'utf8'));
	});

	it('A4: a session that is killed on the host is lost, not ended', async () => {
		const place = await here.sshd();
		const { connection } = rig(here, { known: [place.pin()] });
		const opened = await connection(place);
		const result = await opened.exec(program('echo go; sleep 30'), {
			byteBudget: 1000,
			onStdout: () => {
				for (const pid of place.sessions()) end(pid);
			},
		});
		expect(because(result)).toMatch(/^the connection was (closed|reset)$/);
		expect(await run(opened, 'echo again')).toBe('again\n');
	});

	it('A5: a session that is frozen on the host is found out', async () => {
		const place = await here.sshd();
		const { connection } = rig(here, { known: [place.pin()], limits: impatient });
		const opened = await connection(place);
		const result = await opened.exec(program('echo go; sleep 30'), {
			byteBudget: 1000,
			onStdout: () => {
				for (const pid of place.sessions()) end(pid, 'SIGSTOP');
			},
		});
		expect(because(result)).toBe('it does not answer any more');
		expect(await run(opened, 'echo again')).toBe('again\n');
	});

	it.each([
		[10, 1],
		[3, 1],
		[1, 1],
	])('A6: 14 exchanges at once work where a host allows %i sessions', async (sessions, links) => {
		const place = await here.sshd({ config: [`MaxSessions ${sessions}`] });
		const { connection } = rig(here, { known: [place.pin()] });
		const opened = await connection(place);
		const answers = await Promise.all(Array.from({ length: 14 }, (_, index) => run(opened, `echo ${index}`)));
		expect(answers).toEqual(Array.from({ length: 14 }, (_, index) => `${index}\n`));
		expect((place.log().match(/Accepted publickey/g) ?? []).length).toBe(links);
		place.stop();
	});

	it('A6: what was left behind and still counts on the host takes a new connection', async () => {
		const place = await here.sshd({ config: ['MaxSessions 1'] });
		const { connection } = rig(here, { known: [place.pin()] });
		const opened = await connection(place);
		expect(await run(opened, 'sleep 30', { deadlineMs: 100 })).toBe('lost: no answer within 100 ms');
		expect(await run(opened, 'echo next')).toBe('next\n');
	});

	it('A6: a host that opens no channel at all is told so', async () => {
		const place = await here.sshd({ config: ['MaxSessions 0'] });
		expect(await rig(here, { known: [place.pin()] }).why(place)).toBe('channel: the host opens none (open failed)');
		place.stop();
	});

	it('A7: 40 who open one host at once share one connection', async () => {
		const made = await through();
		const opened = await Promise.all(Array.from({ length: 40 }, () => made.connection(made.place)));
		expect(new Set(await Promise.all(opened.map(one => run(one, 'echo in'))))).toEqual(new Set(['in\n']));
		expect(made.proxy.seen).toBe(1);
		await Promise.all(opened.slice(1).map(one => one[Symbol.asyncDispose]()));
		expect(await run(opened[0]!, 'echo still')).toBe('still\n');
		expect(made.proxy.seen).toBe(1);
	});

	it('costs one session for opening and the first exchange, and one for each exchange after it', async () => {
		const place = await here.sshd();
		const made = rig(here, { known: [place.pin()], limits: { idleMs: 5000 } });
		const sessions = () => place.log().split('Starting session: command').length - 1;
		const first = await made.connection(place);
		expect(await run(first, 'echo in')).toBe('in\n');
		expect(sessions()).toBe(1);
		await first[Symbol.asyncDispose]();
		const again = await made.connection(place);
		expect(await run(again, 'echo in')).toBe('in\n');
		expect(await run(again, 'echo in')).toBe('in\n');
		expect(sessions()).toBe(3);
		place.stop();
	});

	it('A7: who is dropped before the first word comes again, not all at the same time', async () => {
		const waits: number[] = [];
		const { systemClock } = await import('../../../src/storage/clock.ts');
		const clock = {
			...systemClock,
			after(ms: number, call: () => void) {
				if (ms >= 1000) return systemClock.after(ms, call);
				waits.push(ms);
				return systemClock.after(0, call);
			},
		};
		const made = await through({ limits: { dialWaitMs: 100, idleMs: 5000, channelMs: 5000 }, rest: { clock } });
		made.proxy.drop(3, 'Exceeded MaxStartups\r\n');
		expect(await run(await made.connection(made.place), 'echo in')).toBe('in\n');
		expect(made.proxy.seen).toBe(4);
		expect(waits.length).toBe(3);
		for (const [index, wait] of waits.entries()) {
			expect(wait).toBeGreaterThanOrEqual(50 * 2 ** index);
			expect(wait).toBeLessThanOrEqual(150 * 2 ** index);
		}
	});

	it('A7: gives up after some tries, with the words that it was sent away with', async () => {
		const made = await through({ limits: { dials: 3, dialWaitMs: 1 } });
		made.proxy.drop(99, 'Exceeded MaxStartups\r\n');
		expect(await made.why(made.place)).toBe(
			'handshake: it closed the connection before its greeting, with “Exceeded MaxStartups” (tried 3 times)',
		);
		made.proxy.drop(99);
		expect(await made.why(made.place)).toMatch(
			/^handshake: it closed the connection before it said a word \(tried 3 times\)$/,
		);
	});

	it('A15: new keys each 100 kB change no byte', async () => {
		const place = await here.sshd({ config: ['RekeyLimit 100K'] });
		const { connection } = rig(here, { known: [place.pin()] });
		const opened = await connection(place);
		const bytes = Buffer.from(
			generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'der' }),
		);
		const big = Buffer.concat(Array.from({ length: 20_000 }, () => bytes));
		await opened.put([big].values() as unknown as AsyncIterable<Uint8Array>, join(here.folder, 'a15') as never);
		const back = Buffer.concat(await Array.fromAsync(opened.read(join(here.folder, 'a15') as never, 0)));
		expect([big.length > 3_000_000, back.equals(big)]).toEqual([true, true]);
		place.stop();
	});

	it('a bit that changes on the way ends the connection', async () => {
		const made = await through({ limits: impatient });
		const connection = await made.connection(made.place);
		const result = await connection.exec(program('echo go; sleep 30'), {
			byteBudget: 10_000,
			onStdout: () => made.proxy.corrupt(),
		});
		expect(result.kind).toBe('lost');
	});
});

describe('hosts that are not what they seem', () => {
	let here: Lab;
	const servers: (() => void)[] = [];
	beforeAll(() => {
		here = lab();
	});
	afterAll(async () => {
		for (const close of servers) close();
		await here.close();
	});
	/** Anybody who listens and says something. */
	async function listener(talk: (socket: Socket) => void): Promise<{ address: string; port: number }> {
		const sockets = new Set<Socket>();
		const server = createServer(socket => {
			sockets.add(socket);
			socket.on('error', () => {});
			talk(socket);
		});
		await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
		servers.push(() => {
			for (const socket of sockets) socket.destroy();
			server.close();
		});
		const place = server.address();
		return { address: '127.0.0.1', port: typeof place === 'object' && place !== null ? place.port : 0 };
	}
	const limits = { handshakeMs: 200, connectMs: 200, dials: 2, dialWaitMs: 1 };

	it('A9: a greeting that never comes is a handshake without an answer', async () => {
		const place = await listener(() => {});
		expect(await rig(here, { limits }).why(place)).toBe('handshake: no answer within 200 ms');
	});

	it('A9: neither is one that comes byte by byte', async () => {
		const place = await listener(socket => {
			const timer = setInterval(() => socket.write('S'), 20);
			socket.on('close', () => clearInterval(timer));
		});
		expect(await rig(here, { limits }).why(place)).toBe('handshake: no answer within 200 ms');
	});

	it('A9: a greeting alone is none either', async () => {
		const place = await listener(socket => void socket.write('SSH-2.0-Silent\r\n'));
		expect(await rig(here, { limits }).why(place)).toBe('handshake: no answer within 200 ms');
	});

	it('A9: no connection at all is told as such', async () => {
		const { why } = rig(here, { limits });
		// A network for documentation: nobody answers, or there is no way to it.
		expect(await why({ address: '192.0.2.1', port: 22 })).toMatch(
			/^connect: (no answer within 200 ms|there is no way to|the connection was refused)/,
		);
		expect(await why({ address: 'no.such.host.invalid', port: 22 })).toMatch(
			/^connect: (there is no address of this name|names cannot be looked up)/,
		);
	});

	it('a web server is told as such', async () => {
		const place = await listener(socket => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
		expect(await rig(here, { limits }).why(place)).toContain('with “HTTP/1.1 400 Bad Request”');
	});

	it('H12: a host that never stops greeting us is cut off', async () => {
		const flood = Buffer.alloc(64 * 1024, 'x\n');
		const place = await listener(socket => {
			const pour = (): void => {
				if (socket.destroyed) return;
				socket.write(flood, () => setImmediate(pour));
			};
			pour();
		});
		const because = await rig(here, {
			limits: { ...limits, handshakeMs: 10_000, greetingBytes: 500_000, dials: 1 },
		}).why(place);
		expect(because).toMatch(
			/^handshake: it (sent more than 500000 bytes before it let us in|closed the connection before its greeting)/,
		);
	});

	it('H12: a host that floods a channel beyond every window loses the connection', async () => {
		const closed = Promise.withResolvers<void>();
		const key = here.key('flooding');
		const server = new Server({ hostKeys: [readFileSync(key)] }, client => {
			client.on('error', () => {});
			client.on('close', () => closed.resolve());
			client.on('authentication', context => context.accept());
			client.on('session', accept => {
				accept().on('exec', acceptExec => {
					const stream = acceptExec();
					const flood = Buffer.alloc(32 * 1024, 'x');
					const pour = (): void => {
						// Past the library, which would wait for the window.
						for (let count = 0; count < 32; count += 1) stream._client._protocol.channelData(stream.outgoing.id, flood);
						if (isOpen) setImmediate(pour);
					};
					pour();
				});
			});
		});
		let isOpen = true;
		void closed.promise.then(() => {
			isOpen = false;
		});
		await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
		servers.push(() => server.close());
		const { port } = server.address();
		const pin = `[127.0.0.1]:${port} ${here.publicKey(key)}`;
		const because = await rig(here, { known: [pin] }).why({ address: '127.0.0.1', port });
		expect(because).toBe('it sent more than 262144 bytes');
		await closed.promise;
	});

	it('leaving while a connection is being made ends it at once', async () => {
		const place = await listener(() => {});
		const leaving = new AbortController();
		const opening = rig(here).open(place, 'none', leaving.signal);
		leaving.abort();
		expect(await opening).toMatchObject({ ok: false, because: 'we left' });
	});
});
