import type { HostName, UnitAddress } from '../model/brand.ts';
import type { NumberedEvent } from '../model/event.ts';
import type { Plan } from '../model/plan.ts';
import { fileLines } from './plan/file-lines.ts';
import { hostLine, isFailure, lastWordLines, whereToLook } from './run/failure.ts';
import { cutPiece, lastLine, type StreamPlace, streamStart } from './run/line-cutter.ts';
import { emptyRun, foldEvent, type HostFold, type RunFold } from './run/run-fold.ts';
import { summaryLines } from './run/summary.ts';
import { type UnitRow, unitRows } from './run/unit-rows.ts';
import { type Style, statusMarks, styleFor } from './style.ts';
import { groupAlike, namesOf } from './text/names.ts';
import { widthOf } from './text/width.ts';
import { wrap } from './text/wrap.ts';
import type { TextLook } from './text-out.ts';
import { visibleLine } from './visible.ts';

export interface ReportOptions {
	/** What was meant: with it the files of pools are told too. */
	readonly plan?: Plan;
	readonly verbose?: boolean;
	/** Adds all that differed in the files of pools. */
	readonly diffs?: boolean;
}

/** `show RUN`: who did what and how it came out, host by host (those alike together), then the summary. */
export function runReport(events: Iterable<NumberedEvent>, look: TextLook, options: ReportOptions = {}): string {
	let fold = emptyRun;
	for (const event of events) fold = foldEvent(fold, event);
	const page = { look, style: styleFor(look), fold, options };
	const hosts = groupAlike(fold.hosts, host => alikeKey(host, page)).map(group => hostBlock(group, page));
	return `${[origin(fold), ...hosts, summaryLines(fold, look)].map(lines => lines.join('\n')).join('\n\n')}\n`;
}

export interface LogFilter {
	/** Empty: all. */
	readonly hosts: readonly string[];
	readonly units: readonly string[];
}

/** `logs RUN`, also with `-f`: called with each event in order, gives the text that the event adds. */
export function logPrinter(filter: LogFilter, look: TextLook): (event: NumberedEvent) => string {
	const style = styleFor(look);
	const places = new Map<string, StreamPlace>();
	return event => {
		if (!('unit' in event) || !isWanted(event, filter)) return '';
		const lines = logLines(event, places).map(line => hostLine(event.host, event.unit, line, style));
		return [...lines, ...endLine(event, style)].map(line => `${line}\n`).join('');
	};
}

interface Page {
	readonly look: TextLook;
	readonly style: Style;
	readonly fold: RunFold;
	readonly options: ReportOptions;
}

function origin({ run, started }: RunFold): readonly string[] {
	if (started === null) return ['nothing is recorded of this run'];
	const { playbook, file, at, user, controller, purpose } = started;
	return [
		`run        ${run}${purpose === 'undo' ? '  (rollback)' : ''}`,
		`playbook   ${visibleLine(playbook)}  ${visibleLine(file)}`,
		`started    ${at.slice(0, 19).replace('T', ' ')} UTC by ${visibleLine(user)} on ${visibleLine(controller)}`,
	];
}

/** Times may differ, and hosts with a failure have log folders of their own to be shown. */
const alikeKey = ({ name, state, because, units }: HostFold, page: Page): string =>
	JSON.stringify([
		state,
		because,
		units.some(({ end }) => end !== null && isFailure(end.status)) ? name : '',
		units.map(({ address, end, action }) => [address, end?.status, end?.because, action, filesOf(name, address, page)]),
	]);

/** What was planned for the files of a pool. */
function filesOf(host: HostName, address: UnitAddress, { options, look, style }: Page): readonly string[] {
	const { plan, verbose = false, diffs = false } = options;
	const unit = plan?.hosts.find(({ name }) => name === host)?.units.find(planned => planned.address === address);
	return unit === undefined
		? []
		: fileLines(unit, { isVerbose: verbose, withDiffs: diffs }, { look, style, indent: 6 });
}

function hostBlock(group: readonly HostFold[], page: Page): readonly string[] {
	const [host] = group;
	if (host === undefined) return [];
	const { paint, glyphs } = page.style;
	const names = namesOf(
		group.map(({ name }) => visibleLine(name)),
		glyphs.cut,
	);
	const alike = group.length === 1 ? '' : ` (${group.length} hosts alike)`;
	const because = host.because === '' || host.state === 'done' ? '' : `: ${visibleLine(host.because)}`;
	return [
		`${paint('strong', names)}${alike}  ${paint('quiet', host.state)}${because}`,
		...unitsOf(host, group).flatMap(row => unitLines(host, row, page)),
	];
}

/** Of a host that was never reached there is nothing more to say; times of one host say nothing of others like it. */
const unitsOf = (host: HostFold, group: readonly HostFold[]): readonly UnitRow[] =>
	host.state === 'unreachable' ? [] : unitRows(host, group.length === 1);

function unitLines(host: HostFold, { unit, mark, cells }: UnitRow, page: Page): readonly string[] {
	const { look, style, fold } = page;
	const start = `  ${style.glyphs[mark.glyph]} ${cells}`;
	const because = wrap(visibleLine(unit.end?.because ?? ''), Math.max(20, look.columns - widthOf(start)));
	const lines = [
		`${style.paint(mark.tone, start)}${because[0] ?? ''}`.trimEnd(),
		...because.slice(1).map(line => ' '.repeat(widthOf(start)) + line),
		...filesOf(host.name, unit.address, page),
	];
	if (unit.end === null || !isFailure(unit.end.status)) return lines;
	const words = lastWordLines(host, unit, style);
	return [...lines, ...words, ...whereToLook(fold.run, host, unit, unit.end, style)].map((line, index) =>
		index < lines.length ? line : `      ${line}`,
	);
}

const isWanted = (event: { readonly host: string; readonly unit: string }, { hosts, units }: LogFilter): boolean =>
	(hosts.length === 0 || hosts.includes(event.host)) && (units.length === 0 || units.includes(event.unit));

function logLines(
	event: Extract<NumberedEvent, { readonly unit: unknown }>,
	places: Map<string, StreamPlace>,
): readonly string[] {
	const key = (stream: string): string => `${event.host} ${event.unit} ${stream}`;
	if (event.type === 'output') {
		const { lines, place } = cutPiece(places.get(key(event.stream)) ?? streamStart, event);
		places.set(key(event.stream), place);
		return lines;
	}
	const open = ['out', 'err'].map(key);
	const rest = open.flatMap(stream => lastLine(places.get(stream) ?? streamStart));
	for (const stream of open) places.delete(stream);
	return rest;
}

/** How it ended, of what ran. Without the bar: a host cannot print such a line. */
function endLine(event: NumberedEvent, { paint }: Style): readonly string[] {
	if (event.type !== 'unit_finished' || event.log === null) return [];
	const { word, tone } = statusMarks[event.status];
	const exit = event.exit_code === null ? '' : `, exit ${event.exit_code}`;
	return [`${visibleLine(event.host)} ${visibleLine(event.unit)} ${paint(tone, `${word}${exit}`)}`];
}
