import { pinnedName } from './known-hosts.ts';
import type { Given, JumpSpec, SshOptions } from './options.ts';
import { shownPlace } from './options.ts';
import type { Resolved, Resolving } from './resolve.ts';

export type Route =
	/** The first hop first, the host itself last. */
	| { readonly ok: true; readonly hops: readonly [Resolved, ...Resolved[]] }
	| { readonly ok: false; readonly because: string };

/**
 * The way to a host. A jump host is looked up by its own name, as ssh does it; the first one may be behind others again, the ones
 * after it are reached through the one before.
 */
export async function findRoute(given: Given, resolve: (given: Given) => Promise<Resolving>): Promise<Route> {
	const hops: Resolved[] = [];
	let next: Given | undefined = given;
	while (next !== undefined) {
		const resolving: Resolving = await resolve(next);
		if (!resolving.ok) return resolving;
		hops.unshift(resolving.resolved);
		const { jumps } = resolving.resolved.options;
		for (const jump of jumps.slice(1).toReversed()) {
			const between = await resolve(givenOf(jump));
			if (!between.ok) return between;
			hops.unshift(between.resolved);
		}
		if (hops.length > maxHops)
			return { ok: false, because: `the way to ${given.name} goes over more than ${maxHops} hosts` };
		next = jumps[0] === undefined ? undefined : givenOf(jumps[0]);
	}
	const [first, ...rest] = hops;
	if (first === undefined) return { ok: false, because: `there is no way to ${given.name}` };
	return { ok: true, hops: [first, ...rest] };
}

/** A host that is behind itself would have us look for ever. */
const maxHops = 8;

const givenOf = ({ host, user, port }: JumpSpec): Given => ({
	name: host,
	...(user === undefined ? {} : { user }),
	...(port === undefined ? {} : { port }),
});

/**
 * One name for one way: who shares it shares the connection. What a host is verified by belongs to it, else one that is known by
 * another name, or to other files, would be taken for checked; and so does who we are there by which keys.
 */
export const wayOf = (hops: readonly { readonly options: SshOptions }[]): string =>
	hops
		.map(({ options }) =>
			JSON.stringify([
				shownPlace(options),
				pinnedName(options),
				options.knownHosts,
				options.globalKnownHosts,
				options.hostKeyAlgorithms,
				options.identityFiles,
				options.identitiesOnly,
				options.agent,
			]),
		)
		.join(' ');
