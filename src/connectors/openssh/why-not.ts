import { visible } from '../shell/visible.ts';
import { changedWords, sshWords } from '../ssh/check-host-key.ts';
import { shownKey } from '../ssh/judge-host-key.ts';
import type { KnownHost } from '../ssh/known-hosts.ts';
import { pinnedName } from '../ssh/known-hosts.ts';
import type { SshOptions } from '../ssh/options.ts';

/** What a login that did not work has left behind. */
export interface FailedLogin {
	/** What ssh and whoever it started have said, its own thoughts (`debug1:`) among it. */
	readonly log: string;
	readonly options: SshOptions;
	/** All lines of the files of known hosts. */
	readonly known: readonly KnownHost[];
	/** Somebody was there to be asked. */
	readonly canAsk: boolean;
	/** The login has given a password away. */
	readonly usedPassword: boolean;
}

export interface WhyNot {
	/** One clause that begins with the phase. */
	readonly because: string;
	/** It was dropped before the host had said a word. */
	readonly isBusy: boolean;
}

/** The reason in one clause, as it is told for ssh2. */
export function whyNotIn(login: FailedLogin): WhyNot {
	for (const [pattern, say] of reasons) {
		const match = pattern.exec(login.log);
		if (match !== null) return { isBusy: false, ...say(match, login) };
	}
	const last = lastWords(login.log);
	return { because: `${phaseOf(login.log)}: ${last === '' ? 'it ended without a word' : last}`, isBusy: false };
}

type Reason = readonly [
	pattern: RegExp,
	say: (match: RegExpExecArray, login: FailedLogin) => { readonly because: string; readonly isBusy?: boolean },
];

const handshake = (because: string) => ({ because: `handshake: ${because}` });

/** The first that fits counts: what is said of host keys comes before everything else. */
const reasons: readonly Reason[] = [
	[/is marked as revoked|REVOKED HOST KEY/, () => handshake('its host key is revoked')],
	[/REMOTE HOST IDENTIFICATION HAS CHANGED/, (_, login) => handshake(whyChanged(login))],
	[/No (\S+) host key is known for (\S+)/, (match, login) => handshake(whyUnknown(match, login))],
	[
		/Host key verification failed/,
		(_, { log }) =>
			handshake(/different type/.test(log) ? 'its host key has changed its type' : 'its host key was not accepted'),
	],
	[/Could not resolve hostname/, () => ({ because: 'connect: there is no address of this name' })],
	[/connect to host (\S+) port (\d+): (.+)/, ([, , , said = '']) => ({ because: `connect: ${networkWords(said)}` })],
	[
		/Not allowed at this time/,
		() =>
			handshake(
				'it does not let this address in for a while, because keys or passwords from here were wrong before (PerSourcePenalties)',
			),
	],
	[/Connection timed out during banner exchange|banner exchange: .*timed out/, () => handshake('no answer')],
	[
		/no matching (.+?) found\. Their offer: (.*)/,
		([, what = '', offer = '']) =>
			handshake(`there is no ${what} that both sides know (it offers ${visible(offer).slice(0, 100)})`),
	],
	[
		/Permission denied|Too many authentication failures|No more authentication methods/,
		(_, login) => ({
			because: `authentication: ${whyRefused(login)}`,
		}),
	],
	[
		/Executing proxy command: exec (.*)/,
		([, command = ''], { log }) =>
			/Remote protocol version/.test(log)
				? { because: `${phaseOf(log)}: ${lastWords(log)}` }
				: { because: `connect: its ProxyCommand ended before the host said a word (${proxyWords(log, command)})` },
	],
	[
		/kex_exchange_identification: (.*)/,
		() => ({
			...handshake('it closed the connection before it said a word'),
			isBusy: true,
		}),
	],
	[/ssh: .*(No such file|not found)/, ([said = '']) => ({ because: `connect: ${visible(said)}` })],
];

function whyChanged({ log, known, options }: FailedLogin): string {
	const [, type, print] = /fingerprint for the (\S+) key sent by the remote host is\s+(\S+?)\.?\s/.exec(log) ?? [];
	const [, , file, line] = /Offending (\S+) key in (.+):(\d+)/.exec(log) ?? [];
	const pin = known.find(one => one.file === file && one.line === Number(line));
	const pinned =
		file === undefined
			? 'another one is pinned'
			: `${file} line ${line} pins ${pin === undefined ? 'another one' : shownKey(pin)}`;
	return changedWords(
		`${longType(type)} ${print}`,
		pinned,
		/ssh-keygen -f .* -R ["'](.*)["']/.exec(log)?.[1] ?? pinnedName(options),
	);
}

/** ssh says `ED25519` where the key says `ssh-ed25519`. */
export const longType = (type = 'a key'): string =>
	({ ED25519: 'ssh-ed25519', RSA: 'ssh-rsa', ECDSA: 'ecdsa' })[type] ?? type;

function whyUnknown(match: RegExpExecArray, { log, options }: FailedLogin): string {
	const shown = /Server host key: (\S+ \S+)/.exec(log)?.[1];
	const name = pinnedName(options);
	if (match[2] !== name)
		return `the host key of ${visible(match[2] ?? '')} is not known; compare it with the host's own, then connect once with ssh`;
	return `its host key is not known: ${shown ?? match[1]}; compare it with the host's own, then connect once with ssh ${sshWords(options)}`;
}

function whyRefused({ log, options, canAsk, usedPassword }: FailedLogin): string {
	const offered = [...log.matchAll(/Offering public key: (\S+) \S+ SHA256:\S+( agent)?/g)].map(([, key = '', agent]) =>
		agent === undefined ? `the key ${key}` : `the agent's key ${key}`,
	);
	const tried = [...new Set(offered), ...(usedPassword ? ['the password'] : [])];
	const methods = /Permission denied \((.*?)\)/.exec(log)?.[1] ?? '';
	const notes = [
		...[...log.matchAll(/signing failed for \S+ "?(.+?)"?(?: from agent)?: (.+)/g)].map(
			([, key, said]) => `${key} could not sign (${said})`,
		),
		...(!canAsk && /password|keyboard-interactive/.test(methods) && (options.usesPassword || options.usesKeyboard)
			? ['it would take a password, and nobody is here to be asked']
			: []),
	];
	const refused = tried.length === 0 ? 'there was nothing to offer' : `it refused ${tried.join(', ')}`;
	return [refused, ...new Set(notes)].map(visible).join('; ');
}

/** The keys that the host would have taken: where it did not let us in, ssh could not use them. */
export const acceptedKeys = (log: string): readonly string[] =>
	[...log.matchAll(/Server accepts key: (\S+)/g)].flatMap(([, path]) => path ?? []);

/** Why a login that had worked is gone. */
export function whyGone(log: string): string {
	for (const [pattern, words] of gone) if (pattern.test(log)) return words;
	return 'the connection was closed';
}

const gone: readonly (readonly [RegExp, string])[] = [
	[/Timeout, server .* not responding/, 'it does not answer any more'],
	[/Connection reset/, 'the connection was reset'],
	[/Corrupted MAC|message authentication code incorrect|Bad packet length/i, 'what came had been changed on its way'],
];

function phaseOf(log: string): string {
	if (/Authenticating to|SSH2_MSG_SERVICE_ACCEPT/.test(log)) return 'authentication';
	return /Connection established|Remote protocol version/.test(log) ? 'handshake' : 'connect';
}

function networkWords(said: string): string {
	const known: readonly (readonly [RegExp, string])[] = [
		[/refused/i, 'the connection was refused: nothing listens there'],
		[/timed out/i, 'no answer'],
		[/no route/i, 'there is no way to this address'],
		[/unreachable/i, 'there is no way to this network'],
		[/reset/i, 'the connection was reset'],
	];
	return known.find(([pattern]) => pattern.test(said))?.[1] ?? visible(said);
}

const plainLines = (log: string): readonly string[] =>
	log
		.split('\n')
		.map(line => line.trim())
		.filter(line => line !== '' && !/^debug\d: |^OpenSSH_|^Warning: |^@/.test(line));

const lastWords = (log: string): string =>
	visible(plainLines(log).at(-1) ?? '')
		.replace(/\.$/, '')
		.slice(0, 160);

const proxyWords = (log: string, command: string): string => {
	const [said] = plainLines(log).filter(
		line => !/^kex_exchange|^Connection closed by|^banner exchange|^Connection reset|^client_loop/.test(line),
	);
	return visible(said ?? command)
		.replace(/\.$/, '')
		.slice(0, 160);
};
