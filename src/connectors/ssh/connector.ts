import { existsSync } from 'node:fs';
import type { Host } from '../../model/inventory.ts';
import type { Become } from '../../model/unit.ts';
import type { Ask } from '../../ports/ask.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { Connector, Opened } from '../../ports/connection.ts';
import { listAgentKeys } from './agent.ts';
import { readKnownHosts } from './check-host-key.ts';
import { choose, type Means } from './choose.ts';
import { connectOver, type Shared } from './connect.ts';
import { type Run, SshConnection, type Start } from './connection.ts';
import { readIdentity } from './identities.ts';
import { onlyByAuthority } from './judge-host-key.ts';
import { type Limits, usualLimits } from './limits.ts';
import { Links } from './links.ts';
import type { Given, SshOptions } from './options.ts';
import { type ConfigPlace, problemOf, type Resolved, type Resolving, resolve } from './resolve.ts';
import { findRoute } from './route.ts';
import { Secrets } from './secrets.ts';
import { wantsPassword, whyNoShell } from './shell-command.ts';

export interface SshSurroundings {
	/** Whose `~/.ssh` counts. */
	readonly place: ConfigPlace;
	readonly clock: Clock;
	readonly random: Random;
	/** Absent where nobody is there to answer. */
	readonly ask?: Ask;
	/** Takes the hosts over for which ssh2 is not enough; `because` says why, in one clause. */
	instead(because: string): Connector;
	readonly limits?: Partial<Limits>;
}

/** Hosts over ssh. One connection for each way to a host, however often it is opened; disposing of it closes them all. */
export function sshConnector(surroundings: SshSurroundings): Connector & AsyncDisposable {
	const { place, clock, random, ask, instead } = surroundings;
	const limits = { ...usualLimits, ...surroundings.limits };
	const person = { random, ...(ask === undefined ? {} : { ask: oneAtATime(ask) }) };
	const shared: Shared = {
		person,
		secrets: new Secrets(person.ask),
		links: new Links(clock, limits.idleMs),
		limits,
		clock,
		gates: new Map(),
	};
	const resolved = new Map<string, Promise<Resolving>>();
	const resolveOnce = async (given: Given, signal: AbortSignal): Promise<Resolving> => {
		const name = JSON.stringify([given.name, given.address, given.port, given.user]);
		const resolving = resolved.get(name) ?? resolve(given, place, signal);
		resolved.set(name, resolving);
		const result = await resolving;
		if (!result.ok) resolved.delete(name);
		return result;
	};
	return {
		async open(host, become, signal): Promise<Opened> {
			const given = givenOf(host);
			const problem = problemOf(given);
			if (problem !== undefined) return { ok: false, because: problem };
			const route = await findRoute(given, one => resolveOnce(one, signal));
			if (!route.ok) return route;
			for (const hop of route.hops) {
				const choice = choose(hop.values, await meansOf(hop, place));
				if (choice.by === 'openssh') return instead(choice.because).open(host, become, signal);
			}
			const linked = await connectOver(route.hops, shared, signal);
			if (!linked.ok) return linked;
			const open = (start: Start): SshConnection => new SshConnection(linked.link, route.hops, shared, start);
			const opened = await becomeThere(open, { become, signal, options: lastOf(route.hops).options, shared });
			if (!opened.ok) shared.links.give(linked.link);
			return opened;
		},
		async [Symbol.asyncDispose]() {
			await shared.links.closeAll();
		},
	};
}

const givenOf = ({ name, address, port, user }: Host): Given => ({
	name,
	...(address === undefined ? {} : { address }),
	...(port === undefined ? {} : { port }),
	...(user === undefined ? {} : { user }),
});

const lastOf = (hops: readonly [Resolved, ...Resolved[]]): Resolved => hops.at(-1) ?? hops[0];

/** Hosts are opened side by side, but a person reads one question at a time. */
function oneAtATime({ ask }: Ask): Ask {
	let before: Promise<unknown> = Promise.resolve();
	return {
		ask(question) {
			const answer = before.then(() => ask(question));
			before = answer.catch(() => {});
			return answer;
		},
	};
}

async function meansOf({ options }: Resolved, place: ConfigPlace): Promise<Means> {
	const agent = options.agent === undefined ? [] : await listAgentKeys(options.agent);
	const authority = onlyByAuthority(readKnownHosts(options), options);
	return {
		identities: options.identityFiles.map(readIdentity).filter(file => file !== undefined),
		agentKeys: agent.map(({ type }) => type),
		hasTicket: place.env.KRB5CCNAME !== undefined || existsSync(`/tmp/krb5cc_${process.getuid?.() ?? 0}`),
		...(authority === undefined ? {} : { authority: `${authority.file} line ${authority.line}` }),
	};
}

interface Becoming {
	readonly become: Become;
	readonly signal: AbortSignal;
	readonly options: SshOptions;
	readonly shared: Shared;
}

/** Opens a shell once, to see whether there is one for us: first as we are asked to, and where sudo wants a password, with it. */
async function becomeThere(open: (start: Start) => SshConnection, becoming: Becoming): Promise<Opened> {
	const { become, shared, options } = becoming;
	const connection = open({ become });
	const tried = await connection.run(firstRun(becoming));
	if (tried.kind === 'exited') return { ok: true, connection };
	if (tried.kind === 'lost') return { ok: false, because: tried.because };
	const because = whyNoShell({ become, ...tried });
	if (become !== 'sudo' || !wantsPassword(tried.said)) return { ok: false, because };
	const secret = `sudo password of ${options.user}`;
	if (!shared.secrets.canAsk) return { ok: false, because: `${because}; nobody is here to be asked for one` };
	return shared.secrets.inTurn(secret, () => becomeWithPassword(open, secret, becoming));
}

async function becomeWithPassword(
	open: (start: Start) => SshConnection,
	secret: string,
	becoming: Becoming,
): Promise<Opened> {
	const { become, shared, options } = becoming;
	const { secrets } = shared;
	const wrong = `sudo says that the password of ${options.user} is wrong; it is not tried again, on no host`;
	if (secrets.isWrong(secret)) return { ok: false, because: wrong };
	const password = await secrets.get(secret, `sudo password of ${options.user} (${options.name}): `);
	if (password === undefined || password === '') return { ok: false, because: 'no password for sudo was given' };
	const connection = open({ become, password });
	const tried = await connection.run(firstRun(becoming));
	if (tried.kind === 'exited') {
		secrets.tell(secret, 'right');
		return { ok: true, connection };
	}
	if (tried.kind === 'lost') return { ok: false, because: tried.because };
	if (!tried.wasAskedAgain && !/incorrect password|sorry, try again|authentication (failed|failure)/i.test(tried.said))
		return { ok: false, because: whyNoShell({ become, ...tried }) };
	secrets.tell(secret, 'wrong');
	return { ok: false, because: wrong };
}

const firstRun = ({ signal, shared }: Becoming): Run => ({
	input: Buffer.from('exit 0\n'),
	options: { signal, byteBudget: 256 * 1024, deadlineMs: shared.limits.channelMs },
	isFirst: true,
});
