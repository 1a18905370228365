import { selectHosts, unknownNames } from '../language/selection.ts';
import { nearest } from '../language/suggest.ts';
import type { HostName, UnitAddress } from '../model/brand.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Host } from '../model/inventory.ts';
import type { Playbook } from '../model/playbook.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Selection } from '../model/selection.ts';
import type { Unit, WorkUnit } from '../model/unit.ts';
import { unknownHost } from './choose-hosts.ts';

/** What a person narrows the playbook down to. */
export interface Narrowing {
	readonly limit?: Selection;
	/** A unit with any of these tags; none: all units. */
	readonly tags: readonly string[];
	/** Addresses, with `*` and `?`: `hotfix.git_cve`, `hotfix.*`; none: all units. */
	readonly targets: readonly string[];
	/** None but these pairs, within `limit`; absent: no pair is left out. */
	readonly only?: UnitsByHost;
	/** What a chosen unit needs is left out; absent: it comes along. */
	readonly isAlone?: boolean;
}

/** What is wanted on each host, by address; `all`: whatever tags and targets choose there. A host that is not in it gets nothing. */
export type UnitsByHost = ReadonlyMap<HostName, ReadonlySet<UnitAddress> | 'all'>;

/** The units of one host, in the playbook's order. */
export interface SelectedHost {
	readonly host: Host;
	readonly units: readonly WorkUnit[];
}

/** Which units on which hosts. Units that a chosen one needs come along where it could not run without them. */
export function selectWork(playbook: Playbook, narrowing: Narrowing): Result<readonly SelectedHost[]> {
	const chosen = chooseUnits(playbook.units, narrowing);
	if (!chosen.ok) return chosen;
	const unknown = narrowing.limit === undefined ? [] : unknownNames(narrowing.limit, playbook.inventory);
	if (unknown.length > 0) return fail(unknown.map(name => unknownHost(name, playbook.inventory)));
	const refused = [...refuseSections(playbook, narrowing), ...chosen.value.units.flatMap(refuseUnit)];
	if (refused.length > 0) return fail(refused);
	const selected = assign(chosen.value, playbook, narrowing.limit);
	const unreachable = connectionProblems(selected.map(({ host }) => host));
	return unreachable.length > 0 ? fail(unreachable) : ok(selected);
}

interface Choice {
	/** What any host may get, in the playbook's order. */
	readonly units: readonly Unit[];
	isFor(unit: Unit, host: HostName): boolean;
}

function chooseUnits(units: readonly Unit[], { tags, targets, only, isAlone }: Narrowing): Result<Choice> {
	const wishes = only === undefined ? ['all' as const] : [...only.values()];
	const named = new Set([...targets, ...wishes.flatMap(wish => (wish === 'all' ? [] : [...wish]))]);
	const unmatched = [...named].filter(target => !units.some(unit => matchesTarget(target, unit.address)));
	if (unmatched.length > 0) return fail(unmatched.map(target => unknownTarget(target, units)));
	const isChosen = (unit: Unit) =>
		(targets.length === 0 || targets.some(target => matchesTarget(target, unit.address))) &&
		(tags.length === 0 || unit.tags.some(tag => tags.includes(tag)));
	const own = new Set(units.filter(isChosen).map(({ address }) => address));
	const byAddress = new Map(units.map(unit => [unit.address, unit]));
	const chosen = isAlone === true ? own : wishes.includes('all') ? withNeeds(byAddress, own) : new Set<UnitAddress>();
	if (only === undefined) return ok(choiceOf(units, chosen, () => chosen));
	const wishOn = (wish: ReadonlySet<UnitAddress>) =>
		isAlone === true ? wish.intersection(own) : withNeeds(byAddress, wish);
	const perHost = new Map([...only].map(([host, wish]) => [host, wish === 'all' ? chosen : wishOn(wish)]));
	const anywhere = new Set([...new Set(perHost.values())].flatMap(wanted => [...wanted]));
	return ok(choiceOf(units, anywhere, host => perHost.get(host)));
}

const choiceOf = (
	units: readonly Unit[],
	anywhere: ReadonlySet<UnitAddress>,
	on: (host: HostName) => ReadonlySet<UnitAddress> | undefined,
): Choice => ({
	units: units.filter(({ address }) => anywhere.has(address)),
	isFor: ({ address }, host) => on(host)?.has(address) ?? false,
});

function withNeeds(byAddress: ReadonlyMap<UnitAddress, Unit>, chosen: Iterable<UnitAddress>): ReadonlySet<UnitAddress> {
	const wanted = new Set(chosen);
	// A Set grows while it is walked: every need is looked at once, whatever the depth.
	for (const address of wanted) for (const need of byAddress.get(address)?.needs ?? []) wanted.add(need.unit);
	return wanted;
}

/** An address, or one with `*` and `?`. */
export const matchesTarget = (target: string, address: UnitAddress): boolean =>
	target === address || (/[*?]/.test(target) && patternOf(target).test(address));

const patternOf = (target: string): RegExp =>
	new RegExp(`^${target.replace(/[\\^$.*+?()[\]{}|]/g, sign => ({ '*': '.*', '?': '.' })[sign] ?? `\\${sign}`)}$`);

function unknownTarget(target: string, units: readonly Unit[]): Diagnostic {
	const near = nearest(
		target,
		units.map(unit => unit.address),
	);
	return {
		severity: 'error',
		code: 'HS1805',
		message: `the playbook has no unit \`${target}\``,
		hint:
			near === undefined
				? `its units are ${units
						.map(unit => unit.address)
						.slice(0, 8)
						.join(', ')}`
				: `did you mean \`${near}\`?`,
	};
}

/** Sections that steer the whole run have no unit that could be left out, so nothing but leaving them out helps. */
function refuseSections({ unsupported }: Playbook, { targets }: Narrowing): readonly Diagnostic[] {
	const isNarrow = targets.length > 0;
	return unsupported
		.filter(({ steersRun }) => steersRun || !isNarrow)
		.map(({ section, at, steersRun }) => ({
			severity: 'error',
			code: 'HS1601',
			message: `\`${section}\` is checked by this version and cannot be executed yet`,
			at,
			hint: steersRun
				? `run a playbook without \`${section}\``
				: 'choose what this version can do, for example --target "hotfix.*"',
		}));
}

function refuseUnit(unit: Unit): readonly Diagnostic[] {
	if (unit.kind !== 'unsupported') return [];
	return [
		{
			severity: 'error',
			code: 'HS1601',
			message: `${unit.address}: \`${unit.section}\` is checked by this version and cannot be executed yet`,
			at: unit.at,
			hint: 'choose what this version can do, for example --target "hotfix.*"',
		},
	];
}

/** Hosts that this version cannot reach, whatever is to be done there. */
export const connectionProblems = (hosts: readonly Host[]): readonly Diagnostic[] => hosts.flatMap(refuseConnection);

function refuseConnection(host: Host): readonly Diagnostic[] {
	if (host.connection !== 'lxc') return [];
	return [
		{
			severity: 'error',
			code: 'HS1602',
			message: `${host.name} is reached by \`connection: ${host.connection}\`, which this version cannot do yet`,
			...(host.at === undefined ? {} : { at: host.at }),
			hint: 'give it `connection: ssh`, or leave it out with --limit',
		},
	];
}

function assign(
	{ units, isFor }: Choice,
	{ inventory }: Playbook,
	limit: Selection | undefined,
): readonly SelectedHost[] {
	const ready = units.filter(unit => unit.kind !== 'unsupported');
	const within = limit === undefined ? undefined : new Set(selectHosts(limit, inventory));
	// Many units share one selection: it is resolved once.
	const resolved = new Map<Selection, ReadonlySet<string>>();
	const hostsOf = (selection: Selection): ReadonlySet<string> => {
		const known = resolved.get(selection);
		if (known !== undefined) return known;
		const hosts = new Set<string>(selectHosts(selection, inventory));
		resolved.set(selection, hosts);
		return hosts;
	};
	return [...inventory.hosts.values()]
		.filter(host => within?.has(host.name) ?? true)
		.map(host => ({
			host,
			units: ready.filter(unit => isFor(unit, host.name) && hostsOf(unit.hosts).has(host.name)),
		}))
		.filter(({ units: own }) => own.length > 0);
}
