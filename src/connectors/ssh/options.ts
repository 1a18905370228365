import type { Host } from '../../model/inventory.ts';
import { type ConfigValues, isOn, settingOf } from './config-values.ts';
import type { HostPlace } from './known-hosts.ts';

/** Everything that decides how one host (or one hop to it) is reached, defaults filled in. */
export interface SshOptions extends HostPlace {
	/** The name that was looked up. */
	readonly name: string;
	readonly user: string;
	/** In the order in which they are tried; they need not exist. */
	readonly identityFiles: readonly string[];
	readonly identitiesOnly: boolean;
	/** The agent's socket. */
	readonly agent?: string;
	readonly knownHosts: readonly string[];
	readonly globalKnownHosts: readonly string[];
	readonly hashKnownHosts: boolean;
	/** Unknown host keys may be asked about. `false`: the config says `StrictHostKeyChecking yes`. */
	readonly mayAskAboutHost: boolean;
	/** What the config allows; absent: it was not said. */
	readonly hostKeyAlgorithms?: readonly string[];
	readonly kex?: readonly string[];
	readonly ciphers?: readonly string[];
	readonly macs?: readonly string[];
	readonly usesKeys: boolean;
	readonly usesPassword: boolean;
	readonly usesKeyboard: boolean;
	readonly connectTimeoutMs?: number;
	readonly family: 0 | 4 | 6;
	readonly bindAddress?: string;
	/** The way there, the first hop first. */
	readonly jumps: readonly JumpSpec[];
}

/** One hop of a ProxyJump, as it is written. */
export interface JumpSpec {
	readonly host: string;
	readonly user?: string;
	readonly port?: number;
}

/** Where we stand: what `~`, `%d`, `%u` and an agent's variable mean. */
export interface Home {
	readonly folder: string;
	readonly user: string;
	readonly env: Readonly<Record<string, string | undefined>>;
}

/** What somebody has said already and ssh's configuration may not change: the inventory, or the ProxyJump line. */
export interface Given {
	readonly name: string;
	readonly address?: string;
	readonly port?: number;
	readonly user?: string;
}

/** What the inventory says of a host, as far as ssh is concerned. */
export const givenOf = ({ name, address, port, user }: Host): Given => ({
	name,
	...(address === undefined ? {} : { address }),
	...(port === undefined ? {} : { port }),
	...(user === undefined ? {} : { user }),
});

export function readOptions(values: ConfigValues, given: Given, home: Home): SshOptions {
	const hostname = given.address ?? settingOf(values, 'hostname') ?? given.name;
	const port = given.port ?? Number(settingOf(values, 'port') ?? 22);
	const user = given.user ?? settingOf(values, 'user') ?? home.user;
	const expand = expander({ name: given.name, hostname, port, user }, home);
	const agent = agentOf(values.get('identityagent')?.[0], home, expand);
	const alias = settingOf(values, 'hostkeyalias');
	const bindAddress = settingOf(values, 'bindaddress');
	const timeout = Number(settingOf(values, 'connecttimeout') ?? 0);
	return {
		name: given.name,
		hostname,
		port,
		user,
		...(alias === undefined ? {} : { alias: expand(alias) }),
		identityFiles: identityFilesOf(values).map(expand),
		identitiesOnly: isOn(values, 'identitiesonly'),
		...(agent === undefined ? {} : { agent }),
		knownHosts: filesOf(values, 'userknownhostsfile', ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']).map(expand),
		globalKnownHosts: filesOf(values, 'globalknownhostsfile', globalKnownHosts).map(expand),
		hashKnownHosts: isOn(values, 'hashknownhosts'),
		mayAskAboutHost: !isOn(values, 'stricthostkeychecking') && !isOn(values, 'batchmode'),
		...lists(values),
		usesKeys: isOn(values, 'pubkeyauthentication', true) || settingOf(values, 'pubkeyauthentication') === 'unbound',
		usesPassword: isOn(values, 'passwordauthentication', true) && !isOn(values, 'batchmode'),
		usesKeyboard: isOn(values, 'kbdinteractiveauthentication', true) && !isOn(values, 'batchmode'),
		...(timeout > 0 ? { connectTimeoutMs: timeout * 1000 } : {}),
		family: families[settingOf(values, 'addressfamily') ?? 'any'] ?? 0,
		...(bindAddress === undefined ? {} : { bindAddress }),
		jumps: parseJumps(settingOf(values, 'proxyjump') ?? ''),
	};
}

/** `user@[host]:port,…`, and `ssh://user@host:port`. What cannot be read is taken for a host name, and fails by that name. */
export function parseJumps(text: string): readonly JumpSpec[] {
	return text
		.split(',')
		.map(hop => hop.trim().replace(/^ssh:\/\//, ''))
		.filter(hop => hop !== '')
		.map(hop => {
			const [, user, bracketed, plain, port] =
				/^(?:(.*)@)?(?:\[([^\]]*)\]|([^:]*|.*:.*:.*))(?::(\d+))?$/.exec(hop) ?? [];
			return {
				host: bracketed ?? plain ?? hop,
				...(user === undefined ? {} : { user }),
				...(port === undefined ? {} : { port: Number(port) }),
			};
		});
}

/** `root@web1.example.org:22`, as failures name it. */
export const shownPlace = ({ user, hostname, port }: Pick<SshOptions, 'user' | 'hostname' | 'port'>): string =>
	`${user}@${hostname.includes(':') ? `[${hostname}]` : hostname}${port === 22 ? '' : `:${port}`}`;

const globalKnownHosts = ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'];
const usualIdentities = ['id_rsa', 'id_ecdsa', 'id_ed25519'].map(name => `~/.ssh/${name}`);
const families: Readonly<Record<string, 0 | 4 | 6>> = { any: 0, inet: 4, inet6: 6 };

function identityFilesOf(values: ConfigValues): readonly string[] {
	const named = values.get('identityfile');
	return (named ?? usualIdentities).filter(path => path.toLowerCase() !== 'none').map(path => unquote(path));
}

function filesOf(values: ConfigValues, key: string, usual: readonly string[]): readonly string[] {
	const named = values.get(key)?.[0];
	if (named === undefined) return usual;
	return named.toLowerCase() === 'none' ? [] : (named.match(/"[^"]*"|\S+/g) ?? []).map(unquote);
}

const unquote = (word: string): string => /^"(.*)"$/.exec(word)?.[1] ?? word;

type ListKey = 'hostKeyAlgorithms' | 'kex' | 'ciphers' | 'macs';

function lists(values: ConfigValues): { readonly [Key in ListKey]?: readonly string[] } {
	const keys: readonly (readonly [ListKey, string])[] = [
		['hostKeyAlgorithms', 'hostkeyalgorithms'],
		['kex', 'kexalgorithms'],
		['ciphers', 'ciphers'],
		['macs', 'macs'],
	];
	return Object.fromEntries(
		keys.flatMap(([name, key]) => {
			const value = settingOf(values, key);
			// `+…`, `-…` and `^…` change defaults that only ssh knows; `ssh -G` has worked them out.
			return value === undefined || /^[+^-]/.test(value) ? [] : [[name, value.split(',')]];
		}),
	);
}

/** `SSH_AUTH_SOCK`, `$NAME`, a path, or what the environment says when nothing else does. */
function agentOf(named: string | undefined, { env }: Home, expand: (path: string) => string): string | undefined {
	const usual = env.SSH_AUTH_SOCK || undefined;
	if (named === undefined || named === 'SSH_AUTH_SOCK') return usual;
	if (named.toLowerCase() === 'none') return undefined;
	return named.startsWith('$') ? env[named.slice(1).replace(/^\{(.*)\}$/, '$1')] || undefined : expand(unquote(named));
}

/** The tokens of ssh_config(5) that stand for something we know. */
function expander(
	{ name, hostname, port, user }: Pick<SshOptions, 'name' | 'hostname' | 'port' | 'user'>,
	home: Home,
): (text: string) => string {
	const tokens: Readonly<Record<string, string>> = {
		'%%': '%',
		'%d': home.folder,
		'%h': hostname,
		'%k': name,
		'%n': name,
		'%p': String(port),
		'%r': user,
		'%u': home.user,
	};
	return text =>
		text
			.replace(/^~(?=\/|$)/, () => home.folder)
			.replace(/%./g, token => tokens[token] ?? token)
			.replace(/\$\{(\w+)\}/g, (whole, variable: string) => home.env[variable] ?? whole);
}
