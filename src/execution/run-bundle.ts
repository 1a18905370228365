import { type HostPath, hostPath } from '../model/brand.ts';
import type { Connection, ExecResult, ShellProgram } from '../ports/connection.ts';
import { applyProgram, type Delivery, filesToPut, followProgram, wordProgram } from './apply-program.ts';
import { bytesToText } from './bytes-text.ts';
import { type FollowRecord, FollowStream } from './follow-stream.ts';
import { type RunnerEvent, RunnerEvents } from './runner-event.ts';

/** What a view of a host's work hears, in order. Each call is awaited before the next. */
export interface BundleListener {
	onEvent(event: RunnerEvent): Promise<void>;
	onOutput(output: {
		readonly index: number;
		readonly stream: 'out' | 'err';
		readonly offset: number;
		readonly bytes: Uint8Array;
	}): Promise<void>;
	/** The host holds before a unit whose looks print something else now. `undefined`: nobody can decide, let it wait. */
	onHeld(index: number, seen: Uint8Array): Promise<'run' | 'skip' | 'refuse' | undefined>;
	/** The runner is dead; this is where an unfinished job stands. */
	onState(index: number, state: string, evidence: string): Promise<void>;
}

/** How the watching ended; the verdicts themselves came as events. */
export type BundleEnd =
	| { readonly kind: 'ended' }
	| { readonly kind: 'dead' }
	/** The host knows nothing of it. */
	| { readonly kind: 'absent' }
	| { readonly kind: 'refused'; readonly word: string; readonly because: string }
	/** The link is gone and could not be made again; the host goes on by itself. */
	| { readonly kind: 'lost'; readonly because: string };

/** Sends a bundle and watches it to its end. A link that breaks is made again at the same offsets: a lost link is a lost view. */
export async function runBundle(
	delivery: Delivery,
	connection: Connection,
	listener: BundleListener,
	signal: AbortSignal,
): Promise<BundleEnd> {
	try {
		for (const [path, bytes] of filesToPut(delivery)) {
			await connection.put(once(bytes), hostPath(`${delivery.state}/inbox/${delivery.nonce}/${path}`));
		}
	} catch (error) {
		return { kind: 'refused', word: 'put', because: error instanceof Error ? error.message : String(error) };
	}
	const place = { state: delivery.state, name: delivery.bundle.name };
	return watchToEnd(new View(place, connection, listener), applyProgram(delivery), place, signal);
}

/** Watches a bundle that is on the host already, from its beginning. */
export const followBundle = (
	place: BundlePlace,
	connection: Connection,
	listener: BundleListener,
	signal: AbortSignal,
): Promise<BundleEnd> => {
	const view = new View(place, connection, listener);
	return watchToEnd(view, followProgram(place.state, place.name, view.position), place, signal);
};

/** Where a bundle is: the folder of the host's memory, and its name in there. */
export interface BundlePlace {
	readonly state: HostPath;
	readonly name: string;
}

async function watchToEnd(
	view: View,
	program: ShellProgram,
	{ state, name }: BundlePlace,
	signal: AbortSignal,
): Promise<BundleEnd> {
	let end = await view.watch(program, signal);
	for (let tries = 0; end.kind === 'lost' && tries < maxReconnects && !signal.aborted; tries += 1) {
		end = await view.watch(followProgram(state, name, view.position), signal);
	}
	return end;
}

/** A local shell does not get lost by itself; what is gone after this many tries stays gone for this view. */
const maxReconnects = 3;

/** Says a word to a running bundle: `stop` (nothing new starts) or `cancel` (end what runs). */
export const sayWord = (
	word: 'stop' | 'cancel',
	{ state, name }: BundlePlace,
	connection: Connection,
): Promise<ExecResult> =>
	connection.exec(wordProgram(state, [word, name]), {
		byteBudget: wordBudget,
		deadlineMs: 30_000,
	});

const wordBudget = 64 * 1024;
/** A view is not bounded in all, but a single record is: 1 MiB of a stream at a time, and the runner sends less. */
const viewBudget = Number.MAX_SAFE_INTEGER;

class View {
	readonly #place: BundlePlace;
	readonly #connection: Connection;
	readonly #listener: BundleListener;
	readonly #events = new RunnerEvents();
	#end: BundleEnd | undefined;
	/** How far each file has been seen: where a new link goes on. */
	position = { events: 0, index: 0, out: 0, err: 0 };

	constructor(place: BundlePlace, connection: Connection, listener: BundleListener) {
		this.#place = place;
		this.#connection = connection;
		this.#listener = listener;
	}

	async watch(program: ShellProgram, signal: AbortSignal): Promise<BundleEnd> {
		const stream = new FollowStream();
		let queue: Promise<void> = Promise.resolve();
		let failure: unknown;
		// When nobody can take down what happens (the journal's disk is full), watching is no use any more.
		const ended = new AbortController();
		const result = await this.#connection.exec(program, {
			signal: AbortSignal.any([signal, ended.signal]),
			byteBudget: viewBudget,
			onStdout: chunk => {
				for (const record of stream.push(chunk)) {
					queue = queue
						.then(() => (failure === undefined ? this.#take(record) : undefined))
						.catch((error: unknown) => {
							failure ??= error;
							ended.abort();
						});
				}
			},
		});
		await queue;
		if (failure !== undefined) throw failure;
		return this.#end ?? lostEnd(result);
	}

	async #take(record: FollowRecord): Promise<void> {
		switch (record.kind) {
			case 'events':
				return this.#takeEvents(record);
			case 'output':
				this.#advance(record);
				return this.#listener.onOutput(record);
			case 'held':
				return this.#answer(record.index, record.bytes);
			case 'state':
				return this.#listener.onState(record.index, record.state, record.evidence);
			case 'over':
				this.#end = { kind: record.how === 'end' ? 'ended' : record.how };
				return;
			case 'refused':
				this.#end = record;
				return;
			case 'heartbeat':
				return;
		}
	}

	/** A question counts as seen when what it is about has come too: a new link has to hear it again. */
	async #takeEvents({ offset, bytes }: FollowRecord & { kind: 'events' }): Promise<void> {
		const events = this.#events.push(bytesToText(bytes));
		if (events.at(-1)?.e !== 'held') this.position = { ...this.position, events: offset + bytes.length };
		for (const event of events) await this.#takeEvent(event);
	}

	#takeEvent(event: RunnerEvent): Promise<void> {
		if (event.e === 'started') this.position = { ...this.position, index: event.i, out: 0, err: 0 };
		return this.#listener.onEvent(event);
	}

	#advance(output: { readonly stream: 'out' | 'err'; readonly offset: number; readonly bytes: Uint8Array }): void {
		this.position = { ...this.position, [output.stream]: output.offset + output.bytes.length };
	}

	async #answer(index: number, seen: Uint8Array): Promise<void> {
		const word = await this.#listener.onHeld(index, seen);
		if (word === undefined) return;
		const program = wordProgram(this.#place.state, ['answer', this.#place.name, String(index), word]);
		await this.#connection.exec(program, { byteBudget: wordBudget, deadlineMs: 30_000 });
	}
}

const lostEnd = (result: ExecResult): BundleEnd =>
	result.kind === 'lost'
		? { kind: 'lost', because: result.because }
		: {
				kind: 'lost',
				because: `the view ended with exit ${result.code}${result.stderr === '' ? '' : `: ${result.stderr.trim().split('\n').at(-1)}`}`,
			};

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
	yield bytes;
}
