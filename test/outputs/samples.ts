import {
	asDigest,
	asJobKey,
	asRunId,
	asUnitAddress,
	type HostName,
	hostName,
	hostPath,
	repoPath,
	type UnitAddress,
} from '../../src/model/brand.ts';
import type { Trace } from '../../src/model/condition.ts';
import type { Diagnostic, Span } from '../../src/model/diagnostic.ts';
import type { HostState, NumberedEvent, RunEvent } from '../../src/model/event.ts';
import type { HostFacts } from '../../src/model/host-facts.ts';
import type { UnitStatus } from '../../src/model/outcome.ts';
import type { Decision, Plan, PlannedHost, PlannedUnit } from '../../src/model/plan.ts';
import type { TextLook, TextOut } from '../../src/outputs/text-out.ts';

export const look = (columns: number, over: Partial<TextLook> = {}): TextLook => ({
	columns,
	color: false,
	unicode: true,
	...over,
});

/** Keeps what was written. */
export function textOut(columns = 80, over: Partial<TextLook> = {}): TextOut & { readonly text: () => string } {
	let text = '';
	return {
		...look(columns, over),
		write(more) {
			text += more;
		},
		text: () => text,
	};
}

export const runId = asRunId('01JDB8ZQ6T3V9KX2M4N5P7R8S0');

// ---- diagnostics

export const span = (sourceLine: string, column: number, length = 1, over: Partial<Span> = {}): Span => ({
	file: 'playbooks/home.yaml',
	line: 12,
	column,
	endLine: 12,
	endColumn: column + length,
	sourceLine,
	...over,
});

export const diagnostics: readonly Diagnostic[] = [
	{
		severity: 'warning',
		code: 'HS1704',
		message: 'the variable "health" is never used',
		at: span('vars: { health: "http://127.0.0.1:5000/health" }', 9, 6, { line: 6, endLine: 6 }),
	},
	{
		severity: 'error',
		code: 'HS1101',
		message: '"scrpt" is no key of a hotfix',
		at: span('    scrpt: hotfixes/git_cve.sh', 5, 5),
		hint: 'did you mean "script"?',
	},
	{
		severity: 'error',
		code: 'HS1802',
		message: 'apply has to ask, and there is no terminal',
		hint: 'give --yes',
	},
];

// ---- plans

export const facts = (over: Partial<HostFacts> = {}): HostFacts => ({
	os: { id: 'debian', family: 'debian', version: '12', name: 'Debian GNU/Linux 12 (bookworm)' },
	kernel: '6.1.0-40-amd64',
	arch: 'x86_64',
	hostname: 'web1',
	user: 'deploy',
	uid: 1000,
	bootId: '5c1e3e0e-0000-4000-8000-000000000001',
	machineId: '0123456789abcdef0123456789abcdef',
	packageManager: 'apt',
	serviceManager: 'systemd',
	state: { path: hostPath('/var/lib/hsctl'), condition: 'present', because: '' },
	...over,
});

const gitTrace: readonly Trace[] = [
	{
		kind: 'all',
		holds: 'yes',
		of: [
			{
				kind: 'leaf',
				condition: 'binary_version',
				fact: 'binary_version /usr/bin/git',
				rule: 'below 2.30.0',
				value: '2.29.2',
				holds: 'yes',
				because: 'git 2.29.2 is below 2.30.0',
				at: span('    when: { binary_version: { binary: /usr/bin/git, below: "2.30.0" } }', 13, 14, { line: 31 }),
			},
			{
				kind: 'leaf',
				condition: 'file_exists',
				fact: 'file_exists /etc/homeserver.factory',
				rule: 'exists',
				value: 'a regular file',
				holds: 'yes',
				because: '/etc/homeserver.factory exists',
				at: span('    when: …', 13, 4, { line: 32 }),
			},
		],
	},
];

export const plannedUnit = (name: string, decision: Decision, over: Partial<PlannedUnit> = {}): PlannedUnit => ({
	address: asUnitAddress(name),
	phase: 'hotfixes',
	at: span('  git_cve:', 3, 7, { line: 29 }),
	decision,
	recheck: false,
	needs: [],
	barriers: [],
	after: [],
	stage: 0,
	effective: { run: 'once', ifInterrupted: 'auto', timeoutMs: 300_000, become: 'sudo' },
	observations: [{ fact: 'binary_version /usr/bin/git', printed: 'git version 2.29.2\n' }],
	trace: gitTrace,
	notes: [],
	job: {
		key: asJobKey('ab'.repeat(32)),
		attempt: 1,
		script: {
			path: repoPath('hotfixes/git_cve.sh'),
			digest: asDigest(`sha256:${'9f'.repeat(32)}`),
			interpreter: ['/bin/sh'],
		},
		purpose: 'do',
		env: {},
		timeoutMs: 300_000,
		restarts: ['gogs.service'],
		despiteUnknown: false,
	},
	...over,
});

const gitCve = plannedUnit('hotfix.git_cve', { kind: 'run', because: 'git 2.29.2 is below 2.30.0' });

export const units: readonly PlannedUnit[] = [
	gitCve,
	plannedUnit('hotfix.factory_cleanup', { kind: 'skip', because: '/etc/homeserver.factory exists' }, { trace: [] }),
	plannedUnit(
		'hotfix.gogs_repository_fix',
		{ kind: 'changed_since', because: 'done on 2026-10-02 with other content' },
		{ notes: ['changed since it ran on 2026-10-02 09:14 UTC; "run: on_change" would run it again'], trace: [] },
	),
	plannedUnit(
		'hotfix.collect_diagnostics',
		{ kind: 'run', because: 'always' },
		{ recheck: true, trace: [], needs: [asUnitAddress('hotfix.git_cve')] },
	),
	plannedUnit(
		'hotfix.legacy_tls',
		{
			kind: 'fail',
			because:
				'openssl prints no version: "OpenSSL: error while loading shared libraries: libssl.so.1.1" (if_unreadable: fail)',
		},
		{ trace: [] },
	),
	plannedUnit(
		'hotfix.tls_certs',
		{
			kind: 'blocked',
			because: 'needs hotfix.legacy_tls, which cannot be decided',
			by: asUnitAddress('hotfix.legacy_tls'),
		},
		{ trace: [] },
	),
];

export const reached = (name: string, over: Partial<Extract<PlannedHost, { reached: true }>> = {}): PlannedHost => ({
	name: hostName(name),
	reached: true,
	place: { connection: 'local' },
	facts: facts(),
	units,
	...over,
});

export const unreached = (name: string): PlannedHost => ({
	name: hostName(name),
	reached: false,
	because: 'ssh: connect to 10.0.0.31 port 22: no answer within 10s',
	units: [],
});

export function planOf(hosts: readonly PlannedHost[], over: Partial<Plan> = {}): Plan {
	const kinds = hosts.flatMap((host): readonly PlannedUnit[] => host.units).map(({ decision }) => decision.kind);
	const many = (kind: Decision['kind']): number => kinds.filter(other => other === kind).length;
	return {
		format: 'hsctl/plan/v1',
		playbook: { name: 'home-fleet', file: 'playbooks/home.yaml' },
		purpose: 'do',
		createdAt: '2026-11-21T12:03:39.000Z',
		request: { playbook: 'playbooks/home.yaml', tags: [], targets: [], set: {}, answers: {} },
		secrets: {},
		hosts,
		counts: {
			run: many('run'),
			skip: many('skip'),
			done: many('done'),
			changed_since: many('changed_since'),
			ask: many('ask'),
			fail: many('fail'),
			unknown: many('unknown'),
			conflict: many('conflict'),
			blocked: many('blocked'),
			refused: many('refused'),
			hosts: hosts.length,
			unreachable: hosts.filter(host => !host.reached).length,
		},
		fingerprint: 'f'.repeat(64),
		...over,
	};
}

export const smallPlan = planOf([
	reached('web1'),
	reached('dns', {
		facts: facts({
			os: { id: 'alpine', family: 'alpine', version: '3.20', name: 'Alpine Linux v3.20' },
			packageManager: 'apk',
		}),
		units: [gitCve],
	}),
	unreached('nas'),
]);

export const widePlan = planOf([
	...Array.from({ length: 40 }, (_, index) => reached(`web${index + 1}`)),
	reached('odd1', { units: [gitCve] }),
	unreached('nas'),
]);

// ---- runs

const start = Date.parse('2026-11-21T12:03:39.000Z');

/** Numbers and dates events, as the bus does. */
export function recorder(): {
	readonly events: NumberedEvent[];
	readonly emit: (afterMs: number, event: RunEvent) => void;
	readonly pass: (ms: number) => void;
} {
	const events: NumberedEvent[] = [];
	let now = start;
	return {
		events,
		pass(ms) {
			now += ms;
		},
		emit(afterMs, event) {
			now += afterMs;
			events.push({ ...event, seq: events.length + 1, at: new Date(now).toISOString(), run: runId });
		},
	};
}

const sampleUnits = [
	'hotfix.factory_cleanup',
	'hotfix.git_cve',
	'hotfix.gogs_repository_fix',
	'hotfix.collect_diagnostics',
	'hotfix.tls_certs',
	'hotfix.final_check',
].map(asUnitAddress);

export const sampleHosts = (amount: number): readonly HostName[] =>
	Array.from({ length: amount }, (_, index) =>
		hostName(amount === 1 ? 'web1' : `edge-${String(index + 1).padStart(3, '0')}`),
	);

export const runStarted = (hosts: readonly HostName[], addresses: readonly UnitAddress[] = sampleUnits): RunEvent => ({
	type: 'run_started',
	playbook: 'home-fleet',
	file: 'playbooks/home.yaml',
	purpose: 'do',
	fingerprint: 'f'.repeat(64),
	controller: 'laptop',
	user: 'anna',
	hosts: hosts.map(host => ({
		host,
		units: addresses.map((unit, index) => ({ unit, action: index === 0 ? 'skip' : 'run' })),
	})),
});

export const hostState = (host: HostName, state: HostState, because = ''): RunEvent => ({
	type: 'host_state',
	host,
	state,
	because,
});

export const unitStarted = (host: HostName, unit: UnitAddress): RunEvent => ({
	type: 'unit_started',
	host,
	unit,
	attempt: 1,
	detached_by: 'systemd',
});

export const printed = (
	host: HostName,
	unit: UnitAddress,
	offset: number,
	text: string,
	stream: 'out' | 'err' = 'out',
): RunEvent => ({
	type: 'output',
	host,
	unit,
	stream,
	offset,
	length: Buffer.byteLength(text),
	text,
});

export const unitFinished = (
	host: HostName,
	unit: UnitAddress,
	status: UnitStatus,
	because: string,
	durationMs = 1200,
): RunEvent => {
	const ran = status === 'changed' || status === 'failed' || status === 'rolled_back';
	return {
		type: 'unit_finished',
		host,
		unit,
		status,
		because,
		changed: status === 'changed',
		exit_code: ran ? (status === 'changed' ? 0 : 100) : null,
		duration_ms: ran ? durationMs : 0,
		log: ran ? `/var/lib/hsctl/jobs/${'ab'.repeat(8)}` : null,
	};
};

const aptLines = [
	'Reading package lists... Done',
	'Building dependency tree... Done',
	'The following packages will be upgraded: git git-man',
	'Get:1 http://deb.debian.org/debian bookworm/main amd64 git amd64 1:2.39.5-0+deb12u2 [7,260 kB]',
	'Unpacking git (1:2.39.5-0+deb12u2) over (1:2.29.2-1) ...',
	'Setting up git (1:2.39.5-0+deb12u2) ...',
];

const aptError = [
	'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (unattended-upgr)',
	'E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?',
];

export interface RunShape {
	/** Hosts (by index) on which `hotfix.gogs_repository_fix` fails. */
	readonly failing?: readonly number[];
	readonly unreachable?: readonly number[];
	/** How many hosts have finished; the others stand in the middle. Default: all. */
	readonly finished?: number;
	/** How many hosts have not begun; counted from the end. */
	readonly waiting?: number;
}

/** A run as it really comes: hosts side by side, one unit after the other on each. */
export function runOf(amount: number, shape: RunShape = {}): readonly NumberedEvent[] {
	const { events, emit, pass } = recorder();
	const hosts = sampleHosts(amount);
	const finished = shape.finished ?? amount;
	emit(0, runStarted(hosts));
	for (const [index, host] of hosts.entries()) {
		if (index >= amount - (shape.waiting ?? 0)) continue;
		emit(1, hostState(host, 'connecting'));
		if (shape.unreachable?.includes(index)) {
			emit(3, hostState(host, 'unreachable', 'ssh: connect to 10.0.0.31 port 22: no answer within 10s'));
			for (const unit of sampleUnits) emit(0, unitFinished(host, unit, 'unreachable', 'the host could not be reached'));
			continue;
		}
		emit(20, hostState(host, 'staging'));
		emit(30, hostState(host, 'running'));
		oneHost(host, emit, shape.failing?.includes(index) ?? false, index < finished);
	}
	if (finished < amount) return events;
	pass(2000);
	emit(0, runFinished(events));
	return events;
}

function oneHost(
	host: HostName,
	emit: (afterMs: number, event: RunEvent) => void,
	fails: boolean,
	ends: boolean,
): void {
	const [cleanup, git, gogs, collect, tls, check] = sampleUnits as [
		UnitAddress,
		UnitAddress,
		UnitAddress,
		UnitAddress,
		UnitAddress,
		UnitAddress,
	];
	emit(5, unitFinished(host, cleanup, 'skipped', '/etc/homeserver.factory exists'));
	emit(5, unitStarted(host, git));
	let offset = 0;
	for (const line of aptLines) {
		emit(40, printed(host, git, offset, `${line}\n`));
		offset += line.length + 1;
	}
	if (!ends && !fails) return;
	emit(200, unitFinished(host, git, 'changed', 'it ran', 12_300));
	emit(5, unitStarted(host, gogs));
	emit(40, printed(host, gogs, 0, 'repairing hooks of 14 repositories\n'));
	if (fails) {
		emit(40, printed(host, gogs, 0, `${aptError.join('\n')}\n`, 'err'));
		emit(40, unitFinished(host, gogs, 'failed', 'exit 100', 41_000));
		emit(5, unitFinished(host, tls, 'blocked', 'needs hotfix.gogs_repository_fix'));
	} else emit(100, unitFinished(host, gogs, 'changed', 'it ran', 900));
	emit(10, unitFinished(host, collect, 'ok', 'done on 2026-10-02'));
	if (!fails) emit(10, unitFinished(host, tls, 'changed', 'it ran', 2100));
	if (!ends) return;
	emit(10, unitFinished(host, check, 'changed', 'it ran', 300));
	emit(10, hostState(host, 'done'));
}

function runFinished(events: readonly NumberedEvent[]): RunEvent {
	const statuses = events.flatMap(event => (event.type === 'unit_finished' ? [event.status] : []));
	const many = (status: UnitStatus): number => statuses.filter(other => other === status).length;
	const failed = many('failed') > 0;
	return {
		type: 'run_finished',
		counts: {
			ok: many('ok'),
			changed: many('changed'),
			skipped: many('skipped'),
			unknown: many('unknown'),
			failed: many('failed'),
			rolled_back: many('rolled_back'),
			rollback_failed: many('rollback_failed'),
			blocked: many('blocked'),
			unreachable: many('unreachable'),
			refused: many('refused'),
			not_started: many('not_started'),
		},
		exit_code: failed ? 5 : many('unreachable') > 0 ? 4 : 0,
		duration_ms: 252_000,
	};
}
