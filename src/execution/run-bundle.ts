import type { HostPath } from '../model/brand.ts';
import type { Clock } from '../ports/clock.ts';
import type { Connection, ExecResult, ShellProgram } from '../ports/connection.ts';
import { applyProgram, type Delivery, followProgram, wordProgram } from './apply-program.ts';
import { bytesToText } from './bytes-text.ts';
import { type FollowRecord, FollowStream } from './follow-stream.ts';
import { type BrokenView, pauseBefore } from './reconnect.ts';
import { type RunnerEvent, RunnerEvents } from './runner-event.ts';
import { sendFiles } from './send-files.ts';

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
	/** Of what has to be sent ahead, so many bytes are there. */
	onSent(sent: number, all: number): Promise<void>;
	/** The link is lost; it is made again after so many milliseconds. */
	onLost(because: string, pauseMs: number): Promise<void>;
	/** The host is heard again. */
	onFound(): Promise<void>;
}

/** How the watching ended; the verdicts themselves came as events. */
export type BundleEnd =
	| { readonly kind: 'ended' }
	| { readonly kind: 'dead' }
	/** The host knows nothing of it. */
	| { readonly kind: 'absent' }
	| { readonly kind: 'refused'; readonly word: string; readonly because: string }
	/** The view is gone and could not be made again; the host goes on by itself. */
	| { readonly kind: 'lost'; readonly because: string; readonly view: BrokenView };

/** What watching takes. */
export interface Watching {
	readonly connection: Connection;
	readonly listener: BundleListener;
	readonly clock: Clock;
	/** The host is the machine that we run on. */
	readonly isHere: boolean;
	/** Ends the watching; what was started goes on. */
	readonly signal: AbortSignal;
}

/**
 * Sends a bundle and watches it to its end. A link that breaks is made again at the same offsets: a lost link is a lost view.
 * @param deliver a delivery with a nonce of its own each time, because what is left of a broken one must not meet it;
 *   `undefined`: nothing may be sent any more, and only what was sent already is watched
 */
export async function runBundle(
	deliver: () => Delivery | undefined,
	place: BundlePlace,
	watching: Watching,
): Promise<BundleEnd> {
	const view = new View(place, watching);
	let sent = 0;
	return watchToEnd(view, watching, async () => {
		// The host begins a run once, however often it is told to.
		const delivery = view.isHeard ? undefined : deliver();
		if (delivery === undefined) return view.follow();
		sent += 1;
		const end = (await putFiles(delivery, watching)) ?? (await view.watch(applyProgram(delivery)));
		return end.kind === 'refused' && sent > 1 ? refusedAgain(view, end) : end;
	});
}

/** What was refused now may have arrived before, unheard. */
async function refusedAgain(view: View, refused: BundleEnd): Promise<BundleEnd> {
	const end = await view.follow();
	switch (end.kind) {
		case 'absent':
			return refused;
		case 'refused':
			return { kind: 'lost', because: end.because, view: 'ended' };
		default:
			return end;
	}
}

/** Watches a bundle that is on the host already, from its beginning. */
export async function followBundle(place: BundlePlace, watching: Watching): Promise<BundleEnd> {
	const view = new View(place, watching);
	return watchToEnd(view, watching, () => view.follow());
}

/** Where a bundle is: the folder of the host's memory, and its name in there. */
export interface BundlePlace {
	readonly state: HostPath;
	readonly name: string;
}

async function watchToEnd(
	view: View,
	{ clock, signal, listener, isHere }: Watching,
	attempt: () => Promise<BundleEnd>,
): Promise<BundleEnd> {
	for (let tries = 0; ; tries += 1) {
		const heardBefore = view.heardAtMs;
		const end = await attempt();
		if (end.kind !== 'lost' || signal.aborted) return end;
		if (view.heardAtMs !== heardBefore) tries = 0;
		const pauseMs = pauseBefore(end.view, { tries, silentMs: clock.monotonicMs() - view.heardAtMs, isHere });
		if (pauseMs === undefined) return end;
		await listener.onLost(end.because, pauseMs);
		await clock.pause(pauseMs, signal);
	}
}

async function putFiles({ bundle, state, nonce }: Delivery, watching: Watching): Promise<BundleEnd | undefined> {
	const sending = { state, folder: `inbox/${nonce}`, files: bundle.files };
	const failed = await sendFiles(sending, watching.connection, (sent, all) => watching.listener.onSent(sent, all));
	if (failed === undefined) return undefined;
	return failed.kind === 'lost'
		? { kind: 'lost', because: failed.because, view: 'lost' }
		: { kind: 'refused', word: 'put', because: failed.because };
}

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
	readonly #watching: Watching;
	readonly #events = new RunnerEvents();
	#end: BundleEnd | undefined;
	#isLost = false;
	/** The host has said something of this run: it is there. */
	isHeard = false;
	/** By the clock that only grows; before the first word, when the watching began. */
	heardAtMs: number;
	/** How far each file has been seen: where a new link goes on. */
	#position = { events: 0, index: 0, out: 0, err: 0 };

	constructor(place: BundlePlace, watching: Watching) {
		this.#place = place;
		this.#watching = watching;
		this.heardAtMs = watching.clock.monotonicMs();
	}

	follow(): Promise<BundleEnd> {
		return this.watch(followProgram(this.#place.state, this.#place.name, this.#position));
	}

	async watch(program: ShellProgram): Promise<BundleEnd> {
		this.#end = undefined;
		const stream = new FollowStream();
		let queue: Promise<void> = Promise.resolve();
		let failure: unknown;
		// When nobody can take down what happens (the journal's disk is full), watching is no use any more.
		const ended = new AbortController();
		const { connection, signal } = this.#watching;
		const result = await connection.exec(program, {
			signal: AbortSignal.any([signal, ended.signal]),
			byteBudget: viewBudget,
			onStdout: chunk => {
				for (const record of stream.push(chunk)) {
					queue = queue
						.then(() => (failure === undefined ? this.#hear(record) : undefined))
						.catch((error: unknown) => {
							failure ??= error;
							ended.abort();
						});
				}
			},
		});
		await queue;
		if (failure !== undefined) throw failure;
		this.#isLost = this.#end === undefined;
		return this.#end ?? lostEnd(result);
	}

	async #hear(record: FollowRecord): Promise<void> {
		this.isHeard ||= record.kind !== 'refused';
		this.heardAtMs = this.#watching.clock.monotonicMs();
		if (this.#isLost) {
			this.#isLost = false;
			await this.#watching.listener.onFound();
		}
		await this.#take(record);
	}

	async #take(record: FollowRecord): Promise<void> {
		switch (record.kind) {
			case 'events':
				return this.#takeEvents(record);
			case 'output':
				this.#advance(record);
				return this.#watching.listener.onOutput(record);
			case 'held':
				return this.#answer(record.index, record.bytes);
			case 'state':
				return this.#watching.listener.onState(record.index, record.state, record.evidence);
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
		if (events.at(-1)?.e !== 'held') this.#position = { ...this.#position, events: offset + bytes.length };
		for (const event of events) await this.#takeEvent(event);
	}

	#takeEvent(event: RunnerEvent): Promise<void> {
		if (event.e === 'started') this.#position = { ...this.#position, index: event.i, out: 0, err: 0 };
		return this.#watching.listener.onEvent(event);
	}

	#advance(output: { readonly stream: 'out' | 'err'; readonly offset: number; readonly bytes: Uint8Array }): void {
		this.#position = { ...this.#position, [output.stream]: output.offset + output.bytes.length };
	}

	async #answer(index: number, seen: Uint8Array): Promise<void> {
		const word = await this.#watching.listener.onHeld(index, seen);
		if (word === undefined) return;
		const program = wordProgram(this.#place.state, ['answer', this.#place.name, String(index), word]);
		await this.#watching.connection.exec(program, { byteBudget: wordBudget, deadlineMs: 30_000 });
	}
}

const lostEnd = (result: ExecResult): BundleEnd =>
	result.kind === 'lost'
		? { kind: 'lost', because: result.because, view: 'lost' }
		: {
				kind: 'lost',
				view: 'ended',
				because: `the view ended with exit ${result.code}${result.stderr === '' ? '' : `: ${result.stderr.trim().split('\n').at(-1)}`}`,
			};
