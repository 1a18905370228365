import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { HostName, RunId } from '../model/brand.ts';
import type { Host } from '../model/inventory.ts';
import type { Decision, FileAction, Plan, PlannedFile, PlannedHost, PlannedUnit } from '../model/plan.ts';
import type { UnifiedDiff } from '../model/unified-diff.ts';
import { type Become, phases } from '../model/unit.ts';
import { secretSums } from './secret-sums.ts';

/**
 * One host's part of a plan, as it lies beside the work on that host: who has lost the controller, or never was it, finds there
 * what was meant. The host itself does not read it. JSON, deflated, in base 64.
 */
export function writeHostPlan(plan: Plan, host: HostName, { run, secrets }: RunSecrets): string {
	const hosts = plan.hosts.filter(({ name }) => name === host).map(withoutPrints);
	const taken = hosts.flatMap(({ units }) => units.map(({ job }) => job?.stdin));
	const sums = secretSums(run, taken, secrets);
	return deflateRawSync(
		JSON.stringify({ ...plan, hosts, ...(Object.keys(sums).length === 0 ? {} : { secretSums: sums }) }),
	).toString('base64');
}

export interface RunSecrets {
	readonly run: RunId;
	readonly secrets: ReadonlyMap<string, string>;
}

/** What looks printed served the decisions, and may be long. */
const withoutPrints = (host: PlannedHost): PlannedHost =>
	host.reached ? { ...host, units: host.units.map(unit => ({ ...unit, observations: [] })) } : host;

/** The host that was asked, and where it keeps its memory. */
export interface SpeakingHost {
	readonly host: Host;
	readonly become: Become;
	readonly state: string;
}

/**
 * `undefined` for what is damaged, or from another version. A host can only speak of itself: its name, the way to it and who works
 * there are ours, and where secrets come from is read from our own playbook, because a source may be a command.
 */
export function readHostPlan(text: string, { host, become, state }: SpeakingHost): Plan | undefined {
	const plan = parsePlan(text);
	const [part] = plan?.hosts ?? [];
	if (plan === undefined || part?.reached !== true || !part.units.every(isUnit)) return undefined;
	const { connection, address, port, user, on, vmid, stateDir } = host;
	const place = { connection, address, port, user, on, vmid, stateDir };
	return {
		...plan,
		hosts: [
			{
				...part,
				name: host.name,
				units: part.units.map(unit => ({ ...unit, effective: { ...unit.effective, become } })),
				place: JSON.parse(JSON.stringify(place)),
				facts: { ...part.facts, state: { ...part.facts.state, path: state as typeof part.facts.state.path } },
			},
		],
	};
}

function parsePlan(text: string): Plan | undefined {
	try {
		const bytes = inflateRawSync(Buffer.from(text, 'base64'), { maxOutputLength: longestPlan });
		const value: unknown = JSON.parse(bytes.toString('utf8'));
		return isPlan(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

/** Bytes: a host that went wrong must not fill our memory. */
const longestPlan = 64 * 1024 * 1024;

/** Several hosts' parts of the same plan as one; hosts that had nothing to do are not in it. */
export function joinHostPlans(parts: readonly [Plan, ...Plan[]]): Plan {
	const [first] = parts;
	const hosts = new Map(parts.flatMap(part => part.hosts.map(host => [host.name, host] as const)));
	const sums = Object.assign({}, ...parts.map(part => part.secretSums ?? {}));
	return { ...first, secretSums: sums, hosts: [...hosts.values()] };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** A file of the repository, and none beside it. */
const isBelow = (path: string): boolean => !path.startsWith('/') && !path.split('/').includes('..');

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(one => typeof one === 'string');

const isPlan = (value: unknown): value is Plan =>
	isRecord(value) &&
	value.format === 'hsctl/plan/v1' &&
	isRecord(value.playbook) &&
	typeof value.playbook.name === 'string' &&
	typeof value.playbook.file === 'string' &&
	isBelow(value.playbook.file) &&
	(value.purpose === 'do' || value.purpose === 'undo') &&
	typeof value.createdAt === 'string' &&
	!Number.isNaN(Date.parse(value.createdAt)) &&
	typeof value.fingerprint === 'string' &&
	isRecord(value.secrets) &&
	(value.secretSums === undefined || (isRecord(value.secretSums) && isTexts(Object.values(value.secretSums)))) &&
	isRecord(value.request) &&
	typeof value.request.playbook === 'string' &&
	isTexts(value.request.tags) &&
	isTexts(value.request.targets) &&
	isRecord(value.request.set) &&
	isRecord(value.request.answers) &&
	(value.request.ofRun === undefined || typeof value.request.ofRun === 'string') &&
	Array.isArray(value.hosts) &&
	value.hosts.length === 1 &&
	value.hosts.every(
		host => isRecord(host) && Array.isArray(host.units) && isRecord(host.facts) && isRecord(host.facts.state),
	);

/** Of another version, a plan may hold what this one has no word for. */
const decisionKinds: ReadonlySet<Decision['kind']> = new Set<Decision['kind']>([
	'run',
	'skip',
	'done',
	'changed_since',
	'ask',
	'fail',
	'unknown',
	'conflict',
	'blocked',
	'refused',
]);

const isUnit = (value: PlannedUnit): boolean =>
	isRecord(value) &&
	typeof value.address === 'string' &&
	phases.includes(value.phase) &&
	isRecord(value.decision) &&
	decisionKinds.has(value.decision.kind) &&
	typeof value.decision.because === 'string' &&
	[value.needs, value.barriers, value.after, value.notes].every(isTexts) &&
	Number.isInteger(value.stage) &&
	isRecord(value.effective) &&
	Number.isFinite(value.effective.timeoutMs) &&
	(value.job === undefined || (/^[0-9a-f]{64}$/.test(value.job.key) && Number.isInteger(value.job.attempt))) &&
	(value.files === undefined || (Array.isArray(value.files) && value.files.every(isFile)));

const fileActions: ReadonlySet<FileAction> = new Set<FileAction>([
	'same',
	'create',
	'replace',
	'merge',
	'remove',
	'restore',
	'skip',
	'keep',
	'fail',
	'refuse',
]);

const isFile = (value: PlannedFile): boolean =>
	isRecord(value) &&
	isTexts([value.dest, value.link ?? '', value.because, value.was ?? '']) &&
	fileActions.has(value.action) &&
	(value.diff === undefined || isDiff(value.diff));

const isDiff = (value: UnifiedDiff): boolean =>
	isRecord(value) &&
	(value.kind === 'text' ? isTexts(value.lines) && Number.isInteger(value.omitted) : isTexts([value.because]));
