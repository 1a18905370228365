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
import type { AuditVerdict } from './storage/audit.ts';
import { systemClock, systemRandom } from './storage/clock.ts';
import type { Place } from './storage/find-repository.ts';

/** The engine's parts, each made when it is asked for: a command pays only for what it uses. */
export interface Composition {
	readonly clock: Clock;
	readonly random: Random;
	/** The name of this machine and of the person, for locks and the journal. */
	readonly controller: string;
	readonly user: string;
	/** Where this controller keeps its history. */
	readonly stateFolder: string;
	findPlace(file: string): Promise<Place | undefined>;
	openRepository(place: Place): Promise<Repository>;
	connectors(): Promise<(host: Host) => Connector>;
	openJournal(): Promise<Journal>;
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
	const stateFolder = join(env.XDG_STATE_HOME || join(env.HOME || '/', '.local/state'), 'hsctl/controller');
	return {
		clock: systemClock,
		random: systemRandom,
		controller: hostname(),
		user: env.SUDO_USER ?? userInfo().username,
		stateFolder,
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
		async openJournal() {
			const { openJournal } = await import('./storage/journal.ts');
			return openJournal(join(stateFolder, 'history.sqlite'));
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

/** What this machine's shell sees of our environment. `HSCTL_CRASH` and `HSCTL_HOLD_MS` steer the runner in tests (docs/testing.md). */
function shellEnvironment(env: Surroundings['env']): Readonly<Record<string, string>> {
	const names = ['HOME', 'USER', 'LOGNAME', 'XDG_STATE_HOME', 'XDG_RUNTIME_DIR', 'HSCTL_CRASH', 'HSCTL_HOLD_MS'];
	return Object.fromEntries(names.flatMap(name => (env[name] === undefined ? [] : [[name, env[name]]])));
}
