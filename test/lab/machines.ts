import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { has } from '../fakes/programs.ts';
import { isRoot } from './lab.ts';

/** Machines take seconds, and the first one half a minute: they belong to the long tier. */
export const canBoot = process.env.HSCTL_LONG !== undefined && isRoot && has('mmdebstrap') && has('ip');
export const needsMachines = 'needs HSCTL_LONG, root, mmdebstrap and iproute2';

/** Machines on a network of their own, and a place beside them from where they are reached. Nothing of it touches this machine. */
export interface World {
	/** Root's home beside the machines: in memory, and gone with the world. From here it is seen below `outside`. */
	readonly home: string;
	readonly outside: string;
	/** The text of the private key that root of every machine lets in. */
	readonly key: string;
	/** Makes a machine, powers it on and waits until its sshd answers. */
	start(name: string, options?: MachineOptions): Promise<Machine>;
	/** Starts a program beside the machines. Any signal that ends what is returned kills the program. */
	spawn(words: readonly string[], options?: SpawnOptions): ChildProcess;
	/** Ends everything in it, and waits until the last of it is gone. */
	stop(): Promise<void>;
}

export interface MachineOptions {
	/** tiny: a shell is the first process, and starts sshd. */
	readonly init?: 'systemd' | 'tiny';
	/** Absolute path → text: files that are there at the first start. What begins with `#!` can be executed. */
	readonly files?: Readonly<Record<string, string>>;
}

export interface SpawnOptions {
	readonly cwd?: string;
	/** All of its environment, apart from PATH. */
	readonly env?: Readonly<Record<string, string>>;
}

export interface Machine {
	readonly name: string;
	readonly address: string;
	/** The line of known_hosts for it. */
	readonly pin: string;
	/** The id of its present or last life. */
	bootId(): string;
	/** Runs a program inside, not over the network. Gives its stdout without the last line end; throws when it fails. */
	exec(...words: readonly string[]): Promise<string>;
	/** Asks again and again until the program inside succeeds; the test's own time limit ends the waiting. */
	until(...words: readonly string[]): Promise<void>;
	/** Everything in it ends at once, and its memory is lost; what was written to its files stays. It stays off. */
	powerCut(): Promise<void>;
	/** Powers it on again. */
	boot(): Promise<void>;
	/** The next start after this call, whoever asks for it. */
	nextBoot(): Promise<void>;
}

const cache = process.env.HSCTL_LAB_CACHE ?? '/var/cache/hsctl-lab';
const place = join(cache, 'world');

/** The folder that machines are laid over. The first call builds it; see base.sh. */
export const baseOfMachines = (): string =>
	execFileSync(resolve('test/lab/base.sh'), [cache], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

export async function machines(onTestFinished: (cleanUp: () => Promise<void>) => void): Promise<World> {
	const base = baseOfMachines();
	const keeper = startKeeper();
	onTestFinished(keeper.stop);
	const { pid } = await keeper.hear(({ verb }) => verb === 'world');
	const outside = `/proc/${pid}/root`;
	const key = newKey(join(outside, place, 'id'));
	const spawnInside: World['spawn'] = (words, { cwd = '/', env = {} } = {}) =>
		spawn('nsenter', [...into(pid, '--net', '--mount', '--ipc', '--pid'), ...atFolder(cwd), ...words], {
			env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', ...env },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
	let count = 1;
	return {
		home: join(place, 'home'),
		outside,
		key: key.secret,
		spawn: spawnInside,
		stop: keeper.stop,
		async start(name, { init = 'systemd', files = {} } = {}) {
			count += 1;
			const address = `10.77.0.${count}`;
			const root = join(outside, place, 'machines', name, 'upper');
			const hostKey = furnish(root, { name, files, authorized: key.line });
			const answers = async (): Promise<void> => {
				const asking = spawnInside(['sh', '-c', `until ${askForKey(address)}; do sleep 0.05; done`]);
				await Promise.race([new Promise(done => asking.on('close', done)), keeper.ended]);
			};
			const boot = async (): Promise<void> => {
				await keeper.powerOn(name, `${count} ${init} ${base}`);
				await answers();
			};
			const made = machineOf(name, { keeper, boot, answers, address, pin: `${address} ${hostKey}` });
			await made.boot();
			return made;
		},
	};
}

interface MachineParts extends Pick<Machine, 'address' | 'pin' | 'boot'> {
	readonly keeper: Keeper;
	answers(): Promise<void>;
}

function machineOf(name: string, { keeper, answers, address, pin, boot }: MachineParts): Machine {
	const isOf = (verb: string) => (one: Told) => one.verb === verb && one.name === name;
	const exec: Machine['exec'] = async (...words) => {
		const { stdout } = await run('nsenter', [
			...into(keeper.pidOf(name), '--all', '--root', '--wd'),
			...clean,
			...words,
		]);
		return stdout.replace(/\n$/, '');
	};
	return {
		name,
		address,
		pin,
		exec,
		boot,
		bootId: () => keeper.told.findLast(isOf('on'))?.bootId ?? '',
		async until(...words) {
			for (;;) {
				try {
					await exec(...words);
					return;
				} catch {
					await pause(20);
				}
			}
		},
		async powerCut() {
			const off = keeper.hear(isOf('off'));
			process.kill(keeper.pidOf(name), 'SIGKILL');
			await off;
		},
		async nextBoot() {
			await keeper.hear(isOf('on'));
			await answers();
		},
	};
}

/** What machines.sh says of the world. Numbers of processes as this machine counts them. */
interface Told {
	readonly verb: string;
	readonly name: string;
	readonly pid: number;
	readonly bootId: string;
}

interface Keeper {
	readonly told: readonly Told[];
	/** The next line after this call that fits. */
	hear(fits: (one: Told) => boolean): Promise<Told>;
	/** Rejects when the world has ended. */
	readonly ended: Promise<never>;
	powerOn(name: string, words: string): Promise<void>;
	/** The first process of a machine. */
	pidOf(name: string): number;
	stop(): Promise<void>;
}

function startKeeper(): Keeper {
	// Its stdin is what it lives by: when we are gone, in whatever way, it is closed. In a session of its own no Ctrl-C gets there.
	const child = spawn(resolve('test/lab/machines.sh'), ['keep', place], { stdio: 'pipe', detached: true });
	let complaints = '';
	child.stderr.on('data', (chunk: Buffer) => {
		complaints += chunk.toString();
	});
	const closed = new Promise<number | null>(done => child.on('close', done));
	const ended = closed.then(() => Promise.reject(new Error(`the world has ended: ${complaints}`)));
	ended.catch(() => {});
	const told: Told[] = [];
	let wake = Promise.withResolvers<void>();
	createInterface(child.stdout).on('line', line => {
		const [verb = '', ...words] = line.split(' ');
		const [name = '', pid = '', bootId = ''] = verb === 'world' ? ['', ...words] : words;
		told.push({ verb, name, pid: Number(pid), bootId });
		wake.resolve();
		wake = Promise.withResolvers<void>();
	});
	const hear: Keeper['hear'] = async fits => {
		const from = told.length;
		for (;;) {
			const found = told.slice(from).find(fits);
			if (found !== undefined) return found;
			await Promise.race([wake.promise, ended]);
		}
	};
	return {
		told,
		hear,
		ended,
		async powerOn(name, words) {
			const next = hear(one => one.name === name);
			child.stdin.write(`on ${name} ${words}\n`);
			if ((await next).verb !== 'on') throw new Error(`${name} does not start: ${complaints}`);
		},
		pidOf(name) {
			const last = told.findLast(one => one.name === name);
			if (last?.verb !== 'on') throw new Error(`${name} is off`);
			return last.pid;
		},
		async stop() {
			child.stdin.end();
			if ((await closed) !== 0) throw new Error(complaints);
		},
	};
}

const run = promisify(execFile);

const into = (pid: number, ...namespaces: readonly string[]): readonly string[] => [
	...['--target', String(pid), ...namespaces, '--'],
];

/**
 * Nothing of our environment, and no more rights than machines.sh leaves to the first process of a machine: the clock and the kernel
 * are those of the real machine.
 */
const clean = [
	'setpriv',
	'--bounding-set=-sys_time,-sys_module,-sys_rawio,-syslog,-mac_admin,-wake_alarm',
	...['env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'LC_ALL=C'],
];

/** A folder that is only seen from inside. nsenter waits for the program: the kernel is to kill that when nsenter has gone. */
const atFolder = (folder: string): readonly string[] => [
	...['setpriv', '--pdeathsig', 'KILL', 'sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', folder],
];

/** Succeeds when sshd answers: a port that is open is no proof. */
const askForKey = (address: string): string => `ssh-keyscan -T 2 -t ed25519 ${address} 2>/dev/null | grep -q .`;

/** What makes a machine this one, in the folder that lies over the base. Gives `type base64` of its host key. */
function furnish(
	root: string,
	{
		name,
		authorized,
		files,
	}: { readonly name: string; readonly authorized: string; readonly files: Readonly<Record<string, string>> },
): string {
	// install(1) has its own mind about modes: that of the uppermost folder is the one of / in the machine, whatever our umask is.
	execFileSync('install', ['-d', '-m', '755', root, join(root, 'etc'), join(root, 'etc/ssh')]);
	execFileSync('install', ['-d', '-m', '700', join(root, 'root'), join(root, 'root/.ssh')]);
	const all = {
		'/etc/hostname': `${name}\n`,
		'/etc/hosts': `127.0.0.1 localhost ${name}\n`,
		'/root/.ssh/authorized_keys': `${authorized}\n`,
		...files,
	};
	for (const [path, text] of Object.entries(all)) {
		const file = join(root, path);
		execFileSync('install', ['-D', '-m', text.startsWith('#!') ? '755' : '644', '/dev/null', file]);
		writeFileSync(file, text);
	}
	return newKey(join(root, 'etc/ssh/ssh_host_ed25519_key')).line;
}

/** `line`: `type base64` of its public half. */
function newKey(file: string): { readonly secret: string; readonly line: string } {
	execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', file]);
	const [type, base64] = readFileSync(`${file}.pub`, 'utf8').split(' ');
	return { secret: readFileSync(file, 'utf8'), line: `${type} ${base64}` };
}
