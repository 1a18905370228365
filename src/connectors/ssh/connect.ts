import type { Duplex } from 'node:stream';
import type { Clock, Random } from '../../ports/clock.ts';
import type { Secrets } from '../secrets.ts';
import { listAgentKeys } from './agent.ts';
import { Auth } from './auth.ts';
import { hostKeyCheck, type Person, readKnownHosts } from './check-host-key.ts';
import { type Dialled, dial, type NotDialled } from './dial.ts';
import { Gate } from './gate.ts';
import { orderKeys, readIdentity } from './identities.ts';
import { offeredHostKeys } from './judge-host-key.ts';
import type { Limits } from './limits.ts';
import type { Link } from './link.ts';
import type { Linked, Links } from './links.ts';
import { type SshOptions, shownPlace } from './options.ts';
import { wayOf } from './route.ts';

/** What all connections of one process share. */
export interface Shared {
	readonly person: Person;
	readonly secrets: Secrets;
	readonly links: Links<Link>;
	readonly limits: Limits;
	readonly clock: Clock;
	/** One for each address that is dialled over the network: what is behind it counts there too. */
	readonly gates: Map<string, Gate>;
}

/** One host on a way, the last one included. */
export interface Hop {
	readonly options: SshOptions;
}

/** The connection at the end of a way, over all its hops; each is verified under its own name. */
export const connectOver = (hops: readonly Hop[], shared: Shared, signal: AbortSignal): Promise<Linked<Link>> =>
	shared.links.take(wayOf(hops), () => makeLink(hops, shared, signal), signal);

/**
 * A connection of one's own at the end of a way, with a new login there. The hops before it may be shared: what the last host
 * answers has come all the way in any case.
 */
export const connectAnew = (hops: readonly Hop[], shared: Shared, signal: AbortSignal): Promise<Linked<Link>> =>
	shared.links.makeOwn(() => makeLink(hops, shared, signal), signal);

const makeLink = (hops: readonly Hop[], shared: Shared, signal: AbortSignal): Promise<Linked<Link>> =>
	dialPatiently(() => dialOver(hops, shared, signal), { ...shared, random: shared.person.random }, signal);

/** Comes again after a while as long as the host is only too busy to say a word. */
export async function dialPatiently<One>(
	dialOnce: () => Promise<{ readonly ok: true; readonly link: One } | NotDialled>,
	{ limits, clock, random }: { readonly limits: Limits; readonly clock: Clock; readonly random: Random },
	signal: AbortSignal,
): Promise<Linked<One>> {
	for (let tries = 1; ; tries += 1) {
		const dialled = await dialOnce();
		if (dialled.ok) return { ok: true, link: dialled.link };
		if (!dialled.isBusy || tries >= limits.dials || signal.aborted) {
			const { because, lacks } = dialled;
			return {
				ok: false,
				because: tries === 1 ? because : `${because} (tried ${tries} times)`,
				isLeft: signal.aborted,
				...(lacks === undefined ? {} : { lacks }),
			};
		}
		await wait(backOff(tries, limits.dialWaitMs, random.hex(2)), clock, signal);
	}
}

/** Doubles each time, and is never the same for two: those who were dropped together must not come back together. */
export function backOff(tries: number, firstMs: number, chance: string): number {
	const share = Number.parseInt(chance, 16) / 0xffff;
	return Math.round(firstMs * 2 ** Math.min(tries - 1, 5) * (0.5 + share));
}

const wait = (ms: number, clock: Clock, signal: AbortSignal): Promise<void> =>
	new Promise(resolve => {
		const stop = clock.after(ms, resolve);
		signal.addEventListener(
			'abort',
			() => {
				stop();
				resolve();
			},
			{ once: true },
		);
	});

async function dialOver(hops: readonly Hop[], shared: Shared, signal: AbortSignal): Promise<Dialled> {
	const { limits, clock, secrets, gates } = shared;
	const [before, options] = [hops.slice(0, -1), hops.at(-1)?.options];
	if (options === undefined) throw new TypeError('a way without a host');
	const jump = before.length === 0 ? undefined : await connectOver(before, shared, signal);
	if (jump?.ok === false)
		return {
			ok: false,
			because: viaHop(before, jump.because),
			isBusy: false,
			...(jump.lacks === undefined ? {} : { lacks: jump.lacks }),
		};
	const giveBack = (): void => {
		if (jump !== undefined) shared.links.give(jump.link);
	};
	const files = options.identityFiles.map(readIdentity).filter(file => file !== undefined);
	const held = options.agent === undefined ? [] : await listAgentKeys(options.agent);
	const leave = await gateOf(hops[0]?.options ?? options, limits.handshakes, gates)
		.enter(signal)
		.catch(() => undefined);
	if (leave === undefined) {
		giveBack();
		return { ok: false, because: 'we left', isBusy: false };
	}
	try {
		const through = await jump?.link.forward(options.hostname, options.port);
		if (typeof through === 'string') {
			giveBack();
			return { ok: false, because: viaHop(before, through), isBusy: false };
		}
		const dialled = await dial({
			options,
			...(through === undefined ? {} : { through: through satisfies Duplex }),
			hostKeys: offeredHostKeys(readKnownHosts(options), options, options.hostKeyAlgorithms),
			checkHostKey: hostKeyCheck(options, shared.person),
			auth: deadline =>
				new Auth({
					options,
					keys: orderKeys(files, held, options.identitiesOnly),
					maxKeys: limits.keys,
					secrets,
					hold: work => deadline.hold(work),
				}),
			limits,
			clock,
			signal,
		});
		if (!dialled.ok) giveBack();
		else void dialled.link.lost.then(giveBack);
		return dialled;
	} finally {
		leave();
	}
}

/** Who waits behind a jump host has to know that it is the jump host that fails. */
const viaHop = (before: readonly Hop[], because: string): string => {
	const hop = before.at(-1)?.options;
	return because.startsWith('via ') || hop === undefined ? because : `via ${hop.name} (${shownPlace(hop)}): ${because}`;
};

export function gateOf(
	{ hostname, port }: Pick<SshOptions, 'hostname' | 'port'>,
	size: number,
	gates: Map<string, Gate>,
): Gate {
	const address = `${hostname}:${port}`;
	const gate = gates.get(address) ?? new Gate(size);
	gates.set(address, gate);
	return gate;
}
