import { bothLines } from '../run/printed.ts';
import { currentUnit, type HostFold, isUnheard, type RunFold, type UnitFold } from '../run/run-fold.ts';
import { type Glyphs, type Style, statusMarks } from '../style.ts';
import { count } from '../text/count.ts';
import { duration, elapsed } from '../text/duration.ts';
import { clip, pad, widthOf } from '../text/width.ts';
import { wrap } from '../text/wrap.ts';
import { visibleLine } from '../visible.ts';
import { type Line, part } from './line.ts';
import { countMoods, moodMarks, moodOf, type RankedHost, rank } from './mood.ts';
import { printedLines, type Screen, shownUnit, watchedHost } from './screen.ts';

export interface Size {
	readonly columns: number;
	readonly rows: number;
}

/** What stands on the screen, from top to bottom. Never more lines than `rows` − 2. */
export interface Frame {
	readonly head: readonly Line[];
	readonly hosts: readonly Line[];
	readonly units: readonly Line[];
	readonly output: readonly Line[];
	readonly foot: readonly Line[];
}

/** Lays the screen out. Only what is visible is made, so a thousand hosts cost no more than fifty. */
export function frameOf(screen: Screen, size: Size, { glyphs }: Pick<Style, 'glyphs'>): Frame {
	const page = { screen, size, glyphs, watched: watchedHost(screen) };
	// A full-height frame would scroll at each redraw.
	const room = Math.max(3, size.rows - 2);
	const head = headLines(page).slice(0, Math.max(1, room - 1));
	const foot = [footer(page)];
	const body = bodyLines(page, room - head.length - foot.length);
	return { head, ...body, foot };
}

interface Page {
	readonly screen: Screen;
	readonly size: Size;
	readonly glyphs: Glyphs;
	readonly watched: HostFold | undefined;
}

type Body = Pick<Frame, 'hosts' | 'units' | 'output'>;

function headLines(page: Page): readonly Line[] {
	return [title(page), ...notice(page), ...progress(page)];
}

function title({ screen: { fold, nowMs } }: Page): Line {
	const { started, run, hosts } = fold;
	if (started === null) return [part('hsctl', 'strong'), part('  starting')];
	const verb = started.purpose === 'undo' ? 'rollback' : 'apply';
	return [
		part(`hsctl ${verb} ${visibleLine(started.playbook)}`, 'strong'),
		part(`  ${age(started.at, nowMs)}`, 'change'),
		part(`  ${count(hosts.length, 'host')}  run ${run ?? ''}`, 'quiet'),
	];
}

/** What Ctrl-C has set going, and what the next one does. */
function notice({ screen: { interrupts }, size }: Page): readonly Line[] {
	const text = notices[interrupts];
	return text === null ? [] : wrap(text, size.columns).map(line => [part(line, 'attention')]);
}

const notices = [
	null,
	'Stopping: nothing new starts. ^C again: cancel what runs on the hosts',
	'Cancelling on the hosts. ^C again: detach, and leave the rest to the hosts',
	'Detaching: the hosts go on without us',
] as const;

/** The bar, and behind it, or below it where it is narrow, how many are how. */
function progress({ screen: { fold }, size, glyphs }: Page): readonly Line[] {
	const units = fold.hosts.reduce((sum, host) => sum + host.units.length, 0);
	const ended = fold.hosts.reduce((sum, host) => sum + endedUnits(host), 0);
	const share = units === 0 ? 0 : ended / units;
	const width = Math.max(4, Math.min(30, Math.floor(size.columns / 4)));
	const full = Math.floor(share * width);
	const bar = [part(glyphs.full.repeat(full), 'good'), part(glyphs.empty.repeat(width - full), 'quiet')];
	const line = [...bar, part(` ${Math.floor(share * 100)}%  ${ended}/${units} units`)];
	const amounts = totals(fold);
	const whole = [...line, ...amounts];
	return lineWidth(whole) <= size.columns ? [whole] : [line, amounts];
}

const lineWidth = (line: Line): number => line.reduce((sum, { text }) => sum + widthOf(text), 0);

/** Of one host its units' statuses, of several how they are. */
function totals(fold: RunFold): Line {
	if (fold.hosts.length > 1) {
		return countMoods(fold.hosts).map(({ mood, amount }) =>
			part(`  ${amount} ${moodMarks[mood].word}`, moodMarks[mood].tone),
		);
	}
	return Object.values(statusMarks).flatMap(({ word, tone }, index) => {
		const amount = Object.values(fold.counts)[index] ?? 0;
		return amount === 0 ? [] : [part(`  ${amount} ${word}`, tone)];
	});
}

function footer({ screen, glyphs }: Page): Line {
	const arrows = `${glyphs.up}${glyphs.up.length > 1 ? '/' : ''}${glyphs.down}`;
	const stop = stopWords[screen.isView && screen.interrupts === 0 ? 2 : screen.interrupts];
	const select = screen.fold.hosts.length > 1 ? [`${arrows} select`] : [];
	const keys = screen.isFull ? [`${arrows} scroll`, 'f back'] : [...select, 'f full log'];
	return [part([...keys, ...(stop === null ? [] : [stop])].join(` ${glyphs.dot} `), 'quiet')];
}

const stopWords = ['^C stop', '^C cancel on hosts', '^C detach', null] as const;

function bodyLines(page: Page, room: number): Body {
	if (room <= 0 || page.watched === undefined) return nothing;
	if (page.screen.isFull) return fullLog(page, page.watched, room);
	if (page.screen.fold.hosts.length === 1) return oneHost(page, page.watched, room);
	return manyHosts(page, page.watched, room);
}

const nothing: Body = { hosts: [], units: [], output: [] };
const blank: Line = [part(' ')];

/** The log from its end upwards; the scroll stops at its beginning. */
function fullLog({ screen, glyphs }: Page, host: HostFold, room: number): Body {
	const unit = shownUnit(host);
	const lines = unit === undefined ? [] : printedLines(unit);
	const height = room - 1;
	const end = Math.max(Math.min(height, lines.length), lines.length - screen.scroll);
	const output = lines.slice(Math.max(0, end - height), end).map(line => outputLine(line, glyphs));
	const hint = lines.length === 0 ? '  no output yet' : '';
	const what = unit === undefined ? '' : ` ${visibleLine(unit.address)}`;
	return { ...nothing, units: [[part(`${visibleLine(host.name)}${what}`, 'strong'), part(hint, 'quiet')]], output };
}

const tailSize = 5;

function oneHost(page: Page, host: HostFold, room: number): Body {
	const output = outputTail(page, host, Math.min(tailSize, Math.floor(room / 3)));
	const state = hostLine(page, { host, mood: moodOf(host) }, { name: widthOf(visibleLine(host.name)), word: 0 });
	const top = host.state === 'running' || host.state === 'done' ? [] : [state];
	const units = unitWindow(page, host, room - output.length - top.length);
	return { hosts: top, units, output };
}

/** The list of hosts gets half, what the watched one does the rest. */
function manyHosts(page: Page, host: HostFold, room: number): Body {
	const spacious = room >= 14;
	const ranked = rank(page.screen.fold.hosts);
	const forHosts = Math.min(ranked.length, Math.max(1, Math.floor((room - 1) / 2)));
	const hosts = hostWindow(page, ranked, host, forHosts);
	const gap = spacious ? [blank] : [];
	const left = room - hosts.length - 2 * gap.length;
	if (left < 2) return { ...nothing, hosts };
	const output = outputTail(page, host, Math.min(tailSize, Math.floor(left / 3)));
	const heading: Line = [
		part(visibleLine(host.name), 'strong'),
		part(`  ${endedUnits(host)} of ${count(host.units.length, 'unit')}`, 'quiet'),
	];
	const units = [heading, ...unitWindow(page, host, left - output.length - 1)];
	return { hosts: [...gap, ...hosts], units: [...gap, ...units], output };
}

function hostWindow(page: Page, ranked: readonly RankedHost[], watched: HostFold, height: number): readonly Line[] {
	const isAll = ranked.length <= height;
	const shownCount = isAll ? ranked.length : Math.max(1, height - 1);
	const place = Math.max(
		0,
		ranked.findIndex(({ host }) => host === watched),
	);
	// The watched host stands in the lower part, so that the more interesting ones above it stay in sight.
	const start = Math.max(0, Math.min(place - Math.floor((shownCount * 2) / 3), ranked.length - shownCount));
	const shown = ranked.slice(start, start + shownCount);
	const width = Math.min(24, Math.max(0, ...shown.map(({ host }) => widthOf(visibleLine(host.name)))));
	const word = Math.max(0, ...shown.map(each => stateWord(each).length));
	const lines = shown.map(each => hostLine(page, each, { name: width, word }));
	const hidden = ranked.filter(each => !shown.includes(each)).map(({ host }) => host);
	return isAll || height < 2 ? lines : [...lines, moreLine(hidden, page.glyphs)];
}

const moreLine = (hidden: readonly HostFold[], glyphs: Glyphs): Line => {
	const words = countMoods(hidden).map(({ mood, amount }) => `${amount} ${moodMarks[mood].word}`);
	return [part(`  ${glyphs.cut} and ${words.join(', ')} more`, 'quiet')];
};

interface HostColumns {
	readonly name: number;
	readonly word: number;
}

function hostLine({ screen, glyphs, watched }: Page, ranked: RankedHost, columns: HostColumns): Line {
	const { host, mood } = ranked;
	const { glyph, tone } = moodMarks[mood];
	const isWatched = host === watched && screen.fold.hosts.length > 1;
	return [
		part(isWatched ? `${glyphs.here} ` : '  ', 'strong'),
		part(`${glyphs[glyph]} `, tone),
		part(pad(clip(visibleLine(host.name), columns.name, glyphs.cut), columns.name), isWatched ? 'strong' : 'plain'),
		part(`  ${pad(stateWord(ranked), columns.word)}  `, tone),
		...hostDetail(host, mood, screen.nowMs),
	];
}

/** A host at work says at what. */
const stateWord = ({ host, mood }: RankedHost): string => (mood === 'running' ? host.state : moodMarks[mood].word);

function hostDetail(host: HostFold, mood: RankedHost['mood'], nowMs: number): Line {
	const unit = currentUnit(host);
	if (unit !== undefined && unit.startedAt !== null) {
		const share = `${endedUnits(host)}/${host.units.length}`;
		if (isUnheard(host)) {
			const unheard = `${share}  ${visibleLine(unit.address)}  not heard for ${age(host.since, nowMs)}`;
			return [part(unheard, 'attention'), part(`  ${visibleLine(host.because)}`, 'quiet')];
		}
		if (mood === 'held' || mood === 'confirming')
			return [part(`${share}  ${age(host.since, nowMs)}`), part(`  ${visibleLine(host.because)}`, 'quiet')];
		const last = bothLines(unit.printed).at(-1) ?? '';
		return [
			part(`${share}  ${visibleLine(unit.address)}  ${age(unit.startedAt, nowMs)}`),
			part(last === '' ? '' : `  ${flat(last)}`, 'quiet'),
		];
	}
	if (mood === 'failed') return [part(failureOf(host))];
	if (mood === 'waiting') return [];
	const because = host.because === '' ? '' : `  ${visibleLine(host.because)}`;
	return [part(`${age(host.since, nowMs)}${because}`)];
}

function failureOf({ units }: HostFold): string {
	const failed = units.find(({ end }) => end !== null && statusMarks[end.status].tone === 'bad');
	return failed?.end == null ? '' : `${visibleLine(failed.address)}: ${visibleLine(failed.end.because)}`;
}

/** The units around the one that works; how many are out of sight is said. */
function unitWindow(page: Page, host: HostFold, height: number): readonly Line[] {
	if (height <= 0) return [];
	const { units } = host;
	const width = Math.min(32, Math.max(0, ...units.map(({ address }) => widthOf(address))));
	const lines = (shown: readonly UnitFold[]): readonly Line[] => shown.map(unit => unitLine(page, host, unit, width));
	if (units.length <= height) return lines(units);
	const shownCount = Math.max(1, height - 1);
	const shown = shownUnit(host);
	const place = shown === undefined ? 0 : units.indexOf(shown);
	const start = Math.max(0, Math.min(place - Math.floor(shownCount / 2), units.length - shownCount));
	const more: Line = [part(`  ${page.glyphs.cut} ${hiddenWords(start, units.length - start - shownCount)}`, 'quiet')];
	return [...lines(units.slice(start, start + shownCount)), ...(height < 2 ? [] : [more])];
}

const hiddenWords = (above: number, below: number): string =>
	[...(above === 0 ? [] : [`${above} more above`]), ...(below === 0 ? [] : [`${below} more below`])].join(', ');

function unitLine({ screen, glyphs }: Page, host: HostFold, unit: UnitFold, width: number): Line {
	const address = pad(clip(visibleLine(unit.address), width, glyphs.cut), width);
	if (unit.end !== null) {
		const { glyph, word, tone } = statusMarks[unit.end.status];
		const time = unit.end.durationMs === 0 ? '' : duration(unit.end.durationMs);
		const because = unit.end.status === 'changed' ? '' : `  ${visibleLine(unit.end.because)}`;
		return [
			part(`  ${glyphs[glyph]} `, tone),
			part(address),
			part(`  ${pad(word, 11)}`, tone),
			part(pad(time, 5)),
			part(because, 'quiet'),
		];
	}
	if (unit === currentUnit(host) && isUnheard(host)) {
		return [
			part(`  ${glyphs.warns} `, 'attention'),
			part(address, 'strong'),
			part(`  ${pad('not heard', 11)}for ${age(host.since, screen.nowMs)}`, 'attention'),
		];
	}
	if (unit === currentUnit(host) && unit.startedAt !== null) {
		const silence =
			unit.printed.lastAt === null ? 'no output yet' : `last line ${age(unit.printed.lastAt, screen.nowMs)} ago`;
		return [
			part(`  ${glyphs.runs} `, 'change'),
			part(address, 'strong'),
			part(`  ${pad('running', 11)}`, 'change'),
			part(pad(age(unit.startedAt, screen.nowMs), 5)),
			part(`  ${silence}`, 'quiet'),
		];
	}
	return [part(`  ${glyphs.waits} ${address}  waiting`, 'quiet')];
}

function outputTail({ glyphs }: Page, host: HostFold, height: number): readonly Line[] {
	const unit = shownUnit(host);
	if (unit === undefined || height <= 0) return [];
	return printedLines(unit)
		.slice(-height)
		.map(line => [part('    '), ...outputLine(line, glyphs)]);
}

/** What a host printed always stands behind a bar, so that it cannot look like a line of ours. */
const outputLine = (line: string, glyphs: Glyphs): Line => [part(`${glyphs.bar} `, 'quiet'), part(flat(line))];

// A terminal moves a tab to where it likes: on a drawn screen it has to have a width.
const flat = (line: string): string => line.replaceAll('\t', '    ');

const endedUnits = ({ units }: HostFold): number => units.filter(({ end }) => end !== null).length;

const age = (at: string, nowMs: number): string => elapsed(nowMs === 0 ? 0 : nowMs - Date.parse(at));
