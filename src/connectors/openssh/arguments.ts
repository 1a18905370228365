/** What of it is said to ssh by its arguments: everything else is in the written config, which counts for jump hosts too. */
export interface MasterPlace {
	/** The ssh program. */
	readonly ssh: string;
	readonly socket: string;
	readonly config: string;
	readonly log: string;
	/** The name that is looked up in the config. */
	readonly name: string;
	/** The inventory's word on it. */
	readonly address?: string;
	readonly port?: number;
	readonly user?: string;
	/** Seconds without anybody after which it ends by itself, whatever has become of us. */
	readonly idleSeconds: number;
}

/** Logs in and goes to the background with its socket open. */
export const masterWords = (place: MasterPlace): readonly string[] => [
	place.ssh,
	'-F',
	place.config,
	'-E',
	place.log,
	'-M',
	'-S',
	place.socket,
	'-f',
	'-N',
	'-T',
	...option('ControlPersist', String(place.idleSeconds)),
	// Its own thoughts tell how far it came; without this it also throws away what a ProxyCommand says.
	'-v',
	// A percent sign begins a token there: fe80::1%eth0.
	...(place.address === undefined ? [] : option('HostName', place.address.replaceAll('%', '%%'))),
	...(place.port === undefined ? [] : ['-p', String(place.port)]),
	...(place.user === undefined ? [] : ['-l', place.user]),
	'--',
	place.name,
];

/** One session on a master. Without the master there is none: a way of its own leads nowhere. */
export const sessionWords = (place: MasterPlace, log: string, line: string): readonly string[] => [
	...overSocket(place),
	'-E',
	log,
	'-T',
	...option('BatchMode', 'yes'),
	...option('ControlMaster', 'no'),
	...option('ProxyCommand', 'false'),
	...option('EscapeChar', 'none'),
	...option('LogLevel', 'DEBUG2'),
	'--',
	place.name,
	line,
];

export const controlWords = (place: MasterPlace, command: 'check' | 'exit'): readonly string[] => [
	...overSocket(place),
	'-O',
	command,
	'--',
	place.name,
];

const overSocket = ({ ssh, socket }: MasterPlace): readonly string[] => [ssh, '-F', 'none', '-S', socket];
const option = (name: string, value: string): readonly string[] => ['-o', `${name}=${value}`];

export interface WrittenConfig {
	/** The files that would be read without it. */
	readonly own: readonly string[];
	/** Somebody is there to answer. */
	readonly canAsk: boolean;
	/** Unknown host keys are asked about. */
	readonly asksAboutHosts: boolean;
	readonly connectSeconds: number;
	readonly aliveSeconds: number;
	readonly aliveCount: number;
}

/**
 * In a config the first word counts: what must hold comes before the user's own files, what is only usual comes after them. ssh
 * hands the file on to its jump hosts, which it does not do with arguments.
 */
export function configText(wanted: WrittenConfig): string {
	const first = [
		`StrictHostKeyChecking ${wanted.asksAboutHosts ? 'ask' : 'yes'}`,
		'NoHostAuthenticationForLocalhost no',
		'UpdateHostKeys no',
		'ControlMaster no',
		'ControlPath none',
		'ForwardAgent no',
		'ForwardX11 no',
		'ClearAllForwardings yes',
		'PermitLocalCommand no',
		'RemoteCommand none',
		'RequestTTY no',
		'Tunnel no',
		'EscapeChar none',
		`ServerAliveInterval ${wanted.aliveSeconds}`,
		`ServerAliveCountMax ${wanted.aliveCount}`,
		'NumberOfPasswordPrompts 1',
		...(wanted.canAsk ? [] : ['BatchMode yes']),
	];
	const last = [`ConnectTimeout ${wanted.connectSeconds}`];
	const lines = [...first, ...wanted.own.map(path => `Include "${path}"`), 'Match all', ...last];
	return `${lines.join('\n')}\n`;
}
