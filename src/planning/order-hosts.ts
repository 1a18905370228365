import type { HostName, UnitAddress } from '../model/brand.ts';
import type { Decision, Plan, PlannedUnit } from '../model/plan.ts';
import { satisfiesNeed } from '../units/hotfix.ts';
import type { HostObservation } from './observation.ts';
import { orderHost, type UnitWithNeeds } from './order.ts';
import type { HostQuestions } from './questions.ts';
import { stagesOf } from './stages.ts';

/** A host whose units have been decided, each for itself. */
export interface DecidedHost {
	readonly questions: HostQuestions;
	readonly observed: HostObservation;
	readonly units: readonly UnitWithNeeds[];
}

/** Orders every host, until no unit that others wait for, or that is on all hosts or on none, turns out to be in the way somewhere. */
export function orderHosts(
	decided: readonly DecidedHost[],
	purpose: Plan['purpose'],
): readonly (readonly PlannedUnit[])[] {
	const needing = new Map<UnitAddress, Pick<UnitWithNeeds, 'needs'> & { readonly address: UnitAddress }>();
	for (const { units } of decided)
		for (const { unit, needs } of units) needing.set(unit.address, { address: unit.address, needs });
	const stages = stagesOf([...needing.values()]);
	const barriers = new Set(
		[...needing.values()].flatMap(({ needs }) => needs.filter(isBarrier).map(({ unit }) => unit)),
	);
	const together = togetherOn(decided);
	const inTheWay = unreachedInTheWay(decided, barriers);
	const apart = unreachedInTheWay(decided, together);
	for (;;) {
		const known = inTheWay.size + apart.size;
		const ordered = decided.map(({ units }) => orderHost(keepTogether(units, apart), { inTheWay, stages }, purpose));
		for (const [index, units] of ordered.entries())
			for (const { address, decision } of units.filter(unit => !satisfiesNeed(unit.decision))) {
				addNew(inTheWay, barriers, address, decision);
				addNew(apart, together, address, onHost(decided[index], decision));
			}
		if (inTheWay.size + apart.size === known) return ordered;
	}
}

const isBarrier = ({ hosts }: { readonly hosts: 'same' | 'all' }): boolean => hosts === 'all';

function addNew(
	to: Map<UnitAddress, Decision>,
	wanted: ReadonlySet<UnitAddress>,
	address: UnitAddress,
	decision: Decision,
): void {
	if (wanted.has(address) && !to.has(address)) to.set(address, decision);
}

/** Pools that are on all of their hosts or on none. */
const togetherOn = (decided: readonly DecidedHost[]): ReadonlySet<UnitAddress> =>
	new Set(
		decided.flatMap(({ questions }) =>
			questions.units.flatMap(({ unit }) => (unit.kind === 'pool' && unit.together ? [unit.address] : [])),
		),
	);

const onHost = (host: DecidedHost | undefined, decision: Decision): Decision => ({
	...decision,
	because: `on ${host?.questions.host.name ?? 'another host'}: ${decision.because}`,
});

/** What stands in the way of one host stands in the way of all of them. */
const keepTogether = (
	units: readonly UnitWithNeeds[],
	apart: ReadonlyMap<UnitAddress, Decision>,
): readonly UnitWithNeeds[] =>
	units.map(entry => {
		const { unit } = entry;
		const other = unit.decision.kind === 'run' ? apart.get(unit.address) : undefined;
		if (other === undefined) return entry;
		const because = `all hosts or none, and ${other.because}`;
		const decision: Decision =
			other.kind === 'unknown' ? { kind: 'unknown', because } : { kind: 'blocked', by: unit.address, because };
		return { ...entry, unit: { ...unit, decision } };
	});

/** A host that does not answer will not do what the others wait for. */
function unreachedInTheWay(
	decided: readonly DecidedHost[],
	wanted: ReadonlySet<UnitAddress>,
): Map<UnitAddress, Decision> {
	const inTheWay = new Map<UnitAddress, Decision>();
	for (const { questions, observed } of decided) {
		if (observed.reached) continue;
		for (const { unit } of questions.units) {
			if (wanted.has(unit.address))
				inTheWay.set(unit.address, whyNotThere(questions.host.name, observed.isUnseen === true));
		}
	}
	return inTheWay;
}

const whyNotThere = (host: HostName, isUnseen: boolean): Decision =>
	isUnseen
		? { kind: 'unknown', because: `nothing is known of ${host}` }
		: { kind: 'fail', because: `${host} was not reached` };
