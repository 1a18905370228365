import type { HostName, UnitAddress } from '../model/brand.ts';
import type { Plan, PlannedHost, PlannedUnit } from '../model/plan.ts';
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
			? [{ host, unit, what: `${seen.fact} was ${short(seen.printed)} and is ${short(seenNow.printed)}` }]
			: [];
	});
	if (facts.length > 0) return facts;
	if (saved.job?.script.digest !== now.job?.script.digest && now.job !== undefined && saved.job !== undefined) {
		return [{ host, unit, what: `${saved.job.script.path} has changed since the plan was made` }];
	}
	return [
		{
			host,
			unit,
			what: `it was to ${saved.decision.kind} (${saved.decision.because}) and is now to ${now.decision.kind} (${now.decision.because})`,
		},
	];
}

const short = (printed: string): string => {
	const line = printed.replaceAll('\n', ' ⏎ ');
	return `\`${line.length > 60 ? `${line.slice(0, 60)}…` : line}\``;
};
