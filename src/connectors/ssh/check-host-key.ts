import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { unreachable } from '../../model/unreachable.ts';
import type { Ask } from '../../ports/ask.ts';
import type { Random } from '../../ports/clock.ts';
import { textOf } from '../text-of.ts';
import { type PublicKey, readPublicKey } from './host-key.ts';
import { type HostKeyVerdict, judgeHostKey, shownKey } from './judge-host-key.ts';
import { type KnownHost, knownHostsLine, parseKnownHosts, pinnedName } from './known-hosts.ts';
import { type SshOptions, shownPlace } from './options.ts';

/** Nothing: the key is right. Else one clause that says why nothing was sent to this host. */
export type HostKeyCheck = (blob: Uint8Array) => Promise<string | undefined>;

export interface Person {
	readonly random: Random;
	/** Absent where nobody is there to answer. */
	readonly ask?: Ask;
}

/** All that the user's and the machine's files say. They are read anew each time: somebody may have added a line meanwhile. */
export const readKnownHosts = ({ knownHosts, globalKnownHosts }: SshOptions): readonly KnownHost[] =>
	[...knownHosts, ...globalKnownHosts].flatMap(path => parseKnownHosts(textOf(path), path));

/** The only judge of host keys: every connection of ssh2 is made with it. */
export const hostKeyCheck =
	(options: SshOptions, person: Person): HostKeyCheck =>
	async blob => {
		const key = readPublicKey(blob);
		if (key === undefined) return 'it shows a host key of a kind that we do not know';
		const verdict = judgeHostKey(readKnownHosts(options), options, key);
		if (verdict.kind === 'trusted') return undefined;
		const isAskable = verdict.kind === 'unknown' && verdict.pinned.length === 0;
		if (!isAskable || person.ask === undefined || !options.mayAskAboutHost) return whyNotTrusted(verdict, key, options);
		return (await isAccepted(key, options, person.ask))
			? remember(key, options, person.random)
			: 'its host key was not accepted';
	};

/** Why a host with this key gets nothing from us. */
export function whyNotTrusted(
	verdict: Exclude<HostKeyVerdict, { kind: 'trusted' }>,
	key: PublicKey,
	options: SshOptions,
): string {
	const name = pinnedName(options);
	switch (verdict.kind) {
		case 'revoked':
			return `its host key is revoked (${placeOf(verdict.by)}): ${shownKey(key)}`;
		case 'needs_authority':
			return `its host key is known by a certificate authority only (${placeOf(verdict.by)})`;
		case 'changed':
			return changedWords(shownKey(key), pinsOf(verdict.pinned), name);
		case 'unknown':
			return verdict.pinned.length > 0
				? `its host key has changed its type: it shows ${shownKey(key)}, but ${pinsOf(verdict.pinned)}; if that is right, forget the old one with: ssh-keygen -R '${name}'`
				: `its host key is not known: ${shownKey(key)}; compare it with the host's own, then connect once with ssh ${sshWords(options)} or add this line to ${options.knownHosts[0] ?? 'known_hosts'}: ${knownHostsLine(name, key)}`;
		default:
			return unreachable(verdict);
	}
}

/** `shown` and `pinned` name both fingerprints. */
export const changedWords = (shown: string, pinned: string, name: string): string =>
	`its host key has changed: it shows ${shown}, but ${pinned}; if that is right, forget the old one with: ssh-keygen -R '${name}'`;

const placeOf = ({ file, line }: KnownHost): string => `${file} line ${line}`;

const pinsOf = (pinned: readonly KnownHost[]): string =>
	pinned.map(pin => `${placeOf(pin)} pins ${shownKey(pin)}`).join(' and ');

/** What a person types behind `ssh` to get there. */
export const sshWords = ({ user, hostname, port }: SshOptions): string =>
	port === 22 ? `${user}@${hostname}` : `-p ${port} ${user}@${hostname}`;

async function isAccepted(key: PublicKey, options: SshOptions, { ask }: Ask): Promise<boolean> {
	const answer = await ask({
		words: `The host key of ${options.name} (${shownPlace(options)}) is not known yet:\n  ${shownKey(key)}\nIs this the host's own key? Type yes to trust it from now on: `,
		isSecret: false,
	});
	return answer?.trim().toLowerCase() === 'yes';
}

/** A key that could not be written down would be asked about again and again, so that is a refusal. */
function remember(key: PublicKey, options: SshOptions, random: Random): string | undefined {
	const [file] = options.knownHosts;
	if (file === undefined) return 'there is no known_hosts file to keep its host key in';
	const salt = options.hashKnownHosts ? Buffer.from(random.hex(20), 'hex') : undefined;
	try {
		mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
		const before = textOf(file);
		const gap = before === '' || before.endsWith('\n') ? '' : '\n';
		appendFileSync(file, `${gap}${knownHostsLine(pinnedName(options), key, salt)}\n`, { mode: 0o600 });
		return undefined;
	} catch (error) {
		return `its host key cannot be kept in ${file}: ${error instanceof Error ? error.message : String(error)}`;
	}
}
