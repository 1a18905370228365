import type { HostName } from '../../model/brand.ts';
import type { NumberedEvent } from '../../model/event.ts';
import { unreachable } from '../../model/unreachable.ts';
import { bothLines, lastWords } from '../run/printed.ts';
import { currentUnit, emptyRun, foldEvent, type HostFold, type RunFold, type UnitFold } from '../run/run-fold.ts';
import { rank } from './mood.ts';

/** All that the screen shows is drawn from this. */
export interface Screen {
	readonly fold: RunFold;
	/** Wall clock of the last tick, milliseconds since 1970; 0 before the first. */
	readonly nowMs: number;
	/** The host that the person chose; `null`: whichever is the most interesting. */
	readonly chosen: HostName | null;
	/** The chosen host's log fills the screen. */
	readonly isFull: boolean;
	/** Lines that the full log is scrolled up from its end. */
	readonly scroll: number;
	/** How often Ctrl-C was pressed, at most three. */
	readonly interrupts: 0 | 1 | 2 | 3;
	/** Somebody looks on at a run that is not theirs to stop: the first Ctrl-C leaves. */
	readonly isView: boolean;
}

export type ScreenKey = 'up' | 'down' | 'full' | 'back' | 'interrupt';

export type ScreenInput =
	| { readonly type: 'event'; readonly event: NumberedEvent }
	| { readonly type: 'key'; readonly key: ScreenKey }
	| { readonly type: 'tick'; readonly nowMs: number };

export const blankScreen: Screen = {
	fold: emptyRun,
	nowMs: 0,
	chosen: null,
	isFull: false,
	scroll: 0,
	interrupts: 0,
	isView: false,
};

/** The screen after an event, a key or a moment. Pure. */
export function next(screen: Screen, input: ScreenInput): Screen {
	switch (input.type) {
		case 'event':
			return { ...screen, fold: foldEvent(screen.fold, input.event) };
		case 'key':
			return press(screen, input.key);
		case 'tick':
			return { ...screen, nowMs: input.nowMs };
		default:
			return unreachable(input);
	}
}

/** The host whose units are shown: the chosen one, else the first that works, else the first that deserves a line. */
export function watchedHost({ fold, chosen }: Screen): HostFold | undefined {
	const [only] = fold.hosts;
	if (fold.hosts.length === 1) return only;
	const ranked = rank(fold.hosts);
	const found =
		ranked.find(({ host }) => host.name === chosen) ?? ranked.find(({ host }) => currentUnit(host) !== undefined);
	return (found ?? ranked[0])?.host ?? fold.hosts.at(-1);
}

/** The unit that works, else the one that ended last with something to tell. */
export const shownUnit = (host: HostFold): UnitFold | undefined =>
	currentUnit(host) ?? host.units.findLast(unit => printedLines(unit).length > 0);

/** What is known of a unit's output: its end only, once it is over. */
export const printedLines = ({ end, printed }: UnitFold): readonly string[] =>
	end === null ? bothLines(printed) : lastWords(printed);

function press(screen: Screen, key: ScreenKey): Screen {
	switch (key) {
		case 'up':
			return screen.isFull ? { ...screen, scroll: Math.min(screen.scroll + 1, logLength(screen)) } : choose(screen, -1);
		case 'down':
			return screen.isFull ? { ...screen, scroll: Math.max(0, screen.scroll - 1) } : choose(screen, 1);
		case 'full':
			return { ...screen, isFull: !screen.isFull, scroll: 0, chosen: watchedHost(screen)?.name ?? null };
		case 'back':
			// Out of the log first, then back to the host that is the most interesting.
			return screen.isFull ? { ...screen, isFull: false, scroll: 0 } : { ...screen, chosen: null };
		case 'interrupt':
			return { ...screen, interrupts: screen.isView ? 3 : oneMore[screen.interrupts] };
		default:
			return unreachable(key);
	}
}

function logLength(screen: Screen): number {
	const host = watchedHost(screen);
	const unit = host === undefined ? undefined : shownUnit(host);
	return unit === undefined ? 0 : printedLines(unit).length;
}

const oneMore = [1, 2, 3, 3] as const;

function choose(screen: Screen, step: 1 | -1): Screen {
	const ranked = rank(screen.fold.hosts);
	const here = ranked.findIndex(({ host }) => host === watchedHost(screen));
	const place = Math.min(Math.max(here + step, 0), ranked.length - 1);
	return { ...screen, chosen: ranked[place]?.host.name ?? null };
}
