import { type ConfigValues, isOn, settingOf } from './config-values.ts';
import { isSecurityKey } from './host-key.ts';

/** Which of the two ways a host is reached. `because` is one clause: it is said in one line when ssh2 is not the one. */
export type Choice = { readonly by: 'ssh2' } | { readonly by: 'openssh'; readonly because: string };

/** What lies behind the words of the configuration. */
export interface Means {
	readonly identities: readonly Identity[];
	/** Types of the agent's keys; empty when there is no agent. */
	readonly agentKeys: readonly string[];
	/** A Kerberos ticket could be used. */
	readonly hasTicket: boolean;
	/** known_hosts has nothing but a certificate authority on the host: its file and line. */
	readonly authority?: string;
}

/** An identity file, as far as it matters who can use it. */
export type Identity =
	| { readonly path: string; readonly kind: 'key' | 'locked_key' | 'security_key' | 'with_certificate' }
	| { readonly path: string; readonly kind: 'not_understood'; readonly because: string };

/** ssh2 wherever it can do what the configuration asks for; the first thing that it cannot do decides. */
export function choose(values: ConfigValues, means: Means): Choice {
	const because =
		options.find(([key, asks]) => asks(values, key))?.[2] ?? cannotAgree(values) ?? cannotProve(values, means);
	return because === undefined ? { by: 'ssh2' } : { by: 'openssh', because };
}

type Option = readonly [key: string, asks: (values: ConfigValues, key: string) => boolean, because: string];

const isSet = (values: ConfigValues, key: string): boolean => settingOf(values, key) !== undefined;

const options: readonly Option[] = [
	['proxycommand', isSet, 'its ssh config has a ProxyCommand'],
	['certificatefile', isSet, 'its ssh config has a CertificateFile'],
	['pkcs11provider', isSet, 'its ssh config has a PKCS11Provider'],
	['knownhostscommand', isSet, 'its ssh config has a KnownHostsCommand'],
	['revokedhostkeys', isSet, 'its ssh config has a list of RevokedHostKeys'],
	['verifyhostkeydns', isOn, 'its ssh config has host keys verified by DNS'],
	['hostbasedauthentication', isOn, 'its ssh config asks for HostbasedAuthentication'],
];

/** Ciphers and the like that the configuration allows, of which ssh2 knows none. */
function cannotAgree(values: ConfigValues): string | undefined {
	for (const [key, what, known] of algorithms) {
		const allowed = settingOf(values, key);
		if (allowed === undefined || /^[+^-]/.test(allowed)) continue;
		if (!allowed.split(',').some(name => known.includes(name)))
			return `its ssh config allows only ${what} that ssh2 does not know (${shorten(allowed)})`;
	}
	return undefined;
}

const shorten = (list: string): string => (list.length > 60 ? `${list.slice(0, 60)}…` : list);

/** What ssh2 1.17 can do and we offer, the best first; the user's config may only take away from it. */
export const usableAlgorithms = {
	kex: [
		'curve25519-sha256',
		'curve25519-sha256@libssh.org',
		'ecdh-sha2-nistp256',
		'ecdh-sha2-nistp384',
		'ecdh-sha2-nistp521',
		'diffie-hellman-group-exchange-sha256',
		'diffie-hellman-group14-sha256',
		'diffie-hellman-group15-sha512',
		'diffie-hellman-group16-sha512',
		'diffie-hellman-group17-sha512',
		'diffie-hellman-group18-sha512',
	],
	ciphers: [
		'aes128-gcm@openssh.com',
		'aes256-gcm@openssh.com',
		'aes128-ctr',
		'aes192-ctr',
		'aes256-ctr',
		'chacha20-poly1305@openssh.com',
	],
	macs: [
		'hmac-sha2-256-etm@openssh.com',
		'hmac-sha2-512-etm@openssh.com',
		'hmac-sha2-256',
		'hmac-sha2-512',
		'hmac-sha1-etm@openssh.com',
		'hmac-sha1',
	],
} as const satisfies Readonly<Record<string, readonly string[]>>;

const hostKeyAlgorithms = [
	'ssh-ed25519',
	'ecdsa-sha2-nistp256',
	'ecdsa-sha2-nistp384',
	'ecdsa-sha2-nistp521',
	'rsa-sha2-512',
	'rsa-sha2-256',
	'ssh-rsa',
];

const algorithms: readonly (readonly [key: string, what: string, known: readonly string[]])[] = [
	['kexalgorithms', 'key exchanges', usableAlgorithms.kex],
	['ciphers', 'ciphers', usableAlgorithms.ciphers],
	['macs', 'MACs', usableAlgorithms.macs],
	['hostkeyalgorithms', 'host key algorithms', hostKeyAlgorithms],
];

/** Who proves to whom: the host by a certificate, or we by something that ssh2 cannot show. */
function cannotProve(values: ConfigValues, { identities, agentKeys, hasTicket, authority }: Means): string | undefined {
	if (authority !== undefined) return `its host key is known by a certificate authority only (${authority})`;
	const certified = identities.find(({ kind }) => kind === 'with_certificate');
	if (certified !== undefined) return `${certified.path} has a certificate beside it`;
	if (agentKeys.some(type => type.includes('-cert-v01@'))) return 'the agent holds a certificate';
	const canShowKey =
		identities.some(({ kind }) => kind === 'key' || kind === 'locked_key') ||
		agentKeys.some(type => !isSecurityKey(type));
	return canShowKey ? undefined : whatElseCouldProve(values, { identities, agentKeys, hasTicket });
}

/** What OpenSSH's client could show, and ssh2 cannot: for a host that lets us in by nothing else. */
export function whatElseCouldProve(
	values: ConfigValues,
	{ identities, agentKeys, hasTicket }: Pick<Means, 'identities' | 'agentKeys' | 'hasTicket'>,
): string | undefined {
	const device = identities.find(({ kind }) => kind === 'security_key');
	if (device !== undefined) return `${device.path} is a key on a security key`;
	if (agentKeys.some(isSecurityKey))
		return `the agent holds ${agentKeys.every(isSecurityKey) ? 'only keys' : 'a key'} on a security key`;
	const strange = identities.find(one => one.kind === 'not_understood');
	if (strange !== undefined)
		return `ssh2 cannot read ${strange.path} (${strange.because})${agentKeys.length === 0 ? ' and no agent holds a key' : ''}`;
	// Debian's system-wide config says so for every host, so it only counts when nothing else could work.
	if (isOn(values, 'gssapiauthentication') && hasTicket) return 'only a Kerberos ticket could let us in (GSSAPI)';
	return undefined;
}
