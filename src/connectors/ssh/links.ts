import type { Clock } from '../../ports/clock.ts';
import type { Lack } from './dial.ts';

/** A live connection, whoever made it. */
export interface Live {
	readonly isLost: boolean;
	/** Resolves with one clause when it is gone, however it went. */
	readonly lost: Promise<string>;
	close(): void | Promise<void>;
}

export type Linked<One> =
	| { readonly ok: true; readonly link: One }
	/** `isLeft`: somebody was told to leave while it was being made; that says nothing about the host. */
	| { readonly ok: false; readonly because: string; readonly isLeft: boolean; readonly lacks?: Lack };

/** The live connections, one for each way. They are counted: who takes one gives it back. */
export class Links<One extends Live> {
	readonly #entries = new Map<string, Entry<One>>();
	readonly #byLink = new Map<One, Entry<One>>();
	readonly #clock: Clock;
	readonly #idleMs: number;
	readonly #own = new Set<Promise<Linked<One>>>();
	/** Those that nobody uses, the longest idle one first. */
	readonly #idle = new Set<Entry<One>>();

	constructor(clock: Clock, idleMs: number) {
		this.#clock = clock;
		this.#idleMs = idleMs;
	}

	/** The connection of a way, made by `make` when there is none. Several who come at once wait for the same one. */
	async take(way: string, make: () => Promise<Linked<One>>, signal: AbortSignal): Promise<Linked<One>> {
		if (signal.aborted) return weLeft;
		const entry = this.#entries.get(way) ?? this.#add(way, make);
		this.#use(entry);
		const linked = await Promise.race([entry.linked, aborted(signal)]);
		if (linked.ok && !linked.link.isLost) return linked;
		this.#leave(entry);
		if (!linked.ok && (signal.aborted || !linked.isLeft)) return linked;
		this.#forget(entry);
		// It died while we waited, or whoever was making it has left: that is no answer for us.
		return this.take(way, make, signal);
	}

	/** A connection that nobody else gets, whatever there is already: it is neither counted nor kept, and who made it closes it. */
	async makeOwn(make: () => Promise<Linked<One>>, signal: AbortSignal): Promise<Linked<One>> {
		if (signal.aborted) return weLeft;
		const making = make();
		this.#own.add(making);
		const forget = (): boolean => this.#own.delete(making);
		void making.then(linked => (linked.ok ? linked.link.lost.then(forget) : forget()));
		const linked = await Promise.race([making, aborted(signal)]);
		// What is made after we have left is nobody's.
		if (!linked.ok) void making.then(late => late.ok && late.link.close());
		return linked;
	}

	/** One more who uses it. */
	hold(link: One): void {
		const entry = this.#byLink.get(link);
		if (entry !== undefined) this.#use(entry);
	}

	give(link: One): void {
		const entry = this.#byLink.get(link);
		if (entry !== undefined) this.#leave(entry);
	}

	/** The next one who comes gets a new connection; who has this one may go on with it. */
	retire(link: One): void {
		const entry = this.#byLink.get(link);
		if (entry !== undefined) this.#forget(entry);
	}

	async closeAll(): Promise<void> {
		const making = [...this.#entries.values()];
		this.#entries.clear();
		const closingOwn = [...this.#own].map(one => one.then(linked => linked.ok && linked.link.close()));
		await Promise.all(making.map(({ linked }) => linked));
		await Promise.all([...closingOwn, ...[...this.#byLink.keys()].map(link => link.close())]);
	}

	#add(way: string, make: () => Promise<Linked<One>>): Entry<One> {
		const entry: Entry<One> = { way, linked: make(), link: undefined, users: 0, stopIdle: () => {} };
		this.#entries.set(way, entry);
		void entry.linked.then(linked => {
			if (!linked.ok) return this.#forget(entry);
			const { link } = linked;
			entry.link = link;
			this.#byLink.set(link, entry);
			void link.lost.then(() => {
				this.#byLink.delete(link);
				this.#idle.delete(entry);
				this.#forget(entry);
				entry.stopIdle();
			});
		});
		return entry;
	}

	#use(entry: Entry<One>): void {
		entry.users += 1;
		entry.stopIdle();
		this.#idle.delete(entry);
	}

	/** After the last one it stays for a while: a plan is often followed by its run. Of a large fleet only some stay. */
	#leave(entry: Entry<One>): void {
		entry.users -= 1;
		if (entry.users > 0) return;
		const isCurrent = this.#entries.get(entry.way) === entry;
		entry.stopIdle = this.#clock.after(isCurrent ? this.#idleMs : 0, () => this.#close(entry));
		this.#idle.add(entry);
		const [longest] = this.#idle;
		if (longest !== undefined && this.#idle.size > mostIdle) this.#close(longest);
	}

	#close(entry: Entry<One>): void {
		if (entry.users > 0) return;
		entry.stopIdle();
		this.#idle.delete(entry);
		this.#forget(entry);
		void entry.link?.close();
	}

	#forget(entry: Entry<One>): void {
		if (this.#entries.get(entry.way) === entry) this.#entries.delete(entry.way);
	}
}

/** Each takes memory here and a process there. */
const mostIdle = 64;

interface Entry<One> {
	readonly way: string;
	readonly linked: Promise<Linked<One>>;
	link: One | undefined;
	users: number;
	stopIdle(): void;
}

const weLeft: Linked<never> = { ok: false, because: 'we left', isLeft: true };

const aborted = (signal: AbortSignal): Promise<Linked<never>> =>
	new Promise(resolve => {
		signal.addEventListener('abort', () => resolve(weLeft), { once: true });
	});
