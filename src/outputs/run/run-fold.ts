import type { HostName, RunId, UnitAddress } from '../../model/brand.ts';
import type { HostState, NumberedEvent } from '../../model/event.ts';
import { type StatusCounts, type UnitStatus, unitStatuses } from '../../model/outcome.ts';
import type { Decision } from '../../model/plan.ts';
import { unreachable } from '../../model/unreachable.ts';
import { keepLastWords, nothingPrinted, type Printed, takeOutput } from './printed.ts';

/** What a run looks like after some of its events: what the screen, the report and JUnit are drawn from. */
export interface RunFold {
	readonly run: RunId | null;
	readonly started: RunStart | null;
	readonly hosts: readonly HostFold[];
	/** Where a host stands in `hosts`. */
	readonly places: ReadonlyMap<HostName, number>;
	readonly counts: StatusCounts;
	readonly warnings: readonly RunWarning[];
	readonly finished: RunEnd | null;
	/** Time of the last event, RFC 3339 UTC. */
	readonly lastAt: string;
}

export interface RunStart {
	readonly at: string;
	readonly playbook: string;
	readonly file: string;
	readonly purpose: 'do' | 'undo';
	readonly controller: string;
	readonly user: string;
}

export interface RunEnd {
	readonly exitCode: number;
	readonly durationMs: number;
	readonly counts: StatusCounts;
}

export interface RunWarning {
	readonly code: string;
	readonly message: string;
	readonly host: HostName | null;
}

export interface HostFold {
	readonly name: HostName;
	readonly state: HostState;
	readonly because: string;
	/** Since when it has been in this state. */
	readonly since: string;
	readonly units: readonly UnitFold[];
}

export interface UnitFold {
	readonly address: UnitAddress;
	readonly action: Decision['kind'];
	readonly attempt: number;
	/** `null`: not started. */
	readonly startedAt: string | null;
	/** `null`: it has not ended. */
	readonly end: UnitEnd | null;
	readonly printed: Printed;
}

export interface UnitEnd {
	readonly status: UnitStatus;
	readonly because: string;
	readonly exitCode: number | null;
	readonly durationMs: number;
	readonly log: string | null;
}

const noCounts: Readonly<Record<UnitStatus, number>> = {
	ok: 0,
	changed: 0,
	skipped: 0,
	unknown: 0,
	failed: 0,
	rolled_back: 0,
	rollback_failed: 0,
	blocked: 0,
	unreachable: 0,
	refused: 0,
	not_started: 0,
};

export const emptyRun: RunFold = {
	run: null,
	started: null,
	hosts: [],
	places: new Map(),
	counts: noCounts,
	warnings: [],
	finished: null,
	lastAt: '',
};

/** The run after one more event. Pure: the same events give the same run, live or from the journal. */
export function foldEvent(fold: RunFold, event: NumberedEvent): RunFold {
	const run = { ...fold, run: event.run, lastAt: event.at };
	switch (event.type) {
		case 'run_started':
			return startRun(run, event);
		case 'host_state':
			return onHost(run, event.host, host => ({
				...host,
				state: event.state,
				because: event.because,
				since: event.state === host.state ? host.since : event.at,
			}));
		case 'unit_started':
			return onUnit(run, event, unit => ({ ...freshUnit(unit), attempt: event.attempt, startedAt: event.at }));
		case 'output':
			return onUnit(run, event, unit => ({
				...unit,
				printed: takeOutput(unit.printed, event, tailSize(run)),
			}));
		case 'unit_finished':
			return finishUnit(run, event);
		case 'warning':
			return { ...run, warnings: [...run.warnings, { code: event.code, message: event.message, host: event.host }] };
		case 'run_finished':
			return { ...run, finished: { exitCode: event.exit_code, durationMs: event.duration_ms, counts: event.counts } };
		default:
			return unreachable(event);
	}
}

/** The unit that works on a host now: started and not ended. */
export const currentUnit = ({ units }: HostFold): UnitFold | undefined =>
	units.find(({ startedAt, end }) => startedAt !== null && end === null);

/** Whether its link is lost: what happens there is not known, and `since` when not. */
export const isUnheard = ({ state, because }: HostFold): boolean => state === 'connecting' && because !== '';

/** How often each status occurs; every status has a number. */
export function countStatuses(statuses: readonly UnitStatus[]): StatusCounts {
	const counts = { ...noCounts };
	for (const status of statuses) counts[status] += 1;
	return counts;
}

/** Statuses that somebody has to look at, worst first. */
export const problemStatuses: readonly UnitStatus[] = [
	'rollback_failed',
	'unknown',
	'failed',
	'rolled_back',
	'refused',
	'unreachable',
	'blocked',
];

/** Of some counts, those that are not 0, in the order of the list of statuses. */
export const occurring = (counts: StatusCounts): readonly UnitStatus[] =>
	unitStatuses.filter(status => counts[status] > 0);

function startRun(fold: RunFold, event: Extract<NumberedEvent, { type: 'run_started' }>): RunFold {
	const hosts = event.hosts.map(({ host, units }) =>
		newHost(
			host,
			event.at,
			units.map(({ unit, action }) => newUnit(unit, action)),
		),
	);
	const { at, playbook, file, purpose, controller, user } = event;
	return {
		...fold,
		started: { at, playbook, file, purpose, controller, user },
		hosts,
		places: new Map(hosts.map(({ name }, place) => [name, place])),
	};
}

const newHost = (name: HostName, since: string, units: readonly UnitFold[]): HostFold => ({
	name,
	state: 'waiting',
	because: '',
	since,
	units,
});

const newUnit = (address: UnitAddress, action: Decision['kind']): UnitFold => ({
	address,
	action,
	attempt: 0,
	startedAt: null,
	end: null,
	printed: nothingPrinted,
});

/** A second start of a unit in one run begins with an empty page. */
const freshUnit = (unit: UnitFold): UnitFold => ({ ...unit, printed: nothingPrinted, end: null });

function onHost(fold: RunFold, name: HostName, change: (host: HostFold) => HostFold): RunFold {
	const place = fold.places.get(name);
	const host = place === undefined ? undefined : fold.hosts[place];
	if (place !== undefined && host !== undefined) return { ...fold, hosts: fold.hosts.with(place, change(host)) };
	const added = change(newHost(name, fold.lastAt, []));
	return { ...fold, hosts: [...fold.hosts, added], places: new Map([...fold.places, [name, fold.hosts.length]]) };
}

function onUnit(
	fold: RunFold,
	{ host, unit }: { readonly host: HostName; readonly unit: UnitAddress },
	change: (unit: UnitFold) => UnitFold,
): RunFold {
	return onHost(fold, host, seen => {
		const place = seen.units.findIndex(({ address }) => address === unit);
		const found = seen.units[place];
		return found === undefined
			? { ...seen, units: [...seen.units, change(newUnit(unit, 'run'))] }
			: { ...seen, units: seen.units.with(place, change(found)) };
	});
}

const endOf = (
	{ hosts, places }: RunFold,
	{ host, unit }: { readonly host: HostName; readonly unit: UnitAddress },
): UnitEnd | null | undefined => hosts[places.get(host) ?? -1]?.units.find(({ address }) => address === unit)?.end;

// A wide run is looked at from further away, and the memory is shared by all hosts.
const tailSize = ({ hosts }: RunFold): number => (hosts.length > 100 ? 40 : 200);

/** The last words stay of what went wrong, and of everything where one host is at work: there is room, and somebody to read it. */
function finishUnit(fold: RunFold, event: Extract<NumberedEvent, { type: 'unit_finished' }>): RunFold {
	const { status, because, exit_code: exitCode, duration_ms: durationMs, log } = event;
	const before = endOf(fold, event)?.status;
	// What was printed on the way to a success does not tell why that was taken back.
	const hasWords = before === undefined && (problemStatuses.includes(status) || fold.hosts.length === 1);
	const finished = onUnit(fold, event, unit => ({
		...unit,
		printed: hasWords ? keepLastWords(unit.printed) : nothingPrinted,
		end: { status, because, exitCode, durationMs, log },
	}));
	const counts = before === undefined ? fold.counts : { ...fold.counts, [before]: fold.counts[before] - 1 };
	return { ...finished, counts: { ...counts, [status]: counts[status] + 1 } };
}
