import type { NumberedEvent } from '../../model/event.ts';
import { isFailure, lastWordLines, outcomeWords, whereToLook } from '../run/failure.ts';
import { countStatuses, emptyRun, type HostFold, type RunFold } from '../run/run-fold.ts';
import { countWords } from '../run/summary.ts';
import { unitRows } from '../run/unit-rows.ts';
import { type Style, statusMarks } from '../style.ts';
import { duration } from '../text/duration.ts';
import { clip, widthOf } from '../text/width.ts';
import { visibleLine } from '../visible.ts';
import { moodMarks, moodOf } from './mood.ts';

/** What an event leaves above the live screen for good: failures, warnings, and hosts when they are over. `fold` includes the event. */
export function scrollbackLines(fold: RunFold, event: NumberedEvent, style: Style, columns: number): readonly string[] {
	switch (event.type) {
		case 'unit_finished':
			return isFailure(event.status) ? failureLines(fold, event, style) : successLines(fold, event, style);
		case 'host_state':
			return overStates.has(event.state) ? hostLines(fold, event, style, columns) : [];
		case 'warning':
			return [warningLine(event, style)];
		default:
			return [];
	}
}

const overStates: ReadonlySet<string> = new Set(['done', 'unreachable', 'locked', 'detached']);

function failureLines(
	fold: RunFold,
	event: Extract<NumberedEvent, { type: 'unit_finished' }>,
	style: Style,
): readonly string[] {
	const host = hostOf(fold, event);
	const unit = host?.units.find(({ address }) => address === event.unit);
	if (host === undefined || unit?.end == null) return [];
	const { glyph, tone } = statusMarks[event.status];
	const head = `${style.glyphs[glyph]} ${visibleLine(host.name)} ${outcomeWords(unit, unit.end)}`;
	const below = [...lastWordLines(host, unit, style), ...whereToLook(fold.run, host, unit, unit.end, style)];
	return [style.paint(tone, head), ...below.map(line => `  ${line}`)];
}

/** What a success has to say: with one host there is room for it, and somebody is there to read it. */
function successLines(
	fold: RunFold,
	event: Extract<NumberedEvent, { type: 'unit_finished' }>,
	style: Style,
): readonly string[] {
	const host = hostOf(fold, event);
	const unit = host?.units.find(({ address }) => address === event.unit);
	return host === undefined || unit === undefined || fold.hosts.length > 1 ? [] : lastWordLines(host, unit, style);
}

/** One host alone leaves its whole list: there is nothing else to report. */
function hostLines(
	fold: RunFold,
	event: Extract<NumberedEvent, { type: 'host_state' }>,
	style: Style,
	columns: number,
): readonly string[] {
	const host = hostOf(fold, event);
	if (host === undefined) return [];
	const { glyph, tone } = moodMarks[moodOf(host)];
	const head = `${style.paint(tone, `${style.glyphs[glyph]} ${visibleLine(host.name)}`)}  ${stateWords(host, fold)}`;
	if (fold.hosts.length > 1) return [head];
	const rows = unitRows(host, true).map(({ unit, mark, cells }) => {
		const because = mark.word === 'changed' ? '' : visibleLine(unit.end?.because ?? '');
		const room = columns - widthOf(cells) - 5;
		const note = room < 12 ? because : clip(because, room, style.glyphs.cut);
		return `  ${style.paint(mark.tone, `${style.glyphs[mark.glyph]} ${cells}`)}${note}`.trimEnd();
	});
	return [head, ...rows];
}

function stateWords(host: HostFold, fold: RunFold): string {
	if (host.state !== 'done') return `${host.state}${host.because === '' ? '' : `: ${visibleLine(host.because)}`}`;
	const counts = countStatuses(host.units.flatMap(({ end }) => (end === null ? [] : [end.status])));
	const took = Date.parse(host.since) - Date.parse(fold.started?.at ?? host.since);
	return `done after ${duration(took)}: ${countWords({ ...emptyRun, counts }) || 'nothing to do'}`;
}

const hostOf = (fold: RunFold, { host }: { readonly host: HostFold['name'] }): HostFold | undefined =>
	fold.hosts[fold.places.get(host) ?? -1];

function warningLine(
	{ host, code, message }: Extract<NumberedEvent, { type: 'warning' }>,
	{ paint, glyphs }: Style,
): string {
	const where = host === null ? '' : `${visibleLine(host)}  `;
	return `${paint('attention', `${glyphs.warns} warning ${visibleLine(code)}`)}  ${where}${visibleLine(message)}`;
}
