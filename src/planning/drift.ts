import type { HostName, UnitAddress } from '../model/brand.ts';
import type { Job, Observation, Plan, PlannedHost, PlannedUnit } from '../model/plan.ts';
import { unitPrint } from './fingerprint.ts';

/** Something that a saved plan rests on and that is not so any more. */
export interface Drift {
	readonly host: HostName;
	readonly unit?: UnitAddress;
	/** One clause: which fact, what it was, what it is. */
	readonly what: string;
}

/** Compares a saved plan with the same plan made now. Empty: every decision still rests on what was seen. */
export function findDrift(saved: Plan, now: Plan): readonly Drift[] {
	if (saved.fingerprint === now.fingerprint) return [];
	const nowHosts = new Map(now.hosts.map(host => [host.name, host]));
	const gone = saved.hosts.flatMap(host => hostDrift(host, nowHosts.get(host.name)));
	const savedNames = new Set(saved.hosts.map(host => host.name));
	const added = now.hosts
		.filter(host => !savedNames.has(host.name))
		.map(host => ({ host: host.name, what: 'it was not part of the plan' }));
	return [...gone, ...added];
}

function hostDrift(saved: PlannedHost, now: PlannedHost | undefined): readonly Drift[] {
	const host = saved.name;
	if (now === undefined) return [{ host, what: 'it is no longer selected' }];
	if (saved.reached !== now.reached)
		return [{ host, what: now.reached ? 'it could not be reached when the plan was made' : now.because }];
	const nowUnits = new Map(now.units.map(unit => [unit.address, unit]));
	const savedAddresses = new Set(saved.units.map(unit => unit.address));
	const changed = saved.units.flatMap(unit => unitDrift(host, unit, nowUnits.get(unit.address)));
	const added = now.units
		.filter(unit => !savedAddresses.has(unit.address))
		.map(unit => ({ host, unit: unit.address, what: 'it was not part of the plan' }));
	if (changed.length > 0 || added.length > 0) return [...changed, ...added];
	return saved.units.some((unit, index) => unit.address !== now.units[index]?.address)
		? [{ host, what: 'its units come in another order' }]
		: [];
}

function unitDrift(host: HostName, saved: PlannedUnit, now: PlannedUnit | undefined): readonly Drift[] {
	const unit = saved.address;
	if (now === undefined) return [{ host, unit, what: 'the playbook no longer has it' }];
	if (unitPrint(saved) === unitPrint(now)) return [];
	const facts = saved.observations.flatMap((seen, index) => {
		const seenNow = now.observations[index];
		return seenNow !== undefined && seenNow.fact === seen.fact && seenNow.printed !== seen.printed
			? [{ host, unit, what: fileDrift(saved, seen, seenNow) ?? `${seen.fact} was ${difference(seen, seenNow)}` }]
			: [];
	});
	if (facts.length > 0) return facts;
	return [
		{
			host,
			unit,
			what:
				scriptDrift(saved.job, now.job) ??
				decisionDrift(saved, now) ??
				jobDrift(saved.job, now.job) ??
				'its place in the run has changed',
		},
	];
}

function decisionDrift(saved: PlannedUnit, now: PlannedUnit): string | undefined {
	if (saved.decision.kind === now.decision.kind) return undefined;
	return `it was \`${saved.decision.kind}\` (${saved.decision.because}) and is now \`${now.decision.kind}\` (${now.decision.because})`;
}

function scriptDrift(saved: Job | undefined, now: Job | undefined): string | undefined {
	if (saved === undefined || now === undefined) return undefined;
	if (saved.script.path !== now.script.path) return `its script was ${saved.script.path} and is ${now.script.path}`;
	return saved.script.digest === now.script.digest
		? undefined
		: `${saved.script.path} has changed since the plan was made`;
}

/** The first thing that a person would change, or that has happened: whatever differs behind it often follows from that. */
function jobDrift(saved: Job | undefined, now: Job | undefined): string | undefined {
	if (saved === undefined || now === undefined) return undefined;
	const differs = (part: (job: Job) => unknown) => JSON.stringify(part(saved)) !== JSON.stringify(part(now));
	if (differs(job => job.env)) return `its env has changed: ${changedNames(saved.env, now.env).join(', ')}`;
	if (differs(job => job.stdin)) return 'its stdin has changed';
	if (differs(job => job.script.interpreter))
		return `its interpreter was ${saved.script.interpreter.join(' ')} and is ${now.script.interpreter.join(' ')}`;
	if (differs(job => job.timeoutMs))
		return `its timeout was ${saved.timeoutMs / 1000}s and is ${now.timeoutMs / 1000}s`;
	if (differs(job => job.restarts)) return 'the services that it restarts have changed';
	if (differs(job => job.pool)) return 'what is to be put on the host has changed';
	if (differs(job => job.attempt))
		return `it has been started since the plan was made: that was for attempt ${saved.attempt}, the next is ${now.attempt}`;
	if (differs(job => job.purpose) || differs(job => job.despiteUnknown))
		return 'the word on its earlier start has changed';
	if (differs(job => job.undoes)) return 'what it takes back was done again since the plan was made';
	return differs(job => job.key) ? 'what its job is made of has changed' : undefined;
}

const changedNames = (saved: Job['env'], now: Job['env']): readonly string[] =>
	[...new Set([...Object.keys(saved), ...Object.keys(now)])].filter(name => saved[name] !== now[name]);

const difference = ({ printed: before }: Observation, { printed: after }: Observation): string =>
	`${short(before)} and is ${short(after)}`;

/** The first file of a pool of which another thing was seen: lines of it hold its number, counted from 1, behind their first word. */
function fileDrift({ files }: PlannedUnit, before: Observation, after: Observation): string | undefined {
	if (!before.fact.startsWith('files of ')) return undefined;
	const [old, now] = [linesOfFiles(before), linesOfFiles(after)];
	const index = (files ?? []).findIndex((_, at) => old.get(`${at + 1}`) !== now.get(`${at + 1}`));
	const file = files?.[index];
	if (file === undefined) return undefined;
	const [was, is] = [old, now].map(lines => /^path \d+ absent$/m.test(lines.get(`${index + 1}`) ?? ''));
	const word = was === is ? 'changed' : is === true ? 'deleted' : 'created';
	return `${file.dest} was ${word} since the plan was made`;
}

function linesOfFiles({ printed }: Observation): ReadonlyMap<string, string> {
	const lines = new Map<string, string>();
	for (const line of printed.split('\n')) {
		const [, number = ''] = line.split(' ', 2);
		lines.set(number, `${lines.get(number) ?? ''}${line}\n`);
	}
	return lines;
}

const short = (printed: string): string => {
	const line = printed.replaceAll('\n', ' ⏎ ');
	return `\`${line.length > 60 ? `${line.slice(0, 60)}…` : line}\``;
};
