// A process of its own: `node delay-proxy.ts PORT TARGET_PORT RTT_MS ADDRESS…` listens on PORT of each address and leads to
// TARGET_PORT of the same address, with RTT/2 more in each direction. Prints `ready`, and ends when its stdin does.
import { connect, createServer, type Socket } from 'node:net';

const [port = 0, targetPort = 0, rttMs = 0] = process.argv.slice(2, 5).map(Number);
const addresses = process.argv.slice(5);

for (const address of addresses) {
	const server = createServer({ allowHalfOpen: true, noDelay: true }, near => lead(near, address));
	await new Promise<void>(resolve => server.listen({ port, host: address, backlog: 1024 }, resolve));
}
process.stdin.on('end', () => process.exit(0)).resume();
process.stdout.write('ready\n');

/**
 * Over a real network a connection stands after one round trip, and the host knows of it half a round trip later. Here it stands
 * at once; so the host is told after one and a half, and whatever is said meanwhile waits for that: both ends see the same times.
 */
function lead(near: Socket, address: string): void {
	near.on('error', () => {});
	near.pause();
	setTimeout(() => {
		const far = connect({ host: address, port: targetPort, allowHalfOpen: true, noDelay: true });
		far.on('error', () => near.resetAndDestroy());
		pass(near, far, 0);
		pass(far, near, rttMs / 2);
		near.resume();
		near.on('close', () => far.destroy());
		far.on('close', () => near.destroy());
	}, rttMs * 1.5);
	// What comes before has waited already.
	function pass(from: Socket, to: Socket, firstMs: number): void {
		const line = new Line(from, to, firstMs);
		from.on('data', (chunk: Buffer) => line.take(chunk));
		from.on('end', () => line.take(undefined));
		setImmediate(() => line.settle());
	}
}

/** One direction: what comes in goes out RTT/2 later, in the same order, as fast as it came. */
class Line {
	readonly #from: Socket;
	readonly #to: Socket;
	readonly #held: { readonly dueMs: number; readonly chunk: Buffer | undefined }[] = [];
	#heldBytes = 0;
	#delayMs: number;
	#isArmed = false;

	constructor(from: Socket, to: Socket, firstMs: number) {
		this.#from = from;
		this.#to = to;
		this.#delayMs = firstMs;
	}

	settle(): void {
		this.#delayMs = rttMs / 2;
	}

	/** `undefined`: the other end has said all. */
	take(chunk: Buffer | undefined): void {
		this.#held.push({ dueMs: performance.now() + this.#delayMs, chunk });
		this.#heldBytes += chunk?.length ?? 0;
		// A network holds much, but not all: more than any window of the peers at such a delay.
		if (this.#heldBytes > maxHeld) this.#from.pause();
		this.#arm();
	}

	#arm(): void {
		const [first] = this.#held;
		if (this.#isArmed || first === undefined) return;
		this.#isArmed = true;
		setTimeout(
			() => {
				this.#isArmed = false;
				this.#send();
				this.#arm();
			},
			Math.max(0, first.dueMs - performance.now()),
		);
	}

	#send(): void {
		// Timers have whole milliseconds: what is due within the half of one goes too.
		const now = performance.now() + 0.5;
		this.#to.cork();
		for (let first = this.#held[0]; first !== undefined && first.dueMs <= now; first = this.#held[0]) {
			this.#held.shift();
			if (first.chunk === undefined) this.#to.end();
			else {
				this.#heldBytes -= first.chunk.length;
				if (this.#to.writable) this.#to.write(first.chunk);
			}
		}
		this.#to.uncork();
		if (this.#to.writableNeedDrain) {
			this.#from.pause();
			this.#to.once('drain', () => this.#from.resume());
		} else if (this.#heldBytes <= maxHeld) this.#from.resume();
	}
}

const maxHeld = 16 * 1024 * 1024;
