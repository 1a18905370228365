import { connect, createServer, type Socket } from 'node:net';

/** Stands between us and a host and breaks what goes through, as networks do. */
export interface FaultProxy extends AsyncDisposable {
	readonly address: string;
	readonly port: number;
	/** How many have connected so far, and how many of them at once at most. */
	readonly seen: number;
	readonly most: number;
	/** Bytes that went through, both ways. */
	readonly bytes: number;
	/** From now on nothing goes through, and nobody is told: also for those who connect later. */
	blackHole(): void;
	/** Everything goes through again; what was held back comes first. */
	heal(): void;
	/** Ends every connection with a reset, or politely. */
	cut(how: 'reset' | 'end'): void;
	delay(ms: number): void;
	/** From the host to us. */
	throttle(bytesPerSecond: number): void;
	/** Changes one bit of the next chunk from the host. */
	corrupt(): void;
	/** So many of those who connect next are dropped at once, with these words. */
	drop(count: number, words?: string): void;
}

export async function faultProxy(target: { readonly address: string; readonly port: number }): Promise<FaultProxy> {
	const pairs = new Set<Pair>();
	const state = {
		seen: 0,
		most: 0,
		bytes: 0,
		isHole: false,
		delayMs: 0,
		rate: 0,
		flips: 0,
		drops: 0,
		dropWords: '',
	};
	const server = createServer({ allowHalfOpen: true }, near => {
		state.seen += 1;
		if (state.drops > 0) {
			state.drops -= 1;
			near.on('error', () => {});
			near.end(state.dropWords, () => near.destroy());
			return;
		}
		const far = connect({ host: target.address, port: target.port, allowHalfOpen: true });
		const pair: Pair = { near, far, held: [] };
		pairs.add(pair);
		state.most = Math.max(state.most, pairs.size);
		pass(near, far, pair, false);
		pass(far, near, pair, true);
		for (const socket of [near, far]) socket.on('close', () => drop(pair));
	});
	const drop = (pair: Pair): void => {
		pairs.delete(pair);
		pair.near.destroy();
		pair.far.destroy();
	};
	const reset = (): void => {
		for (const { near, far } of pairs) {
			near.resetAndDestroy();
			far.resetAndDestroy();
		}
	};

	function pass(from: Socket, to: Socket, pair: Pair, isFromHost: boolean): void {
		let before: Promise<void> = Promise.resolve();
		const send = (chunk: Buffer): void => {
			if (state.isHole) pair.held.push(() => send(chunk));
			else if (to.writable) to.write(chunk);
		};
		from.on('error', () => {});
		from.on('data', (chunk: Buffer) => {
			state.bytes += chunk.length;
			let bytes = chunk;
			if (isFromHost && state.flips > 0) {
				state.flips -= 1;
				bytes = Buffer.from(chunk);
				const middle = Math.floor(bytes.length / 2);
				bytes[middle] = (bytes[middle] ?? 0) ^ 1;
			}
			const waitMs = state.delayMs + (isFromHost && state.rate > 0 ? (bytes.length * 1000) / state.rate : 0);
			if (waitMs === 0) send(bytes);
			else {
				from.pause();
				before = before
					.then(() => new Promise<void>(resolve => setTimeout(resolve, waitMs)))
					.then(() => {
						send(bytes);
						from.resume();
					});
			}
		});
		from.on('end', () => {
			const end = (): void => {
				if (state.isHole) pair.held.push(end);
				else to.end();
			};
			void before.then(end);
		});
	}

	await new Promise<void>(resolve => server.listen(0, target.address, resolve));
	const place = server.address();
	return {
		address: target.address,
		port: typeof place === 'object' && place !== null ? place.port : 0,
		get seen() {
			return state.seen;
		},
		get most() {
			return state.most;
		},
		get bytes() {
			return state.bytes;
		},
		blackHole() {
			state.isHole = true;
		},
		heal() {
			state.isHole = false;
			for (const pair of pairs) for (const send of pair.held.splice(0)) send();
		},
		cut(how) {
			if (how === 'reset') reset();
			else for (const { near, far } of pairs) for (const socket of [near, far]) socket.end();
		},
		delay(ms) {
			state.delayMs = ms;
		},
		throttle(bytesPerSecond) {
			state.rate = bytesPerSecond;
		},
		corrupt() {
			state.flips += 1;
		},
		drop(count, words = '') {
			state.drops = count;
			state.dropWords = words;
		},
		async [Symbol.asyncDispose]() {
			for (const pair of [...pairs]) drop(pair);
			await new Promise<void>(resolve => server.close(() => resolve()));
		},
	};
}

interface Pair {
	readonly near: Socket;
	readonly far: Socket;
	/** What a black hole has swallowed. */
	readonly held: (() => void)[];
}
