import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, type Lab, lab, type Sshd } from '../../test/lab/lab.ts';
import { end } from '../../test/lab/processes.ts';
import { below, cpuOf } from './process-tree.ts';

/** Hosts for a benchmark: real sshd behind many loopback addresses, with a folder for each host. */
export interface Site {
	readonly folder: string;
	readonly addresses: readonly string[];
	/** Every host has the same; behind it is sshd, or a proxy that adds the round trip. */
	readonly port: number;
	readonly rttMs: number;
	readonly user: string;
	readonly key: string;
	/** `address type base64` by address. */
	readonly hostKeys: ReadonlyMap<string, string>;
	/** For `ssh -F`: keys, known_hosts, port. */
	readonly sshConfig: string;
	/** Ten MiB that nobody can compress. */
	readonly payload: { readonly path: string; readonly sha256: string };
	/** What all programs are started with. */
	readonly env: Readonly<Record<string, string>>;
	/** Where a tool's work on its hosts goes: `<folder>/<address>`. */
	workOf(tool: string): string;
	/** Connections and sessions that the hosts have let in so far. */
	seen(): { readonly connections: number; readonly sessions: number };
	/** CPU time of all sshd so far, and of the proxy. */
	used(): { readonly hosts_cpu_ms: number; readonly proxy_cpu_ms: number };
	/** Waits until no connection is open any more. */
	calm(): Promise<void>;
	close(): Promise<void>;
}

export async function openSite(count: number, rttMs: number): Promise<Site> {
	const made = lab();
	try {
		return await build(made, count, rttMs);
	} catch (error) {
		await made.close();
		throw error;
	}
}

async function build(made: Lab, count: number, rttMs: number): Promise<Site> {
	const { folder } = made;
	const addresses = addressesOf(made.address(1), count);
	const sshdPort = await freePort(addresses[0] ?? '');
	const key = made.key('id');
	const sshds: Sshd[] = [];
	const hostKeys = new Map<string, string>();
	for (let at = 0; at < count; at += hostsOfSshd) {
		const some = addresses.slice(at, at + hostsOfSshd);
		const sshd = await made.sshd({
			// The lab's own address is one more that nobody uses.
			last: 255 - at / hostsOfSshd,
			config: [...some.map(address => `ListenAddress ${address}:${sshdPort}`), 'MaxStartups 2000', 'MaxSessions 1000'],
		});
		sshds.push(sshd);
		for (const address of some) hostKeys.set(address, sshd.hostKey());
	}
	const payload = join(folder, 'payload');
	writeFileSync(payload, randomBytes(10 * 1024 * 1024));
	const shared = {
		made,
		folder,
		addresses,
		sshdPort,
		key,
		hostKeys,
		sshds,
		payload: { path: payload, sha256: createHash('sha256').update(readFileSync(payload)).digest('hex') },
	};
	return siteAt(shared, rttMs);
}

/** sshd has at most 16 sockets to listen on, and the lab takes one. */
const hostsOfSshd = 15;

function addressesOf(first: string, count: number): readonly string[] {
	const [a = '127', b = '1', c = '0'] = first.split('.');
	// The last part stays below those that the sshds themselves have.
	return Array.from(
		{ length: count },
		(_, index) => `${a}.${b}.${(Number(c) + Math.floor(index / perNet)) % 256}.${1 + (index % perNet)}`,
	);
}

const perNet = 150;

interface Shared {
	readonly made: Lab;
	readonly folder: string;
	readonly addresses: readonly string[];
	readonly sshdPort: number;
	readonly key: string;
	readonly hostKeys: ReadonlyMap<string, string>;
	readonly sshds: readonly Sshd[];
	readonly payload: Site['payload'];
}

async function siteAt(shared: Shared, rttMs: number): Promise<Site> {
	const { made, addresses, sshdPort, sshds, hostKeys, key, payload } = shared;
	const folder = mkdtempSync(join(shared.folder, 'site-'));
	const proxy = rttMs === 0 ? undefined : await startProxy(addresses, sshdPort, rttMs);
	const port = proxy?.port ?? sshdPort;
	const knownHosts = join(folder, 'known_hosts');
	writeFileSync(knownHosts, addresses.map(address => `[${address}]:${port} ${hostKeys.get(address)}\n`).join(''));
	const sshConfig = join(folder, 'ssh_config');
	writeFileSync(
		sshConfig,
		`Host *\n${configLines(port, key, knownHosts)
			.map(line => `\t${line}\n`)
			.join('')}`,
	);
	for (const name of ['home', 'bin', 'tmp']) mkdirSync(join(folder, name));
	// hsctl asks the ssh program of the PATH for the user's configuration; this one is ours.
	const ssh = join(folder, 'bin/ssh');
	writeFileSync(ssh, `#!/bin/sh\nexec /usr/bin/ssh -F '${sshConfig}' "$@"\n`, { mode: 0o755 });
	return {
		folder,
		addresses,
		port,
		rttMs,
		user: process.env.USER ?? 'root',
		key,
		hostKeys,
		sshConfig,
		payload,
		env: {
			PATH: process.env.PATH ?? '',
			HOME: join(folder, 'home'),
			TMPDIR: join(folder, 'tmp'),
			XDG_STATE_HOME: join(folder, 'controller'),
			LC_ALL: 'C.UTF-8',
			CI: 'true',
		},
		workOf: tool => join(folder, 'hosts', tool),
		seen() {
			const log = sshds.map(sshd => sshd.log()).join('');
			return { connections: timesIn(log, 'Connection from '), sessions: timesIn(log, 'Starting session: ') };
		},
		used: () => ({
			hosts_cpu_ms: sshds.reduce((sum, { pid }) => sum + cpuOf(pid), 0),
			proxy_cpu_ms: proxy === undefined ? 0 : cpuOf(proxy.pid),
		}),
		async calm() {
			for (let left = 200; left > 0 && sshds.some(({ pid }) => below(pid).length > 0); left -= 1)
				await new Promise<void>(resolve => setTimeout(resolve, 50));
		},
		async close() {
			proxy?.stop();
			await made.close();
		},
	};
}

const configLines = (port: number, key: string, knownHosts: string): readonly string[] => [
	`Port ${port}`,
	`IdentityFile ${key}`,
	'IdentitiesOnly yes',
	'IdentityAgent none',
	`UserKnownHostsFile ${knownHosts}`,
	'GlobalKnownHostsFile none',
	'StrictHostKeyChecking yes',
	'UpdateHostKeys no',
	'BatchMode yes',
	'GSSAPIAuthentication no',
];

const timesIn = (text: string, words: string): number => text.split(words).length - 1;

async function startProxy(addresses: readonly string[], sshdPort: number, rttMs: number) {
	const port = await freePort(addresses[0] ?? '');
	const program = join(import.meta.dirname, 'delay-proxy.ts');
	const child = spawn(process.execPath, [program, String(port), String(sshdPort), String(rttMs), ...addresses], {
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	await new Promise<void>((resolve, reject) => {
		child.stdout.once('data', () => resolve());
		child.once('exit', code => reject(new Error(`the delay proxy ended with ${code}`)));
	});
	child.removeAllListeners('exit');
	const { pid = 0 } = child;
	return { port, pid, stop: () => end(pid) };
}

/** Empties a tool's folder of every host. */
export function clean({ workOf, addresses }: Site, tool: string): void {
	rmSync(workOf(tool), { recursive: true, force: true });
	for (const address of addresses) mkdirSync(join(workOf(tool), address), { recursive: true });
}
