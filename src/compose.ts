import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import type { RunId } from './model/brand.ts';
import type { Host } from './model/inventory.ts';
import { unreachable } from './model/unreachable.ts';
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
	connectors(): Promise<(host: Host) => Connector>;
	/** Why the history cannot be used, before anything is done that would need it. */
	findHistoryProblem(use: 'read' | 'write'): Promise<HistoryProblem | undefined>;
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
}

/** Knows every adapter, and is the only file that does. */
export function compose({ env, cwd }: Surroundings): Composition {
	const stateFolder = join(stateHome(env), 'hsctl/controller');
	const history = join(stateFolder, 'history.sqlite');
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
			const { localConnector } = await import('./connectors/local.ts');
			const local = localConnector({ env: shellEnvironment(env) });
			return host => connectorOf(host, local);
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

function connectorOf(host: Host, local: Connector): Connector {
	switch (host.connection) {
		case 'local':
			return local;
		case 'ssh':
		case 'openssh':
		case 'lxc':
			// Planning has refused these by name long before.
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
