import type { HostState } from '../../model/event.ts';
import type { UnitStatus } from '../../model/outcome.ts';
import { type HostFold, problemStatuses } from '../run/run-fold.ts';
import type { Mark } from '../style.ts';

/** How a host is doing, as a person sorts them: most interesting first. */
export const moods = [
	'failed',
	'held',
	'confirming',
	'locked',
	'unreachable',
	'running',
	'detached',
	'waiting',
	'done',
] as const;
export type Mood = (typeof moods)[number];

export const moodMarks = {
	failed: { glyph: 'failed', word: 'failed', tone: 'bad' },
	held: { glyph: 'asks', word: 'held', tone: 'attention' },
	confirming: { glyph: 'waits', word: 'confirming', tone: 'attention' },
	locked: { glyph: 'warns', word: 'locked', tone: 'bad' },
	unreachable: { glyph: 'warns', word: 'unreachable', tone: 'attention' },
	running: { glyph: 'runs', word: 'running', tone: 'change' },
	detached: { glyph: 'arrow', word: 'detached', tone: 'attention' },
	waiting: { glyph: 'waits', word: 'waiting', tone: 'quiet' },
	done: { glyph: 'changed', word: 'done', tone: 'good' },
} as const satisfies Readonly<Record<Mood, Mark>>;

/** A host with a failed unit stays failed, whatever it does next. */
export function moodOf({ state, units }: HostFold): Mood {
	if (state === 'unreachable' || state === 'locked') return state;
	return units.some(({ end }) => end !== null && failing.has(end.status)) ? 'failed' : stateMoods[state];
}

// A blocked unit always stands below another one's failure.
const failing: ReadonlySet<UnitStatus> = new Set(problemStatuses.filter(status => status !== 'blocked'));

const stateMoods: Readonly<Record<HostState, Mood>> = {
	waiting: 'waiting',
	connecting: 'running',
	staging: 'running',
	running: 'running',
	held: 'held',
	confirming: 'confirming',
	stopping: 'running',
	detached: 'detached',
	locked: 'locked',
	unreachable: 'unreachable',
	done: 'done',
};

export interface RankedHost {
	readonly host: HostFold;
	readonly mood: Mood;
}

/** The hosts that deserve a line, most interesting first, the longest in its state before the others. Those done are only counted. */
export function rank(hosts: readonly HostFold[]): readonly RankedHost[] {
	return hosts
		.map(host => ({ host, mood: moodOf(host) }))
		.filter(({ mood }) => mood !== 'done')
		.sort((one, other) => moods.indexOf(one.mood) - moods.indexOf(other.mood) || bySince(one.host, other.host));
}

/** How many hosts are in each mood, those with none left out. */
export function countMoods(hosts: readonly HostFold[]): readonly { readonly mood: Mood; readonly amount: number }[] {
	const amounts = new Map<Mood, number>();
	for (const host of hosts) {
		const mood = moodOf(host);
		amounts.set(mood, (amounts.get(mood) ?? 0) + 1);
	}
	return moods.flatMap(mood => {
		const amount = amounts.get(mood);
		return amount === undefined ? [] : [{ mood, amount }];
	});
}

// RFC 3339 UTC with milliseconds: the order of the texts is the order of the times.
function bySince(one: HostFold, other: HostFold): number {
	if (one.since === other.since) return 0;
	return one.since < other.since ? -1 : 1;
}
