import { execFileSync, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { has } from '../fakes/programs.ts';
import { end, processesOf } from './processes.ts';

/** Are the programs here that a lab is made of? */
export const hasSshd = (has('sshd') || existsSync('/usr/sbin/sshd')) && has('ssh-keygen');
export const isRoot = process.getuid?.() === 0;
export const needsSshd = 'needs openssh-server and openssh-client';

/** A small world on loopback addresses: real sshd processes, keys and a home of its own. Nothing of it stays. */
export interface Lab {
	readonly folder: string;
	/** A loopback address that no other lab has, most likely. */
	address(last?: number): string;
	/** Makes a key and gives the path of its private half. */
	key(name: string, options?: KeyOptions): string;
	publicKey(path: string): string;
	sshd(options?: SshdOptions): Promise<Sshd>;
	/** Is called when the lab ends, the last one first. */
	onEnd(call: () => void | Promise<void>): void;
	/** Everything that still runs for this lab. */
	processes(): readonly number[];
	close(): Promise<void>;
}

export interface KeyOptions {
	readonly type?: 'ed25519' | 'rsa' | 'ecdsa';
	readonly passphrase?: string;
	readonly format?: 'PEM' | 'PKCS8' | 'RFC4716';
}

export interface SshdOptions {
	/** Lines of sshd_config; the first value of a keyword counts, and these come first. */
	readonly config?: readonly string[];
	/** Lines of authorized_keys for every user; absent: the lab's own key. */
	readonly authorized?: readonly string[];
	readonly hostKeys?: readonly NonNullable<KeyOptions['type']>[];
	/** Sessions live in the home of their user; absent: in an empty one, whatever that user's profile does. */
	readonly ownHome?: boolean;
	/** Another host: another address with keys of its own. */
	readonly last?: number;
	/** A machine with an /etc of its own, made from ours when it starts; needs root. */
	readonly etc?: OwnEtc;
}

export interface OwnEtc {
	readonly rootPassword?: string;
	/** Path below /etc → text. */
	readonly files?: Readonly<Record<string, string>>;
}

export interface Sshd {
	readonly address: string;
	readonly port: number;
	readonly pid: number;
	/** `type base64` of a host key. */
	hostKey(type?: NonNullable<KeyOptions['type']>): string;
	/** The private half of its first host key. */
	readonly hostKeyFile: string;
	/** The line of known_hosts for it. */
	pin(type?: NonNullable<KeyOptions['type']>): string;
	/** Its sshd_config. */
	readonly configFile: string;
	/** What it has written down so far. */
	log(): string;
	/** The processes of its connections. */
	sessions(): readonly number[];
	stop(): void;
}

export function lab(): Lab {
	const folder = mkdtempSync(join(tmpdir(), 'hsctl-lab-'));
	// Users that are made for a test have to get to their authorized_keys.
	chmodSync(folder, 0o755);
	const id = randomBytes(8).toString('hex');
	const mark = `HSCTL_LAB=${id}`;
	const net = `127.${randomInt(1, 255)}.${randomInt(0, 255)}`;
	const ends: (() => void | Promise<void>)[] = [];
	const roots: number[] = [];
	const made: Lab = {
		folder,
		address: (last = 1) => `${net}.${last}`,
		key(name, { type = 'ed25519', passphrase = '', format } = {}) {
			const path = join(folder, name);
			if (existsSync(path)) return path;
			const words = ['-q', '-t', type, '-N', passphrase, '-C', name, '-f', path, ...(format ? ['-m', format] : [])];
			execFileSync('ssh-keygen', type === 'rsa' ? [...words, '-b', '2048'] : words);
			return path;
		},
		publicKey: path => readFileSync(`${path}.pub`, 'utf8').trim(),
		async sshd(options = {}) {
			const started = await startSshd(options, { lab: made, mark });
			roots.push(started.pid);
			return started;
		},
		onEnd: call => void ends.unshift(call),
		processes: () => processesOf(mark, []),
		async close() {
			for (const call of ends) await call();
			for (const pid of processesOf(mark, roots)) end(pid);
			rmSync(folder, { recursive: true, force: true });
		},
	};
	return made;
}

let count = 0;

async function startSshd(
	{ config = [], authorized, hostKeys = ['ed25519'], last = 1, ownHome = false, etc }: SshdOptions,
	{ lab: { folder, address, key, publicKey }, mark }: { readonly lab: Lab; readonly mark: string },
): Promise<Sshd> {
	count += 1;
	const own = join(folder, `sshd-${count}`);
	mkdirSync(own);
	// What sshd asks for when it is root; where it is there, it stays as it is.
	if (isRoot) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
	const keys = hostKeys.map(type => key(`sshd-${count}/host_${type}`, { type }));
	writeFileSync(join(own, 'authorized_keys'), `${(authorized ?? [publicKey(key('id'))]).join('\n')}\n`);
	const [host, port] = [address(last), await freePort(address(last))];
	const lines = [
		...config,
		`ListenAddress ${host}`,
		`Port ${port}`,
		...keys.map(path => `HostKey ${path}`),
		`AuthorizedKeysFile ${own}/authorized_keys`,
		`PidFile ${own}/pid`,
		`SetEnv ${mark}${ownHome ? '' : ` HOME=${homeIn(folder)}`}`,
		'StrictModes no',
		'UsePAM no',
		'PasswordAuthentication no',
		'KbdInteractiveAuthentication no',
		'PermitRootLogin yes',
		'PerSourceMaxStartups none',
		'LogLevel VERBOSE',
		'UseDNS no',
		'PrintMotd no',
		'Subsystem sftp internal-sftp',
	];
	writeFileSync(join(own, 'config'), `${lines.join('\n')}\n`);
	const [program = '', ...words] = [
		...(etc === undefined ? [] : withEtc(etc, own)),
		sshdPath,
		'-D',
		'-e',
		'-f',
		join(own, 'config'),
	];
	const child = spawn(program, words, {
		stdio: ['ignore', 'ignore', 'pipe'],
		cwd: '/',
	});
	let log = '';
	const listening = Promise.withResolvers<void>();
	child.stderr.on('data', (chunk: Buffer) => {
		log += chunk.toString();
		if (log.includes('Server listening on')) listening.resolve();
	});
	child.on('exit', code => listening.reject(new Error(`sshd ended with ${code}: ${log}`)));
	await listening.promise;
	child.removeAllListeners('exit');
	const pid = child.pid ?? 0;
	const hostKey = (type = hostKeys[0] ?? 'ed25519') =>
		publicKey(join(own, `host_${type}`))
			.split(' ')
			.slice(0, 2)
			.join(' ');
	return {
		address: host,
		port,
		pid,
		hostKey,
		hostKeyFile: keys[0] ?? '',
		configFile: join(own, 'config'),
		pin: type => `[${host}]:${port} ${hostKey(type)}`,
		log: () => log,
		sessions: () => processesOf('there is none', [pid]).filter(one => one !== pid),
		stop: () => end(pid, 'SIGTERM'),
	};
}

/** The words that start a program with another /etc: a mount that only it and its children see. */
function withEtc({ rootPassword, files = {} }: OwnEtc, own: string): readonly string[] {
	const etc = join(own, 'etc');
	execFileSync('cp', ['-a', '/etc', etc]);
	for (const [name, text] of Object.entries(files)) writeFileSync(join(etc, name), text, { mode: 0o600 });
	const mount = `mount --bind '${etc}' /etc`;
	const password = rootPassword === undefined ? ':' : `printf %s 'root:${rootPassword}' | chpasswd`;
	return ['unshare', '-m', 'sh', '-c', `${mount} && ${password} && exec "$@"`, 'sh'];
}

function homeIn(folder: string): string {
	const home = join(folder, 'home');
	mkdirSync(home, { recursive: true });
	return home;
}

const sshdPath = existsSync('/usr/sbin/sshd') ? '/usr/sbin/sshd' : 'sshd';

/** A port that was free a moment ago: sshd takes none that it finds itself. */
export function freePort(host: string): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.on('error', reject);
		server.listen(0, host, () => {
			const address = server.address();
			const port = typeof address === 'object' && address !== null ? address.port : 0;
			server.close(() => resolve(port));
		});
	});
}

/** An agent of its own with the given keys in it. */
export function agent({ folder, onEnd }: Lab, keys: readonly string[]): string {
	const socket = join(folder, `agent-${randomBytes(4).toString('hex')}`);
	const printed = execFileSync('ssh-agent', ['-s', '-a', socket], { encoding: 'utf8' });
	const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(printed)?.[1]);
	onEnd(() => end(pid, 'SIGTERM'));
	for (const key of keys)
		execFileSync('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'pipe' });
	return socket;
}

/** A person of this machine for a test, with a shell and maybe a password; needs root. */
export function user({ onEnd }: Lab, options: UserOptions = {}): string {
	const name = `hsctl-${randomBytes(4).toString('hex')}`;
	const { shell = '/bin/sh', password, sudo } = options;
	retry(['useradd', '-m', '-s', shell, name]);
	onEnd(() => {
		if (sudo !== undefined) rmSync(`/etc/sudoers.d/${name}`, { force: true });
		retry(['userdel', '-r', '-f', name]);
	});
	// A locked account is let in by nobody, also not with a key.
	if (password === undefined) retry(['usermod', '-p', '*', name]);
	else execFileSync('chpasswd', { input: `${name}:${password}\n` });
	if (sudo !== undefined) {
		mkdirSync('/etc/sudoers.d', { recursive: true });
		writeFileSync(`/etc/sudoers.d/${name}`, `${sudo.replaceAll('USER', name)}\n`, { mode: 0o440 });
	}
	return name;
}

export interface UserOptions {
	readonly shell?: string;
	readonly password?: string;
	/** Lines of sudoers; `USER` stands for the name. */
	readonly sudo?: string;
}

export const homeOf = (name: string): string => (name === userInfo().username ? userInfo().homedir : `/home/${name}`);

/** Other tests change the list of users too, and it has one lock. */
function retry(words: readonly string[]): void {
	const [program = '', ...rest] = words;
	for (let left = 50; ; left -= 1) {
		try {
			execFileSync(program, rest, { stdio: 'pipe' });
			return;
		} catch (error) {
			const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
			if (left === 0 || !/lock/.test(said)) throw new Error(`${words.join(' ')}: ${said}`);
			execFileSync('sleep', ['0.1']);
		}
	}
}
