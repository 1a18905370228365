import { fingerprint, type PublicKey, sameBytes } from './host-key.ts';
import { type HostPlace, isAbout, type KnownHost, pinnedName } from './known-hosts.ts';

/** What known_hosts says about a key that a host has shown. */
export type HostKeyVerdict =
	| { readonly kind: 'trusted' }
	/** The host has no pin at all; or only pins of other types, which is no better than a changed key. */
	| { readonly kind: 'unknown'; readonly pinned: readonly KnownHost[] }
	/** Another key of this type is pinned. */
	| { readonly kind: 'changed'; readonly pinned: readonly KnownHost[] }
	| { readonly kind: 'revoked'; readonly by: KnownHost }
	/** Only a certificate can prove this host, and ssh2 knows none. */
	| { readonly kind: 'needs_authority'; readonly by: KnownHost };

/** `@revoked` wins over everything, a pin over an authority. */
export function judgeHostKey(known: readonly KnownHost[], place: HostPlace, key: PublicKey): HostKeyVerdict {
	const names = namesOf(place);
	const isKey = (one: KnownHost): boolean => sameBytes(one.blob, key.blob);
	const about = known.filter(one => isAbout(one, names[0]));
	const anyName = known.filter(one => names.some(name => isAbout(one, name)));
	const revoked = anyName.find(one => one.says === 'revoked' && isKey(one));
	if (revoked !== undefined) return { kind: 'revoked', by: revoked };
	const pins = about.filter(one => one.says === 'pin');
	if (pins.some(isKey)) return { kind: 'trusted' };
	const authority = about.find(one => one.says === 'authority');
	if (authority !== undefined) return { kind: 'needs_authority', by: authority };
	// As ssh does: a host at another port that has no line of its own is looked for without its port, but only to trust it.
	if (pins.length === 0 && anyName.some(one => one.says === 'pin' && isKey(one))) return { kind: 'trusted' };
	const changed = pins.filter(one => one.type === key.type);
	return changed.length > 0 ? { kind: 'changed', pinned: changed } : { kind: 'unknown', pinned: pins };
}

/** Is a certificate the only thing that known_hosts has on this host? Then there is no use in asking for its plain key. */
export function onlyByAuthority(known: readonly KnownHost[], place: HostPlace): KnownHost | undefined {
	const about = known.filter(one => isAbout(one, namesOf(place)[0]));
	return about.some(one => one.says === 'pin') ? undefined : about.find(one => one.says === 'authority');
}

/**
 * The host key algorithms to offer: what is pinned comes first, so that a host with several keys shows the one that we know.
 * `allowed`: what the user's config allows; absent: everything but SHA-1.
 */
export function offeredHostKeys(
	known: readonly KnownHost[],
	place: HostPlace,
	allowed?: readonly string[],
): readonly string[] {
	const pinnedUnder = (name: string): ReadonlySet<string> =>
		new Set(known.filter(one => one.says === 'pin' && isAbout(one, name)).map(one => one.type));
	const pinned = namesOf(place)
		.map(pinnedUnder)
		.find(types => types.size > 0);
	const usable = hostKeyAlgorithms.filter(([name]) => allowed?.includes(name) ?? name !== 'ssh-rsa');
	const isPinned = ([, type]: HostKeyAlgorithm): boolean => pinned?.has(type) ?? false;
	return [...usable.filter(isPinned), ...usable.filter(one => !isPinned(one))].map(([name]) => name);
}

/** `ssh-ed25519 SHA256:…`, as people compare it. */
export const shownKey = ({ type, blob }: PublicKey): string => `${type} ${fingerprint(blob)}`;

type HostKeyAlgorithm = readonly [algorithm: string, keyType: string];

/** What ssh2 can verify, the best first: signature algorithm and the type of key that makes it. */
const hostKeyAlgorithms: readonly HostKeyAlgorithm[] = [
	['ssh-ed25519', 'ssh-ed25519'],
	['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256'],
	['ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp384'],
	['ecdsa-sha2-nistp521', 'ecdsa-sha2-nistp521'],
	['rsa-sha2-512', 'ssh-rsa'],
	['rsa-sha2-256', 'ssh-rsa'],
	['ssh-rsa', 'ssh-rsa'],
];

/** A host at another port is also looked for without it, as ssh does. */
function namesOf(place: HostPlace): readonly [string, ...string[]] {
	const name = pinnedName(place);
	return place.alias !== undefined || place.port === 22 ? [name] : [name, place.hostname.toLowerCase()];
}
