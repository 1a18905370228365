import { rmSync } from 'node:fs';
import { definedOnly } from '../defined-only.ts';
import type { OpenedShell, Opener } from '../shell/channel.ts';
import { startChild } from '../shell/child.ts';
import { commandLine } from '../shell/start-words.ts';
import type { Linked, Links } from '../ssh/links.ts';
import { textOf } from '../text-of.ts';
import { sessionWords } from './arguments.ts';
import type { Master } from './master.ts';
import { hasStatus, sessionEnd } from './session.ts';
import type { OpensshShared } from './shared.ts';

/** Shells on a host over a master. One that is gone is made again by the next shell. */
export class MasterOpener implements Opener {
	/** Whether a session was opened is seen by what it says; till then nothing is lost by another try. */
	readonly waits = true;
	readonly #shared: OpensshShared;
	readonly #links: Links<Master>;
	readonly #again: ((signal: AbortSignal) => Promise<Linked<Master>>) | undefined;
	#master: Master;

	/** @param again takes the master that comes after a lost one; absent: this one is our own, and ends with us */
	constructor(
		master: Master,
		shared: OpensshShared,
		links: Links<Master>,
		again?: (signal: AbortSignal) => Promise<Linked<Master>>,
	) {
		this.#master = master;
		this.#shared = shared;
		this.#links = links;
		this.#again = again;
	}

	async open(words: readonly string[], signal: AbortSignal): Promise<OpenedShell> {
		for (let tries = 1; tries <= maxMasters; tries += 1) {
			const master = this.#master;
			const needsOther = master.isLost || master.isStuck;
			const helpsAgain = this.#again !== undefined && master.isProven;
			if (master.isStuck && !helpsAgain && !master.isLost)
				return { ok: false, because: 'channel: the host opens none' };
			if (needsOther) {
				// What we have left may still count for the host as long as it runs: then only a new login helps.
				this.#links.retire(master);
				const linked = this.#master === master ? await this.#renew(signal) : undefined;
				if (linked !== undefined) return { ok: false, because: linked };
				continue;
			}
			await master.calm(signal, this.#shared.clock);
			const leaveSlot = await master.slots.enter(signal);
			if (!master.isLost) return { ok: true, channel: this.#start(master, words, leaveSlot) };
			leaveSlot();
		}
		return { ok: false, because: 'the connection was closed again and again' };
	}

	close(): void | Promise<void> {
		if (this.#again === undefined) return this.#master.close();
		this.#links.give(this.#master);
	}

	#start(master: Master, words: readonly string[], leaveSlot: () => void) {
		const log = this.#shared.runtime().path();
		this.#links.hold(master);
		master.began();
		return startChild(sessionWords(master.place, log, commandLine(words)), {
			env: definedOnly(this.#shared.place.env),
			end: async code => {
				// Without a code it was ended by us: whether it had a session still tells something of the host.
				const said = code === 255 || code === null ? textOf(log) : '';
				rmSync(log, { force: true });
				// A client hears of the end of its master a moment before the process is gone.
				if (code === 255 && !hasStatus(said)) await this.#moment();
				const masterGone = code === 255 ? master.whyGone() : undefined;
				const { end, was } = sessionEnd({
					code,
					log: said,
					...(masterGone === undefined ? {} : { masterGone }),
				});
				leaveSlot();
				master.ended(was);
				this.#links.give(master);
				return end;
			},
		});
	}

	#moment(): Promise<void> {
		return new Promise(resolve => void this.#shared.clock.after(50, resolve));
	}

	/** Nothing, or why there is no new one. Several shells may come here at once: each gives back what it replaces. */
	async #renew(signal: AbortSignal): Promise<string | undefined> {
		if (this.#again === undefined) return this.#master.lost;
		const linked = await this.#again(signal);
		if (!linked.ok) return linked.because;
		this.#links.give(this.#master);
		this.#master = linked.link;
		return undefined;
	}
}

const maxMasters = 4;
