import type { Host } from '../../model/inventory.ts';
import type { Become } from '../../model/unit.ts';
import type { Ask } from '../../ports/ask.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { Connector, Opened, OpenOptions } from '../../ports/connection.ts';
import { oneAtATime, Secrets } from '../secrets.ts';
import { ShellConnection, type Start } from '../shell/connection.ts';
import { openShell } from '../shell/open-shell.ts';
import type { ConfigPlace } from '../ssh/config-place.ts';
import { dialPatiently, gateOf } from '../ssh/connect.ts';
import { type Limits, usualLimits } from '../ssh/limits.ts';
import { type Linked, Links } from '../ssh/links.ts';
import { givenOf, type SshOptions, shownPlace } from '../ssh/options.ts';
import { problemOf, resolve } from '../ssh/resolve.ts';
import { type Login, type Master, startMaster } from './master.ts';
import { MasterOpener } from './master-opener.ts';
import { Runtime } from './runtime.ts';
import type { OpensshShared } from './shared.ts';

export interface OpensshSurroundings {
	/** Whose `~/.ssh` counts. */
	readonly place: ConfigPlace;
	readonly clock: Clock;
	readonly random: Random;
	/** Absent where nobody is there to answer. */
	readonly ask?: Ask;
	/** Absent: nobody shares them. */
	readonly secrets?: Secrets;
	readonly limits?: Partial<Limits>;
}

export interface OpensshConnector extends Connector, AsyncDisposable {
	/** The same for hosts that ssh2 leaves to it; `because` says why, in one clause. */
	insteadOfSsh2(because: string): Connector;
}

/** Hosts over OpenSSH's own client: one login for each host, however often it is opened, and fresh ones beside it; disposing ends all. */
export function opensshConnector(surroundings: OpensshSurroundings): OpensshConnector {
	const { place, clock, random } = surroundings;
	const limits = { ...usualLimits, ...surroundings.limits };
	const ask = surroundings.ask === undefined ? undefined : oneAtATime(surroundings.ask);
	let runtime: Runtime | undefined;
	const shared: OpensshShared = {
		place,
		clock,
		random,
		...(ask === undefined ? {} : { ask }),
		secrets: surroundings.secrets ?? new Secrets(ask),
		limits,
		runtime() {
			runtime ??= new Runtime(place.env);
			return runtime;
		},
		gates: new Map(),
	};
	const links = new Links<Master>(clock, limits.idleMs);
	const closing = new AbortController();
	const open = async (
		host: Host,
		become: Become,
		signal: AbortSignal,
		{ isFresh = false }: OpenOptions = {},
	): Promise<Opened> => {
		const given = givenOf(host);
		const problem = problemOf(given);
		if (problem !== undefined) return { ok: false, because: problem };
		const resolving = await resolve(given, place, signal);
		if (!resolving.ok) return resolving;
		const { options } = resolving.resolved;
		const logIn = (leaving: AbortSignal): Promise<Linked<Master>> =>
			(isFresh ? logInAnew : logInOnce)({ options, given }, shared, links, AbortSignal.any([leaving, closing.signal]));
		const linked = await logIn(signal);
		if (!linked.ok) return { ok: false, because: linked.because };
		const opener = new MasterOpener(linked.link, shared, links, isFresh ? undefined : logIn);
		const opened = await openShell((start: Start) => new ShellConnection(opener, start, { clock, random }), {
			become,
			isRoot: options.user === 'root',
			user: options.user,
			name: options.name,
			isHere: false,
			secrets: shared.secrets,
			signal,
			firstMs: limits.channelMs,
			proven: linked.link.proven,
		});
		if (!opened.ok) await opener.close();
		return opened;
	};
	return {
		open,
		insteadOfSsh2: because => ({
			async open(...how) {
				const opened = await open(...how);
				return opened.ok ? { ...opened, by: `openssh (${because})` } : opened;
			},
		}),
		async [Symbol.asyncDispose]() {
			closing.abort();
			await links.closeAll();
			runtime?.close();
		},
	};
}

/** One login for each host; several who come at once wait for the same one, and handshakes with one address are counted. */
const logInOnce = (
	login: Login,
	shared: OpensshShared,
	links: Links<Master>,
	signal: AbortSignal,
): Promise<Linked<Master>> =>
	links.take(`${login.options.name} ${shownPlace(login.options)}`, () => logIn(login, shared, signal), signal);

/** A login with a master and a socket of its own. */
const logInAnew = (
	login: Login,
	shared: OpensshShared,
	links: Links<Master>,
	signal: AbortSignal,
): Promise<Linked<Master>> => links.makeOwn(() => logIn(login, shared, signal), signal);

const logIn = (login: Login, shared: OpensshShared, signal: AbortSignal): Promise<Linked<Master>> =>
	dialPatiently(() => dialThroughGate(login, shared, signal), shared, signal);

async function dialThroughGate(login: Login, shared: OpensshShared, signal: AbortSignal) {
	const leave = await gateOf(firstHop(login.options), shared.limits.handshakes, shared.gates)
		.enter(signal)
		.catch(() => undefined);
	if (leave === undefined) return { ok: false, because: 'we left', isBusy: false } as const;
	try {
		return await startMaster(login, shared, signal);
	} finally {
		leave();
	}
}

const firstHop = ({ jumps, hostname, port }: SshOptions): { readonly hostname: string; readonly port: number } => {
	const [jump] = jumps;
	return jump === undefined ? { hostname, port } : { hostname: jump.host, port: jump.port ?? 22 };
};
