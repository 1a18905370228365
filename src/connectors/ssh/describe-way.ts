import type { Way, WayHop } from '../../model/health.ts';
import type { Host } from '../../model/inventory.ts';
import { readKnownHosts } from './check-host-key.ts';
import { choose, type Identity } from './choose.ts';
import type { ConfigPlace } from './config-place.ts';
import { meansOf } from './connector.ts';
import { shownKey } from './judge-host-key.ts';
import { isAbout, type KnownHost, pinnedName } from './known-hosts.ts';
import { givenOf } from './options.ts';
import { type Resolved, resolve } from './resolve.ts';
import { findRoute } from './route.ts';

/** How a host would be reached and by whom, as far as this machine's files and agent tell: nothing is connected. */
export async function describeWay(host: Host, place: ConfigPlace, signal: AbortSignal): Promise<Way> {
	const route = await findRoute(givenOf(host), given => resolve(given, place, signal));
	if (!route.ok) return { by: 'unknown', because: route.because };
	const hops: WayHop[] = [];
	let why = host.connection === 'openssh' ? 'the inventory asks for it' : undefined;
	for (const hop of route.hops) {
		const means = await meansOf(hop, place);
		const choice = choose(hop.values, means);
		if (choice.by === 'openssh') why ??= choice.because;
		hops.push({
			...describeHop(hop),
			identities: means.identities.map(one => ({ path: one.path, kind: kindWords(one) })),
			agentKeys: hop.options.agent === undefined ? null : means.agentKeys.length,
		});
	}
	return why === undefined
		? { by: 'ssh2', because: 'it can do all that the ssh config asks for', hops }
		: { by: 'openssh', because: why, hops };
}

function describeHop({ options }: Resolved): Omit<WayHop, 'identities' | 'agentKeys'> {
	const { name, user, hostname, port } = options;
	const about = readKnownHosts(options).filter(one => isAbout(one, pinnedName(options)));
	const pins = about.filter(({ says }) => says === 'pin');
	const authorities = about.filter(({ says }) => says === 'authority');
	const [hostKey, shown] =
		pins.length > 0
			? (['pinned', pins] as const)
			: authorities.length > 0
				? (['authority', authorities] as const)
				: (['nothing', []] as const);
	return { name, user, hostname, port, hostKey, pins: shown.map(pinWords) };
}

const pinWords = (pin: KnownHost): string => `${shownKey(pin)} (${pin.file} line ${pin.line})`;

function kindWords(identity: Identity): string {
	switch (identity.kind) {
		case 'not_understood':
			return `ssh2 cannot read it: ${identity.because}`;
		case 'locked_key':
			return 'has a passphrase';
		case 'security_key':
			return 'on a security key';
		case 'with_certificate':
			return 'with a certificate';
		default:
			return 'key';
	}
}
