import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { opensshConnector } from '../../../src/connectors/openssh/connector.ts';
import { Secrets } from '../../../src/connectors/secrets.ts';
import { type SshSurroundings, sshConnector } from '../../../src/connectors/ssh/connector.ts';
import type { Limits } from '../../../src/connectors/ssh/limits.ts';
import { whenOpened } from '../../../src/connectors/when-opened.ts';
import type { Host } from '../../../src/model/inventory.ts';
import type { Become } from '../../../src/model/unit.ts';
import type { Question } from '../../../src/ports/ask.ts';
import type { Connection, Connector, Opened, OpenOptions, ShellProgram } from '../../../src/ports/connection.ts';
import { systemClock, systemRandom } from '../../../src/storage/clock.ts';
import type { ConnectorRig } from '../../contracts/connector.ts';
import { host } from '../../fakes/builders.ts';
import type { Lab, Sshd } from '../../lab/lab.ts';
import { end } from '../../lab/processes.ts';

export interface RigOptions {
	/** Lines of the ssh config; these come first, so they count. */
	readonly config?: readonly string[];
	/** Paths of identity files; absent: the lab's own key. */
	readonly keys?: readonly string[];
	/** Lines of known_hosts. */
	readonly known?: readonly string[];
	readonly limits?: Partial<Limits>;
	/** Answers by the words of the question; absent: nobody is there. */
	readonly answer?: (question: Question) => string | undefined;
	readonly env?: Readonly<Record<string, string>>;
	readonly rest?: Partial<SshSurroundings>;
	/** Absent: ssh2, and where it would hand a host on, that is said. `openssh`: OpenSSH's client alone. `either`: as users have it. */
	readonly by?: 'openssh' | 'either';
}

export interface Rig {
	readonly connector: Connector & AsyncDisposable;
	readonly knownHosts: string;
	/** What was asked so far. */
	readonly asked: readonly Question[];
	open(place: Place, become?: Become, signal?: AbortSignal, how?: OpenOptions): Promise<Opened>;
	/** Opens it or throws why not. */
	connection(place: Place, become?: Become, how?: OpenOptions): Promise<Connection>;
	/** Why it does not open. */
	why(place: Place, become?: Become, how?: OpenOptions): Promise<string>;
}

export type Place = Partial<Omit<Host, 'name'>> & {
	readonly name?: string;
	readonly address: string;
	readonly port: number;
};

let count = 0;

/** A connector with a home, a config and a known_hosts of its own. */
export function rig(lab: Lab, options: RigOptions = {}): Rig {
	count += 1;
	const knownHosts = join(lab.folder, `known_hosts-${count}`);
	const config = join(lab.folder, `config-${count}`);
	writeFileSync(knownHosts, (options.known ?? []).map(line => `${line}\n`).join(''));
	const lines = [
		...(options.config ?? []),
		'Host *',
		`UserKnownHostsFile ${knownHosts}`,
		'GlobalKnownHostsFile none',
		...(options.keys ?? [lab.key('id')]).map(path => `IdentityFile ${path}`),
	];
	writeFileSync(config, `${lines.join('\n')}\n`);
	const asked: Question[] = [];
	const { answer } = options;
	const answers = async (question: Question): Promise<string | undefined> => {
		asked.push(question);
		return answer?.(question);
	};
	const secrets = new Secrets(answer === undefined ? undefined : { ask: async question => answers(question) });
	const surroundings = {
		place: { folder: lab.folder, user: userInfo().username, env: { PATH: process.env.PATH, ...options.env }, config },
		clock: systemClock,
		random: systemRandom,
		...(answer === undefined
			? {}
			: {
					ask: {
						ask: answers,
					},
				}),
		secrets,
		limits: { idleMs: 0, ...options.limits },
	};
	const openssh = opensshConnector(surroundings);
	const ssh = sshConnector({
		...surroundings,
		instead: because =>
			options.by === 'either'
				? whenOpened(async () => openssh.insteadOfSsh2(because))
				: { open: async () => ({ ok: false, because: `instead: ${because}` }) },
		...options.rest,
	});
	const chosen = options.by === 'openssh' ? openssh : ssh;
	const connector = {
		...whenOpened(async () => chosen),
		[Symbol.asyncDispose]: () => chosen[Symbol.asyncDispose](),
	};
	lab.onEnd(async () => {
		await ssh[Symbol.asyncDispose]();
		await openssh[Symbol.asyncDispose]();
	});
	const open: Rig['open'] = (
		{ address, port, name, ...rest },
		become = 'none',
		signal = new AbortController().signal,
		how = {},
	) => connector.open(host(name ?? 'far', { connection: 'ssh', address, port, ...rest }), become, signal, how);
	return {
		connector,
		knownHosts,
		asked,
		open,
		async connection(place, become, how) {
			const opened = await open(place, become, undefined, how);
			if (!opened.ok) throw new Error(opened.because);
			return opened.connection;
		},
		async why(place, become, how) {
			const opened = await open(place, become, undefined, how);
			if (opened.ok) throw new Error('it was opened');
			return opened.because;
		},
	};
}

/** A host for the contract of connectors; idle connections are kept longer than any test. */
export function connectorRig(lab: Lab, sshd: Sshd, options: RigOptions): ConnectorRig {
	const { address, port } = sshd;
	return {
		connector: () => rig(lab, { limits: { idleMs: 60_000 }, ...options }).connector,
		host: host('far', { connection: 'ssh', address, port }),
		logins: {
			open: () => sshd.sessions(),
			cut() {
				for (const pid of sshd.sessions()) end(pid);
			},
			shut: () => sshd.stop(),
		},
		close: () => lab.close(),
	};
}

export const program = (text: string): ShellProgram => `{\n${text}\nexit\n} </dev/null\n` as ShellProgram;

/** What a program prints, or why it is lost. */
export async function run(connection: Connection, text: string, options: object = {}): Promise<string> {
	const result = await connection.exec(program(text), { byteBudget: 100_000_000, ...options });
	return result.kind === 'exited' ? new TextDecoder().decode(result.stdout) : `lost: ${result.because}`;
}
