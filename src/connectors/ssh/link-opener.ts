import type { ChannelEnd, OpenedShell, Opener, ShellChannel } from '../shell/channel.ts';
import { commandLine } from '../shell/start-words.ts';
import type { Link, OpenedChannel } from './link.ts';
import type { Linked, Links } from './links.ts';

/** Shells on a host over ssh2. A link that is lost is made again by the next shell: what was lost with it is said to be lost. */
export class LinkOpener implements Opener {
	readonly waits = false;
	readonly #links: Links<Link>;
	readonly #again: ((signal: AbortSignal) => Promise<Linked<Link>>) | undefined;
	#link: Link;

	/** @param again takes the link that comes after a lost one; absent: this one is our own, and ends with us */
	constructor(link: Link, links: Links<Link>, again?: (signal: AbortSignal) => Promise<Linked<Link>>) {
		this.#link = link;
		this.#links = links;
		this.#again = again;
	}

	async open(words: readonly string[], signal: AbortSignal): Promise<OpenedShell> {
		const opened = await this.#openOnLink(commandLine(words), signal);
		return opened.ok ? { ok: true, channel: channelOf(opened, opened.link) } : opened;
	}

	close(): void {
		if (this.#again === undefined) this.#link.close();
		else this.#links.give(this.#link);
	}

	async #openOnLink(command: string, signal: AbortSignal): Promise<OnLink> {
		const live = this.#link.isLost ? await this.#renew(signal) : this.#link;
		if (typeof live === 'string') return failed(live);
		const opened = await this.#execOn(live, command, signal);
		if (opened.ok || !opened.isFull || this.#again === undefined) return opened;
		// What we have left may still count for the host as long as it runs: then only a new connection helps.
		this.#links.retire(live);
		const fresh = this.#link === live ? await this.#renew(signal) : this.#link;
		return typeof fresh === 'string' ? failed(fresh) : this.#execOn(fresh, command, signal);
	}

	/** The link is kept as long as the shell needs it, also when the next one goes on with another link. */
	async #execOn(link: Link, command: string, signal: AbortSignal): Promise<OnLink> {
		const links = this.#links;
		links.hold(link);
		const opened = await link.exec(command, signal).catch((error: unknown) => {
			links.give(link);
			throw error;
		});
		if (!opened.ok) {
			links.give(link);
			return opened;
		}
		void opened.ended.then(() => links.give(link));
		return { ...opened, link };
	}

	/** The new link, or why there is none. Several shells may come here at once: each gives back what it replaces. */
	async #renew(signal: AbortSignal): Promise<Link | string> {
		if (this.#again === undefined) return this.#link.lost;
		const linked = await this.#again(signal);
		if (!linked.ok) return linked.because;
		this.#links.give(this.#link);
		this.#link = linked.link;
		return linked.link;
	}
}

type OnLink =
	| (OpenedChannel & { readonly ok: true; readonly link: Link })
	| { readonly ok: false; readonly because: string; readonly isFull: boolean };

const failed = (because: string): OnLink => ({ ok: false, because, isFull: false });

function channelOf({ channel, ended, leave }: OpenedChannel & { readonly ok: true }, link: Link): ShellChannel {
	const gone = async (): Promise<ChannelEnd> => ({ kind: 'lost', because: await link.lost });
	return {
		stdin: channel,
		stdout: channel,
		stderr: channel.stderr,
		// A channel closes too when its connection dies; what came by then proves nothing.
		ended: Promise.race([
			ended.then((end): ChannelEnd | Promise<ChannelEnd> => (link.isLost ? gone() : { kind: 'ended', ...end })),
			gone(),
		]),
		leave,
		cut: because => link.destroy(because),
	};
}
