import { createHash } from 'node:crypto';
import { asJobKey, type JobKey, type RunId, type UnitAddress } from '../model/brand.ts';
import { type Command, quote } from '../model/command.ts';
import type { Job, PlannedUnit } from '../model/plan.ts';
import type { SecretText } from '../model/secret.ts';
import { bytesToText, textToBytes } from './bytes-text.ts';
import { frameText } from './frames.ts';
import {
	looksAtFiles,
	needsNoProcess,
	recheckFiles,
	recheckLibrary,
	recheckNonce,
	recheckProgram,
} from './probe-program.ts';

/** What a bundle is about, without its files: enough to watch one that is on the host already. */
export interface BundleContents {
	/** Unique on the host: the run, and the stage when there are several. */
	readonly name: string;
	/** In the host's order; a record's index in the host's events is its place here. */
	readonly units: readonly BundledUnit[];
}

/** One host's work between two barriers, as files: what travels to the host and is run there without us. */
export interface Bundle extends BundleContents {
	/** Paths inside the bundle. `manifest` is made when it is staged. */
	readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface BundledUnit {
	readonly planned: PlannedUnit;
	readonly job: Job;
	/** The job's folder name on the host. */
	readonly jobName: string;
}

export interface BundleInput {
	readonly run: RunId;
	readonly stage: number;
	readonly playbook: string;
	readonly units: readonly PlannedUnit[];
	/** The script's bytes, read again and compared with the plan's digest; `undefined` when they differ now. */
	scriptBytes(planned: PlannedUnit): Uint8Array | undefined;
	/** The bytes of a pool's files, by their place in its work; `undefined` where they are not those of the plan any more. */
	fileBytes(planned: PlannedUnit, index: number): Uint8Array | undefined;
	/** The looks of a unit, for the host to run again right before it. */
	looksOf(unit: UnitAddress): readonly Command[];
	readonly lockWaitMs: number;
	/** The host's part of the plan, packed: see host-plan.ts. */
	readonly hostPlan: string;
	secretOf(name: string): string;
}

/** Only what may run is sent: units that will run, and units that have to be decided again after one of them. */
export const isBundled = (unit: PlannedUnit): boolean =>
	unit.job !== undefined && (unit.decision.kind === 'run' || unit.recheck);

/** Gives `undefined` when a script is no longer what was planned: then nothing of this host may be sent. */
export function makeBundle(input: BundleInput): Bundle | undefined {
	const { name, units } = bundleContents(input);
	const indexOf = new Map(units.map((unit, index) => [unit.planned.address, index]));
	const files = new Map<string, Uint8Array>();
	files.set('sequence', textToBytes(units.map((unit, index) => `${sequenceLine(unit, index, indexOf)}\n`).join('')));
	files.set('plan', textToBytes(input.hostPlan));
	const checked = units.filter(unit => isChecked(unit, input));
	if (checked.length > 0) {
		const needsFiles = checked.some(({ planned }) => looksOf(planned, input).some(looksAtFiles));
		files.set('looks', needsFiles ? recheckFileLooks : recheckLooks);
	}
	if (input.lockWaitMs > 0) files.set('wait', textToBytes(`${input.lockWaitMs}\n`));
	for (const unit of units) {
		const script = input.scriptBytes(unit.planned);
		const pool = poolFiles(unit, input);
		if (script === undefined || pool === undefined) return undefined;
		for (const [name, bytes] of [...jobFiles(unit, script, input), ...pool])
			files.set(`jobs/${unit.jobName}/${name}`, bytes);
	}
	return { name, units, files };
}

/** The same for the same run, stage and units: whoever knows the plan knows what is on the host. */
export const bundleContents = ({
	run,
	stage,
	units,
}: Pick<BundleInput, 'run' | 'stage' | 'units'>): BundleContents => ({
	name: stage === 0 ? run : `${run}-${stage}`,
	units: units.filter(isBundled).flatMap(planned => bundledUnit(planned, run)),
});

function bundledUnit(planned: PlannedUnit, run: RunId): readonly BundledUnit[] {
	if (planned.job === undefined) return [];
	const job = isOfRun(planned) ? { ...planned.job, key: keyOfRun(planned.job.key, run) } : planned.job;
	return [{ planned, job, jobName: `${job.key}.${job.attempt}` }];
}

/** What each run does anew, whatever was done before. */
const isOfRun = ({ phase, job }: PlannedUnit): boolean =>
	phase === 'restarts' || phase === 'verify' || job?.pool?.kind === 'undo';

const keyOfRun = (key: JobKey, run: RunId): JobKey =>
	asJobKey(createHash('sha256').update(`${key}\n${run}`).digest('hex'));

/** `INDEX KIND JOB NEEDS AFTER`: see src/host/sequence.sh. */
function sequenceLine(
	{ planned, jobName }: BundledUnit,
	index: number,
	indexOf: ReadonlyMap<UnitAddress, number>,
): string {
	const kind = kindOf(planned);
	const needs = planned.needs.flatMap(need => indexOf.get(need) ?? []);
	const after = planned.after.flatMap(unit => indexOf.get(unit) ?? []);
	return `${index} ${kind} ${jobName} ${listOrDash(needs)} ${listOrDash(after)}`;
}

function kindOf({ phase, decision }: PlannedUnit): 'run' | 'check' | 'restart' | 'verify' {
	if (phase === 'restarts') return 'restart';
	if (phase === 'verify') return 'verify';
	return decision.kind === 'run' ? 'run' : 'check';
}

const listOrDash = (indices: readonly number[]): string => (indices.length === 0 ? '-' : indices.join(','));

function jobFiles(
	{ planned, job }: BundledUnit,
	script: Uint8Array,
	input: BundleInput,
): readonly (readonly [string, Uint8Array])[] {
	const env = Object.entries(job.env).map(([name, value]) => `export ${name}=${quoteAlways(value)}\n`);
	const looks = looksOf(planned, input);
	return [
		['spec', textToBytes(specText(planned, job, input, looks))],
		['script', script],
		...(env.length > 0 ? [['env', textToBytes(env.join(''))] as const] : []),
		...(job.stdin === undefined ? [] : [['stdin', textToBytes(withSecrets(job.stdin, input))] as const]),
		...(isChecked({ planned, job }, input)
			? [['probe', textToBytes(recheckProgram(looks))] as const, ['expect', expectedPrint(planned)] as const]
			: []),
	];
}

/** What a pool puts on the host; `undefined` when some of it is no longer what was planned. */
function poolFiles(
	{ planned, job }: BundledUnit,
	{ fileBytes }: BundleInput,
): readonly (readonly [string, Uint8Array])[] | undefined {
	if (job.pool?.kind !== 'apply') return [];
	const files: (readonly [string, Uint8Array])[] = [];
	for (const [index, { act }] of job.pool.files.entries()) {
		if (act === 'same') continue;
		const bytes = fileBytes(planned, index);
		if (bytes === undefined) return undefined;
		files.push([`files/${index + 1}`, bytes]);
	}
	return files;
}

const recheckLooks = textToBytes(recheckLibrary);
const recheckFileLooks = textToBytes(`${recheckLibrary}\n${recheckFiles}`);

/** A unit that does something looks again right before, as far as it has looked at all. */
const isChecked = ({ planned, job }: Pick<BundledUnit, 'planned' | 'job'>, input: BundleInput): boolean =>
	looksOf(planned, input).length > 0 && job.purpose === 'do';

const looksOf = ({ phase, address }: PlannedUnit, input: BundleInput): readonly Command[] =>
	phase === 'hotfixes' || phase === 'pools' ? input.looksOf(address) : [];

function withSecrets(text: string | SecretText, { secretOf }: BundleInput): string {
	if (typeof text === 'string') return text;
	return text.map(part => (typeof part === 'string' ? part : secretOf(part.secret))).join('');
}

function specText(planned: PlannedUnit, job: Job, { playbook }: BundleInput, looks: readonly Command[]): string {
	const spec: Readonly<Record<string, string | number>> = {
		unit: planned.address,
		playbook,
		key: job.key,
		attempt: job.attempt,
		digest: job.script.digest.replace(/^sha256:/, ''),
		script_path_json: JSON.stringify(job.script.path),
		interpreter: job.script.interpreter.map(quote).join(' '),
		timeout_ms: job.timeoutMs,
		grace_ms: graceMs,
		output_cap: outputCap,
		purpose: job.purpose,
		program: job.pool === undefined ? 'script' : 'pool',
		on_failure: job.onFailure ?? 'keep',
		undoes: job.undoes ?? '',
		restarts: job.restarts.join(' '),
		service: planned.phase === 'restarts' ? (job.env.HSCTL_SERVICE ?? '') : '',
		settle: job.despiteUnknown ? 'any' : 'void',
		on_drift: 'ask',
		recheck: looks.every(needsNoProcess) ? 'here' : 'apart',
	};
	return Object.entries(spec)
		.map(([name, value]) => `${name}=${quoteAlways(String(value))}\n`)
		.join('');
}

/** Between TERM and KILL at the end of a timeout. */
const graceMs = 10_000;
/** Of stdout and stderr together. A script that prints more is ended: it would fill the host's disk. */
const outputCap = 256 * 1024 * 1024;

const quoteAlways = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function expectedPrint({ observations }: PlannedUnit): Uint8Array {
	const frames = observations.map(({ printed }, at) =>
		frameText(recheckNonce, `look:${at}`, printed, textToBytes(printed).length),
	);
	return textToBytes(frames.join(''));
}

/** Text that shell source can carry; anything else is sent as bytes of its own. */
export function asShellText(bytes: Uint8Array): string | undefined {
	if (!shellTexts.has(bytes)) shellTexts.set(bytes, toShellText(bytes));
	return shellTexts.get(bytes);
}

/** A script is the same bytes for all its hosts. */
const shellTexts = new WeakMap<Uint8Array, string | undefined>();

function toShellText(bytes: Uint8Array): string | undefined {
	if (bytes.includes(0)) return undefined;
	const text = bytesToText(bytes);
	return /[\udc80-\udcff]/.test(text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, '')) ? undefined : text;
}
