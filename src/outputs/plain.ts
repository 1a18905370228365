import type { HostState, NumberedEvent } from '../model/event.ts';
import type { UnitStatus } from '../model/outcome.ts';
import { unreachable } from '../model/unreachable.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventSink } from '../ports/event-sink.ts';
import { commandText } from './diagnostics/github.ts';
import { endMark, isConflict } from './run/end-mark.ts';
import { hostLine, isFailure, lastWordLines, outcomeWords, whereToLook } from './run/failure.ts';
import { cutPiece, lastLine, type StreamPlace, streamStart } from './run/line-cutter.ts';
import {
	countStatuses,
	currentUnit,
	emptyRun,
	foldEvent,
	type HostFold,
	isUnheard,
	type RunFold,
	type UnitEnd,
	type UnitFold,
} from './run/run-fold.ts';
import { countWords, summaryLines } from './run/summary.ts';
import { type Style, statusMarks, styleFor, type Tone } from './style.ts';
import { count } from './text/count.ts';
import { elapsed } from './text/duration.ts';
import type { TextOut } from './text-out.ts';
import { visibleLine } from './visible.ts';

export interface PlainOptions {
	readonly out: TextOut;
	readonly clock: Clock;
	/** Every state change and every line of output, as it comes. */
	readonly verbose: boolean;
	/** Runs under GitHub Actions: failures fold, and become annotations. */
	readonly github: boolean;
}

/** Lines for logs, pipes and CI: a line a state change, a failure with its last words, a sign of life in silence, a summary. */
export function plainSink({ out, clock, verbose, github }: PlainOptions): EventSink {
	const page: PlainPage = { style: styleFor(out), verbose, github };
	const pulse = heartbeat(clock, () => say(heartbeatLines(fold, clock.now(), page.style)));
	let fold = emptyRun;
	let streams: Streams = new Map();

	function say(lines: readonly string[]): void {
		if (lines.length === 0) return;
		pulse.restart();
		out.write(lines.map(line => `${github ? disarm(line) : line}\n`).join(''));
	}

	return {
		name: 'plain',
		kind: 'display',
		take(event) {
			const before = fold;
			fold = foldEvent(fold, event);
			if (verbose) {
				const printed = outputLines(streams, event, page.style);
				streams = printed.streams;
				say(printed.lines);
			}
			say(eventLines(before, fold, event, page));
		},
		close() {
			pulse.stop();
			const lines = summaryLines(fold, out);
			if (fold.run !== null) out.write(`${['', ...(github ? lines.map(disarm) : lines)].join('\n')}\n`);
		},
	};
}

interface PlainPage {
	readonly style: Style;
	readonly verbose: boolean;
	readonly github: boolean;
}

// The old form of a workflow command, `##[name]`, is obeyed anywhere in a line (actions/runner, ActionCommand.cs);
// the new one only at its beginning, where our lines have a time or a name.
const disarm = (line: string): string => line.replaceAll('##[', '## [');

const silenceMs = 30_000;

interface Heartbeat {
	restart(): void;
	stop(): void;
}

/** Calls back when nothing was said for a while, and goes on doing so. A replay is over long before. */
function heartbeat(clock: Clock, beat: () => void): Heartbeat {
	let takeBack = (): void => {};
	return {
		restart() {
			takeBack();
			takeBack = clock.after(silenceMs, beat);
		},
		stop() {
			takeBack();
		},
	};
}

const longestHeartbeat = 5;

/** What runs, for how long, and how old its last line is. */
function heartbeatLines(fold: RunFold, now: Date, style: Style): readonly string[] {
	const busy = fold.hosts.filter(({ state }) => !restingStates.has(state));
	const time = now.toISOString().slice(11, 19);
	const lines = busy.slice(0, longestHeartbeat).map(host => `${time} ${visibleLine(host.name)} ${pulseOf(host, now)}`);
	const rest = busy.length - lines.length;
	const more = rest === 0 ? [] : [`${time} ${style.glyphs.cut} and ${count(rest, 'more host')}`];
	const all = [...lines, ...more];
	return (all.length === 0 ? [`${time} still waiting for hosts`] : all).map(line => style.paint('quiet', line));
}

const restingStates: ReadonlySet<HostState> = new Set(['waiting', 'detached', 'locked', 'unreachable', 'done']);

function pulseOf(host: HostFold, now: Date): string {
	const unit = currentUnit(host);
	if (isUnheard(host)) {
		const what = unit === undefined ? '' : `${visibleLine(unit.address)} `;
		return `${what}not heard for ${since(host.since, now)}`;
	}
	if (unit === undefined || unit.startedAt === null) return `still ${host.state} for ${since(host.since, now)}`;
	const { lastAt } = unit.printed;
	const silence = lastAt === null ? 'no output yet' : `last line ${since(lastAt, now)} ago`;
	return `${visibleLine(unit.address)} still running for ${since(unit.startedAt, now)}, ${silence}`;
}

const since = (at: string, now: Date): string => elapsed(now.getTime() - Date.parse(at));

type Streams = ReadonlyMap<string, StreamPlace>;

/** For verbose: the lines that an event completes, each behind its host and unit. */
function outputLines(
	streams: Streams,
	event: NumberedEvent,
	style: Style,
): { readonly lines: readonly string[]; readonly streams: Streams } {
	if (event.type === 'output') {
		const key = streamKey(event, event.stream);
		const { lines, place } = cutPiece(streams.get(key) ?? streamStart, event);
		return {
			lines: lines.map(line => hostLine(event.host, event.unit, line, style)),
			streams: new Map(streams).set(key, place),
		};
	}
	if (event.type !== 'unit_finished') return { lines: [], streams };
	const keys = [streamKey(event, 'out'), streamKey(event, 'err')];
	const lines = keys.flatMap(key => lastLine(streams.get(key) ?? streamStart));
	return {
		lines: lines.map(line => hostLine(event.host, event.unit, line, style)),
		streams: new Map([...streams].filter(([key]) => !keys.includes(key))),
	};
}

const streamKey = ({ host, unit }: { readonly host: string; readonly unit: string }, stream: string): string =>
	`${host} ${unit} ${stream}`;

function eventLines(before: RunFold, fold: RunFold, event: NumberedEvent, page: PlainPage): readonly string[] {
	const time = page.style.paint('quiet', event.at.slice(11, 19));
	switch (event.type) {
		case 'run_started':
			return [`${time} ${startWords(fold, event.at, page.style)}`];
		case 'host_state':
			return hostStateLines(hostOf(before, event), hostOf(fold, event), time, page);
		case 'unit_started':
			if (!page.verbose) return [];
			return [
				`${time} ${event.host} ${event.unit} started (attempt ${event.attempt}, ${visibleLine(event.detached_by)})`,
			];
		case 'unit_finished':
			return finishLines(fold, event, time, page);
		case 'warning':
			return [`${time} ${warningWords(event, page.style)}`];
		case 'output':
		case 'run_finished':
			return [];
		default:
			return unreachable(event);
	}
}

const hostOf = (fold: RunFold, { host }: { readonly host: HostFold['name'] }): HostFold | undefined =>
	fold.hosts[fold.places.get(host) ?? -1];

function startWords({ run, started, hosts }: RunFold, at: string, { paint }: Style): string {
	const verb = started?.purpose === 'undo' ? 'rollback' : 'apply';
	const who = `by ${visibleLine(started?.user ?? '')} on ${visibleLine(started?.controller ?? '')}`;
	const what = `hsctl ${verb} ${visibleLine(started?.playbook ?? '')}`;
	return `${paint('strong', what)}  run ${run}  ${count(hosts.length, 'host')}  ${who}  ${at.slice(0, 10)}, times are UTC`;
}

/** What only means progress is for verbose: it would hide the rest. A link that is lost, or back, does not. */
function hostStateLines(
	before: HostFold | undefined,
	host: HostFold | undefined,
	time: string,
	{ style, verbose }: PlainPage,
): readonly string[] {
	if (host === undefined) return [];
	const isOfLink = linkStates.has(host.state) && host.because !== '';
	if (before?.state === host.state && !(isOfLink && before.because !== host.because)) return [];
	const tone = isOfLink ? 'attention' : stateTones[host.state];
	if (tone === undefined && !verbose) return [];
	const because = host.because === '' ? '' : `: ${visibleLine(host.because)}`;
	const words = host.state === 'done' ? `done: ${hostCounts(host)}` : `${host.state}${because}`;
	return [`${time} ${visibleLine(host.name)} ${style.paint(tone ?? 'quiet', words)}`];
}

/** With a reason, these tell of the link. */
const linkStates: ReadonlySet<HostState> = new Set(['connecting', 'running']);

const stateTones: Readonly<Partial<Record<HostState, Tone>>> = {
	held: 'attention',
	confirming: 'attention',
	stopping: 'attention',
	detached: 'attention',
	locked: 'bad',
	unreachable: 'attention',
	done: 'plain',
};

function hostCounts({ units }: HostFold): string {
	const counts = countStatuses(units.flatMap(({ end }) => (end === null ? [] : [end.status])));
	return countWords({ ...emptyRun, counts }) || 'nothing to do';
}

function finishLines(
	fold: RunFold,
	event: Extract<NumberedEvent, { type: 'unit_finished' }>,
	time: string,
	page: PlainPage,
): readonly string[] {
	const host = hostOf(fold, event);
	const unit = host?.units.find(({ address }) => address === event.unit);
	if (host === undefined || unit?.end == null) return [];
	// What did not run is in the host's closing line and in the summary.
	if (!page.verbose && stillStatuses.has(event.status) && !isConflict(unit, unit.end)) return [];
	const { paint } = page.style;
	const words = `${visibleLine(host.name)} ${paint(endMark(unit, unit.end).tone, finishWords(unit, unit.end))}`;
	// With one host there is room for what a success has to say, and somebody is there for it.
	const said = fold.hosts.length === 1 && !page.verbose ? lastWordLines(host, unit, page.style) : [];
	if (!isFailure(event.status)) return [`${time} ${words}`, ...said];
	return [`${time} ${words}`, ...failureLines(fold, host, unit, unit.end, page)];
}

const stillStatuses: ReadonlySet<UnitStatus> = new Set(['ok', 'skipped', 'not_started', 'unreachable']);

/** That it changed needs no reason: it was planned. */
const finishWords = (unit: UnitFold, end: UnitEnd): string =>
	outcomeWords(unit, end.status === 'changed' ? { ...end, because: '' } : end);

function failureLines(fold: RunFold, host: HostFold, unit: UnitFold, end: UnitEnd, page: PlainPage): readonly string[] {
	// A verbose reader has just seen them.
	const words = page.verbose ? [] : lastWordLines(host, unit, page.style);
	const facts = whereToLook(fold.run, host, unit, end, page.style).map(line => `         ${line}`);
	if (!page.github) return [...words, ...facts];
	const title = commandText(`${host.name} ${unit.address} ${statusMarks[end.status].word}`);
	const group = words.length === 0 ? [] : [`::group::${title}: last lines`, ...words, '::endgroup::'];
	return [
		...group,
		...facts,
		`::error title=${title.replaceAll(':', '%3A').replaceAll(',', '%2C')}::${commandText(end.because || title)}`,
	];
}

function warningWords(event: Extract<NumberedEvent, { type: 'warning' }>, { paint }: Style): string {
	const where = event.host === null ? '' : `${visibleLine(event.host)} `;
	return `${where}${paint('attention', `warning ${visibleLine(event.code)}`)}: ${visibleLine(event.message)}`;
}
