import { createHash } from 'node:crypto';
import {
	asJobKey,
	asUnitAddress,
	hostName,
	hostPath,
	type JobKey,
	repoPath,
	sha256Digest,
	type UnitAddress,
} from '../../src/model/brand.ts';
import type { Condition, Judgement } from '../../src/model/condition.ts';
import type { Span } from '../../src/model/diagnostic.ts';
import type { HostFacts } from '../../src/model/host-facts.ts';
import type { Host, Inventory } from '../../src/model/inventory.ts';
import type { Decision, PlanCounts, PlannedUnit, PlanRequest } from '../../src/model/plan.ts';
import type { Playbook } from '../../src/model/playbook.ts';
import type { JobState, OpenJob, Receipt, UnitMemory } from '../../src/model/receipt.ts';
import type { Hotfix, Need, Script, Unit } from '../../src/model/unit.ts';
import type { HostObservation, UnitObservation } from '../../src/planning/observation.ts';
import type { Clock, Random } from '../../src/ports/clock.ts';

/** Small makers of model values: a test says what matters to it, the rest is harmless. */

export const here: Span = { file: 'p.yaml', line: 1, column: 1, endLine: 1, endColumn: 2, sourceLine: 'hsctl: 1' };

export const keyOf = (label: string): JobKey => asJobKey(createHash('sha256').update(label).digest('hex'));

export function script(text = 'true\n', rest: Partial<Script> = {}): Script {
	const bytes = new TextEncoder().encode(text);
	const digest = sha256Digest(createHash('sha256').update(bytes).digest('hex'));
	return { path: repoPath('hotfixes/a.sh'), digest, bytes, interpreter: ['/bin/sh'], pin: 'matches', ...rest };
}

export const need = (unit: string, hosts: Need['hosts'] = 'same'): Need => ({
	unit: asUnitAddress(unit),
	hosts,
	at: here,
});

export const hotfix = (rest: Partial<Omit<Hotfix, 'address'>> & { readonly address?: string } = {}): Hotfix => ({
	kind: 'hotfix',
	at: here,
	hosts: { kind: 'name', name: 'all' },
	needs: [],
	tags: [],
	when: { kind: 'always' },
	run: 'once',
	ifInterrupted: 'auto',
	timeoutMs: 60_000,
	script: script(),
	env: new Map(),
	restarts: [],
	...rest,
	address: asUnitAddress(rest.address ?? 'hotfix.a'),
});

export const fileExists = (path: string): Condition => ({
	kind: 'file_exists',
	options: { path, invert: false, if_unreadable: 'fail' },
	at: here,
});

export const judgement = (holds: Judgement['holds'], because = 'git 2.29.2 is below 2.30.0'): Judgement => ({
	holds,
	because,
	trace: [],
});

export const machineId = 'f00dfeedf00dfeedf00dfeedf00dfeed';

export const receipt = (rest: Partial<Omit<Receipt, 'unit'>> & { readonly unit?: string } = {}): Receipt => ({
	format: 'hsctl/receipt/v1',
	playbook: 'web',
	key: keyOf('now'),
	attempt: 1,
	run: '01ABC',
	status: 'ok',
	why: 'exit',
	exitCode: 0,
	script: script().digest,
	scriptPath: 'hotfixes/a.sh',
	user: 'root',
	startedAt: '2026-08-01T10:00:00Z',
	finishedAt: '2026-08-01T10:00:05Z',
	durationMs: 5000,
	bootId: 'boot',
	machineId,
	detachedBy: 'setsid',
	synced: 'file',
	...rest,
	unit: asUnitAddress(rest.unit ?? 'hotfix.a'),
});

export const openJob = (state: JobState, attempt = 1, key: JobKey = keyOf('now')): OpenJob => ({
	key,
	attempt,
	state,
	evidence: 'none',
});

export const memory = (rest: Partial<UnitMemory> = {}): UnitMemory => ({
	receipts: [],
	damaged: [],
	jobs: [],
	...rest,
});

export const host = (name: string, rest: Partial<Host> = {}): Host => ({
	name: hostName(name),
	connection: 'local',
	vars: new Map(),
	needs: [],
	groups: [],
	at: here,
	...rest,
});

export const inventory = (
	hosts: readonly Host[],
	groups: Readonly<Record<string, readonly string[]>> = {},
): Inventory => ({
	hosts: new Map(hosts.map(one => [one.name, one])),
	groups: new Map(Object.entries(groups).map(([name, names]) => [name, names.map(hostName)])),
	moduleSchemaPath: '/srv/<module>/schema',
});

export const playbook = (
	units: readonly Unit[],
	rest: Partial<Playbook> & { readonly on?: readonly Host[] } = {},
): Playbook => ({
	name: 'web',
	file: 'p.yaml',
	hosts: { kind: 'name', name: 'all' },
	vars: new Map(),
	secrets: new Map(),
	inventory: inventory(rest.on ?? [host('web1')]),
	units,
	unsupported: [],
	warnings: [],
	...rest,
});

export const facts = (rest: Partial<HostFacts> = {}): HostFacts => ({
	os: { id: 'debian', family: 'debian', version: '12', name: 'Debian GNU/Linux 12' },
	kernel: '6.1.0',
	arch: 'x86_64',
	hostname: 'web1',
	user: 'root',
	uid: 0,
	bootId: 'boot',
	machineId,
	packageManager: 'apt',
	serviceManager: 'systemd',
	state: { path: hostPath('/var/lib/hsctl'), condition: 'present', because: '' },
	...rest,
});

/** What a host showed of a unit; `printed` for each look. */
export const observation = (printed: readonly string[] = [], remembered: UnitMemory = memory()): UnitObservation => ({
	printed,
	memory: remembered,
});

export const reached = (
	units: readonly UnitObservation[],
	rest: Partial<HostObservation & { reached: true }> = {},
): HostObservation => ({ reached: true, facts: facts(), units, pendingRestarts: [], ...rest });

export const request = (rest: Partial<PlanRequest> = {}): PlanRequest => ({
	playbook: 'p.yaml',
	tags: [],
	targets: [],
	set: {},
	answers: {},
	...rest,
});

export const planned = (
	address: string,
	decision: Decision['kind'] | Decision = 'run',
	rest: Partial<PlannedUnit> = {},
): PlannedUnit => ({
	address: asUnitAddress(address),
	phase: 'hotfixes',
	at: here,
	decision: typeof decision === 'string' ? decisionOf(decision) : decision,
	recheck: false,
	needs: [],
	barriers: [],
	after: [],
	stage: 0,
	effective: { run: 'once', ifInterrupted: 'auto', timeoutMs: 60_000, become: 'none' },
	observations: [],
	trace: [],
	job: {
		key: keyOf(address),
		attempt: 1,
		script: { path: repoPath('hotfixes/a.sh'), digest: script().digest, interpreter: ['/bin/sh'] },
		purpose: 'do',
		despiteUnknown: false,
		env: {},
		timeoutMs: 60_000,
		restarts: [],
	},
	notes: [],
	...rest,
});

export const decisionOf = (kind: Decision['kind'], by: UnitAddress = asUnitAddress('hotfix.x')): Decision =>
	kind === 'blocked' ? { kind, because: 'needs it', by } : { kind, because: 'for a reason' };

/** Stands still: no pause ends by itself. */
export const stoppedClock: Clock = {
	now: () => new Date('2026-08-01T12:00:00Z'),
	monotonicMs: () => 0,
	after: () => () => {},
	pause: (_, signal) =>
		new Promise(resolve => {
			if (signal.aborted) resolve();
			else signal.addEventListener('abort', () => resolve(), { once: true });
		}),
};

/** Stands still but for pauses, which are over at once and noted. */
export function leapingClock(): Clock & { readonly pauses: number[] } {
	let ms = 0;
	const pauses: number[] = [];
	return {
		...stoppedClock,
		monotonicMs: () => ms,
		pauses,
		async pause(length) {
			pauses.push(length);
			ms += length;
		},
	};
}

/** The same numbers in every test, and never the same one twice. */
export function countingRandom(): Random {
	let next = 0;
	return {
		hex(bytes) {
			next += 1;
			return next.toString(16).padStart(bytes * 2, '0');
		},
	};
}

/** A plan's counts: nothing of anything but what is given. */
export const planCounts = (rest: Partial<PlanCounts> = {}): PlanCounts => ({
	run: 0,
	skip: 0,
	done: 0,
	changed_since: 0,
	ask: 0,
	fail: 0,
	unknown: 0,
	conflict: 0,
	blocked: 0,
	refused: 0,
	hosts: 0,
	unreachable: 0,
	...rest,
});
