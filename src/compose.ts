import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import type { OpensshConnector } from './connectors/openssh/connector.ts';
import type { RunId } from './model/brand.ts';
import type { Way } from './model/health.ts';
import type { Host } from './model/inventory.ts';
import { unreachable } from './model/unreachable.ts';
import type { Ask } from './ports/ask.ts';
import type { Clock, Random } from './ports/clock.ts';
import type { Connector } from './ports/connection.ts';
import type { EventSink } from './ports/event-sink.ts';
import type { Journal } from './ports/journal.ts';
import type { Repository } from './ports/repository.ts';
import type { SecretStore } from './ports/secret-store.ts';
import type { AuditVerdict } from './storage/audit.ts';
import { systemClock, systemRandom } from './storage/clock.ts';
import type { Place } from './storage/find-repository.ts';
import type { HistoryProblem } from './storage/history-problem.ts';
import { stateHome } from './storage/state-folder.ts';

export type { HistoryProblem };

/** The engine's parts, each made when it is asked for: a command pays only for what it uses. */
export interface Composition {
	readonly clock: Clock;
	readonly random: Random;
	/** The name of this machine and of the person, for locks and the journal. */
	readonly controller: string;
	readonly user: string;
	findPlace(file: string): Promise<Place | undefined>;
	openRepository(place: Place): Promise<Repository>;
	/** The same each time: what is opened once is found open again. */
	connectors(): Promise<(host: Host) => Connector>;
	/** How a host would be reached, found out without a connection. */
	describeWay(host: Host, signal: AbortSignal): Promise<Way>;
	/** Ends what connectors have left open and what would outlive this process. */
	close(): Promise<void>;
	/** Why the history cannot be used, before anything is done that would need it. */
	findHistoryProblem(use: 'read' | 'write'): Promise<HistoryProblem | undefined>;
	/** Keeps a history that cannot be read under another name, which it gives; nothing when it is in order. */
	setDamagedHistoryAside(): Promise<string | undefined>;
	/** The secrets that a playbook's repository speaks of. */
	openSecrets(playbook: string): Promise<SecretStore>;
	openJournal(): Promise<Journal>;
	/** Makes no history where there is none: it is empty then. */
	readJournal(): Promise<Journal>;
	auditSink(run: RunId): Promise<EventSink>;
	verifyAudit(): Promise<AuditVerdict>;
}

/** The environment as far as it decides how hsctl works. */
export interface Surroundings {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly cwd: string;
	/** Absent where nobody is there to answer. */
	readonly ask?: Ask;
}

/** Knows every adapter, and is the only file that does. */
export function compose({ env, cwd, ask }: Surroundings): Composition {
	const stateFolder = join(stateHome(env), 'hsctl/controller');
	const history = join(stateFolder, 'history.sqlite');
	let ways: Promise<Ways> | undefined;
	return {
		clock: systemClock,
		random: systemRandom,
		controller: hostname(),
		user: env.SUDO_USER ?? userName(),
		async findPlace(file) {
			const { findPlace } = await import('./storage/find-repository.ts');
			return findPlace(file, cwd);
		},
		async openRepository(place) {
			const { diskRepository } = await import('./storage/repository.ts');
			return diskRepository(place.root, cwd);
		},
		async connectors() {
			ways ??= makeWays(env, ask);
			const made = await ways;
			return host => connectorOf(host, made);
		},
		async describeWay(host, signal) {
			if (host.connection === 'local') return { by: 'local' };
			const { describeWay } = await import('./connectors/ssh/describe-way.ts');
			return describeWay(host, placeOf(env), signal);
		},
		async close() {
			await (await ways)?.close();
		},
		async openSecrets(playbook) {
			const { findPlace } = await import('./storage/find-repository.ts');
			const { machineSecrets } = await import('./connectors/secret-store.ts');
			return machineSecrets({ env, root: (await findPlace(playbook, cwd))?.root ?? cwd });
		},
		async openJournal() {
			const { openJournal } = await import('./storage/journal.ts');
			return openJournal(history);
		},
		async readJournal() {
			const { readJournal } = await import('./storage/journal.ts');
			return readJournal(history);
		},
		async findHistoryProblem(use) {
			const { findHistoryProblem } = await import('./storage/history-problem.ts');
			return findHistoryProblem(history, use);
		},
		async setDamagedHistoryAside() {
			const { setDamagedAside } = await import('./storage/history-problem.ts');
			return setDamagedAside(history, systemClock.now());
		},
		async auditSink(run) {
			const { auditSink } = await import('./storage/audit.ts');
			return auditSink(join(stateFolder, 'audit'), run);
		},
		async verifyAudit() {
			const { verifyAudit } = await import('./storage/audit.ts');
			return verifyAudit(join(stateFolder, 'audit'));
		},
	};
}

/** Containers run as users that have no name. */
function userName(): string {
	try {
		return userInfo().username;
	} catch {
		return String(process.getuid?.() ?? 'unknown');
	}
}

/** The ways to a host, each loaded when the first host goes it: ssh2 is large. */
interface Ways {
	readonly local: Connector;
	readonly ssh: Connector;
	readonly openssh: Connector;
	close(): Promise<void>;
}

async function makeWays(env: Surroundings['env'], ask: Ask | undefined): Promise<Ways> {
	const { localConnector } = await import('./connectors/local.ts');
	const { oneAtATime, Secrets } = await import('./connectors/secrets.ts');
	const { whenOpened } = await import('./connectors/when-opened.ts');
	const person = ask === undefined ? undefined : oneAtATime(ask);
	// One memory for all ways: what was typed once is not asked again, what was wrong once is not tried again.
	const shared = {
		place: placeOf(env),
		clock: systemClock,
		random: systemRandom,
		secrets: new Secrets(person),
		...(person === undefined ? {} : { ask: person }),
	};
	let client: Promise<OpensshConnector> | undefined;
	const openssh = (): Promise<OpensshConnector> => {
		client ??= import('./connectors/openssh/connector.ts').then(({ opensshConnector }) => opensshConnector(shared));
		return client;
	};
	const insteadOfSsh2 = (because: string): Connector =>
		whenOpened(async () => (await openssh()).insteadOfSsh2(because));
	return {
		local: localConnector({ ...shared, env: shellEnvironment(env), user: userName() }),
		ssh: whenOpened(async () => {
			const { sshConnector } = await import('./connectors/ssh/connector.ts');
			return sshConnector({ ...shared, instead: insteadOfSsh2 });
		}),
		openssh: whenOpened(openssh),
		async close() {
			await (await client)?.[Symbol.asyncDispose]();
		},
	};
}

/** As ssh has it: the home of the account, whatever HOME says. */
const placeOf = (env: Surroundings['env']) => ({ folder: homeFolder(env), user: userName(), env });

function homeFolder(env: Surroundings['env']): string {
	try {
		return userInfo().homedir;
	} catch {
		return env.HOME || '/';
	}
}

function connectorOf(host: Host, { local, ssh, openssh }: Ways): Connector {
	switch (host.connection) {
		case 'local':
			return local;
		case 'ssh':
			return ssh;
		case 'openssh':
			return openssh;
		case 'lxc':
			// Planning has refused it by name long before.
			throw new Error(`${host.name}: connection ${host.connection} has no connector in this version`);
		default:
			return unreachable(host.connection);
	}
}

/** What this machine's shell sees of our environment; a relative XDG_STATE_HOME is none. `HSCTL_CRASH` and `HSCTL_HOLD_MS` steer the runner in tests (docs/testing.md). */
function shellEnvironment(env: Surroundings['env']): Readonly<Record<string, string>> {
	const names = ['HOME', 'USER', 'LOGNAME', 'XDG_STATE_HOME', 'XDG_RUNTIME_DIR', 'HSCTL_CRASH', 'HSCTL_HOLD_MS'];
	const isKnown = (name: string) => name !== 'XDG_STATE_HOME' || env[name]?.startsWith('/') === true;
	return Object.fromEntries(
		names.filter(isKnown).flatMap(name => (env[name] === undefined ? [] : [[name, env[name]]])),
	);
}
