import { existsSync } from 'node:fs';
import type { Become } from '../../model/unit.ts';
import type { Ask } from '../../ports/ask.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { Connector, Opened } from '../../ports/connection.ts';
import { oneAtATime, Secrets } from '../secrets.ts';
import { ShellConnection, type Start } from '../shell/connection.ts';
import { openShell } from '../shell/open-shell.ts';
import { listAgentKeys } from './agent.ts';
import { readKnownHosts } from './check-host-key.ts';
import { choose, type Means, whatElseCouldProve } from './choose.ts';
import type { ConfigPlace } from './config-place.ts';
import { connectAnew, connectOver, type Shared } from './connect.ts';
import type { Lack } from './dial.ts';
import { readIdentity } from './identities.ts';
import { onlyByAuthority } from './judge-host-key.ts';
import { type Limits, usualLimits } from './limits.ts';
import type { Link } from './link.ts';
import { LinkOpener } from './link-opener.ts';
import { Links } from './links.ts';
import { type Given, givenOf } from './options.ts';
import { problemOf, type Resolved, type Resolving, resolve } from './resolve.ts';
import { findRoute, wayOf } from './route.ts';
import { SshAnswers } from './ssh-answers.ts';

export interface SshSurroundings {
	/** Whose `~/.ssh` counts. */
	readonly place: ConfigPlace;
	readonly clock: Clock;
	readonly random: Random;
	/** Absent where nobody is there to answer. */
	readonly ask?: Ask;
	/** Absent: nobody shares them. */
	readonly secrets?: Secrets;
	/** Takes the hosts over for which ssh2 is not enough; `because` says why, in one clause. */
	instead(because: string): Connector;
	readonly limits?: Partial<Limits>;
}

/** Hosts over ssh. One connection for each way to a host, however often it is opened, and fresh ones beside it; disposing closes all. */
export function sshConnector(surroundings: SshSurroundings): Connector & AsyncDisposable {
	const { place, clock, random, ask, instead } = surroundings;
	const limits = { ...usualLimits, ...surroundings.limits };
	const person = { random, ...(ask === undefined ? {} : { ask: oneAtATime(ask) }) };
	const shared: Shared = {
		person,
		secrets: surroundings.secrets ?? new Secrets(person.ask),
		links: new Links<Link>(clock, limits.idleMs),
		limits,
		clock,
		gates: new Map(),
	};
	const answers = new SshAnswers(place);
	const resolved = new Map<string, Promise<Resolving>>();
	const resolveOnce = async (given: Given, signal: AbortSignal): Promise<Resolving> => {
		const name = JSON.stringify([given.name, given.address, given.port, given.user]);
		const resolving = resolved.get(name) ?? resolve(given, place, signal, answers);
		resolved.set(name, resolving);
		const result = await resolving;
		if (!result.ok) resolved.delete(name);
		return result;
	};
	/** Hosts that ssh2 could not open and OpenSSH's client could, with the reason: known from then on. */
	const others = new Map<string, string>();
	return {
		async open(host, become, signal, { isFresh = false } = {}): Promise<Opened> {
			const given = givenOf(host);
			const problem = problemOf(given);
			if (problem !== undefined) return { ok: false, because: problem };
			const route = await findRoute(given, one => resolveOnce(one, signal));
			if (!route.ok) return route;
			const { hops } = route;
			const way = wayOf(hops);
			const chosen = others.get(way) ?? (await chosenFor(hops, place));
			if (chosen !== undefined) return instead(chosen).open(host, become, signal, { isFresh });
			const linked = await (isFresh ? connectAnew : connectOver)(hops, shared, signal);
			if (linked.ok) return openOnLink(linked.link, { hops, become, shared, signal, isFresh });
			const because = await whyOther(linked.lacks, hops, place);
			if (because === undefined || signal.aborted) return { ok: false, because: linked.because };
			const opened = await instead(because).open(host, become, signal, { isFresh });
			if (!opened.ok)
				return {
					ok: false,
					because: `${linked.because}; OpenSSH's client, tried because ${because}: ${opened.because}`,
				};
			// What ssh2 has open goes on being used, whatever a fresh connection met.
			if (!isFresh) others.set(way, because);
			return opened;
		},
		async [Symbol.asyncDispose]() {
			await shared.links.closeAll();
		},
	};
}

async function chosenFor(hops: readonly Resolved[], place: ConfigPlace): Promise<string | undefined> {
	for (const hop of hops) {
		const choice = choose(hop.values, await meansOf(hop, place));
		if (choice.by === 'openssh') return choice.because;
	}
	return undefined;
}

/** After a failure of ssh2: what OpenSSH's client might have more of. Never anything where the host's key was the reason. */
async function whyOther(
	lacks: Lack | undefined,
	hops: readonly Resolved[],
	place: ConfigPlace,
): Promise<string | undefined> {
	if (lacks === undefined) return undefined;
	if (lacks === 'algorithms') return 'ssh2 and the host have no algorithm in common';
	for (const hop of hops) {
		const because = whatElseCouldProve(hop.values, await meansOf(hop, place));
		if (because !== undefined) return because;
	}
	return undefined;
}

interface Opening {
	readonly hops: Hops;
	readonly become: Become;
	readonly shared: Shared;
	readonly signal: AbortSignal;
	/** The link is nobody else's. */
	readonly isFresh: boolean;
}

type Hops = readonly [Resolved, ...Resolved[]];

async function openOnLink(link: Link, { hops, become, shared, signal, isFresh }: Opening): Promise<Opened> {
	const { clock, person, secrets, limits } = shared;
	const again = isFresh ? undefined : (leaving: AbortSignal) => connectOver(hops, shared, leaving);
	const opener = new LinkOpener(link, shared.links, again);
	const { user, name } = lastOf(hops).options;
	const opened = await openShell(
		(start: Start) => new ShellConnection(opener, start, { clock, random: person.random }),
		{
			become,
			isRoot: user === 'root',
			user,
			name,
			isHere: false,
			secrets,
			signal,
			firstMs: limits.channelMs,
			proven: link.proven,
		},
	);
	if (!opened.ok) await opener.close();
	return opened;
}

const lastOf = (hops: Hops): Resolved => hops.at(-1) ?? hops[0];

export async function meansOf({ options }: Resolved, place: ConfigPlace): Promise<Means> {
	const agent = options.agent === undefined ? [] : await listAgentKeys(options.agent);
	const authority = onlyByAuthority(readKnownHosts(options), options);
	return {
		identities: options.identityFiles.map(readIdentity).filter(file => file !== undefined),
		agentKeys: agent.map(({ type }) => type),
		hasTicket: place.env.KRB5CCNAME !== undefined || existsSync(`/tmp/krb5cc_${process.getuid?.() ?? 0}`),
		...(authority === undefined ? {} : { authority: `${authority.file} line ${authority.line}` }),
	};
}
