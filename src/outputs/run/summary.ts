import type { UnitStatus } from '../../model/outcome.ts';
import { type Mark, type Style, statusMarks, styleFor, type Tone } from '../style.ts';
import { count } from '../text/count.ts';
import { duration } from '../text/duration.ts';
import { groupAlike } from '../text/names.ts';
import { shortRun } from '../text/short-run.ts';
import { clip, pad, widthOf } from '../text/width.ts';
import { wrap } from '../text/wrap.ts';
import type { TextLook } from '../text-out.ts';
import { visibleLine } from '../visible.ts';
import { endMark, isConflict } from './end-mark.ts';
import { resumable } from './failure.ts';
import { type HostFold, occurring, problemStatuses, type RunFold, type UnitEnd } from './run-fold.ts';

/** The end of a run in a few lines that would do as a report: what came out, where it went wrong, how to go on. */
export function summaryLines(fold: RunFold, look: TextLook): readonly string[] {
	const style = styleFor(look);
	return [
		...problemTable(fold, look, style),
		...warningLines(fold, style),
		verdict(fold, style),
		style.paint('strong', `  ${hostTotals(fold)}`),
		...totals(fold, style),
		...nextCommands(fold).map(command => `  ${command}`),
	];
}

/** `12 changed, 3 ok, 1 failed`. */
export const countWords = (fold: RunFold): string =>
	occurring(fold.counts)
		.map(status => `${fold.counts[status]} ${statusMarks[status].word}`)
		.join(', ');

/** In one or two words, what an exit code says. */
export const exitWords = (exitCode: number): string => exitMeanings.get(exitCode) ?? 'ended';

const exitMeanings: ReadonlyMap<number, string> = new Map([
	[0, 'succeeded'],
	[1, 'broken by a bug in hsctl'],
	[2, 'succeeded, changes pending'],
	[3, 'invalid input'],
	[4, 'hosts unreachable'],
	[5, 'failed'],
	[6, 'needs attention'],
	[7, 'refused'],
	[8, 'no host selected'],
	[9, 'incomplete'],
	[130, 'interrupted'],
	[143, 'terminated'],
]);

interface Problem {
	readonly host: string;
	readonly unit: string;
	readonly mark: Mark;
	/** Place in the order of what is shown. */
	readonly rank: number;
	readonly note: string;
}

const longestTable = 40;

function problemTable(fold: RunFold, look: TextLook, style: Style): readonly string[] {
	const problems = groupAlike(fold.hosts.flatMap(problemsOf), ({ unit, mark, note }) => `${unit} ${mark.word} ${note}`)
		.flatMap(alike => (alike[0] === undefined ? [] : [{ ...alike[0], hosts: alike.map(({ host }) => host) }]))
		.sort((one, other) => one.rank - other.rank);
	const shown = problems.slice(0, longestTable);
	const [host, unit, word] = [
		widest(shown.map(({ hosts }) => hostCell(hosts))),
		widest(shown.map(problem => problem.unit)),
		widest(shown.map(({ mark }) => mark.word)),
	];
	const rest = problems.length - shown.length;
	const rows = shown.flatMap((problem, at) => {
		const { mark } = problem;
		const cells = `${pad(hostCell(problem.hosts), host)}  ${pad(problem.unit, unit)}  `;
		const room = look.columns - widthOf(cells) - word - 6;
		const note = room < 12 ? problem.note : clip(problem.note, room, style.glyphs.cut);
		const row = `  ${style.paint(mark.tone, style.glyphs[mark.glyph])} ${cells}${style.paint(mark.tone, pad(mark.word, word))}  ${note}`;
		const isSaid = shown[at - 1]?.hosts.join() === problem.hosts.join();
		return [row.trimEnd(), ...(isSaid ? [] : hostNames(problem.hosts, look, style))];
	});
	return rest === 0 ? rows : [...rows, `  ${style.glyphs.cut} and ${rest} more`];
}

/** The same thing on many hosts is one line, and their names are below it. */
const hostCell = (hosts: readonly string[]): string =>
	hosts.length === 1 ? (hosts[0] ?? '') : count(hosts.length, 'host');

const mostNameLines = 3;

function hostNames(hosts: readonly string[], { columns }: TextLook, { glyphs, paint }: Style): readonly string[] {
	if (hosts.length === 1) return [];
	const lines = wrap(hosts.join(', '), Math.max(20, columns - 12));
	const shown = lines.slice(0, mostNameLines);
	const left =
		hosts.length -
		shown
			.join(' ')
			.split(', ')
			.filter(name => name !== '').length;
	return [...shown, ...(left > 0 ? [`${glyphs.cut} and ${left} more`] : [])].map(line =>
		paint('quiet', `      ${line}`),
	);
}

const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(widthOf));

/** An unreachable host is one problem, not one a unit. */
function problemsOf(host: HostFold): readonly Problem[] {
	const name = visibleLine(host.name);
	if (host.state === 'unreachable' || host.state === 'locked') {
		const status = host.state === 'locked' ? 'refused' : 'unreachable';
		return [{ host: name, unit: '', ...markAndRank(status), note: visibleLine(host.because) }];
	}
	return host.units.flatMap(unit => {
		const { address, end } = unit;
		if (end === null) return [];
		const said = { host: name, unit: visibleLine(address), note: noteOf(end) };
		if (isConflict(unit, end)) return [{ ...said, mark: endMark(unit, end), rank: problemStatuses.length }];
		return problemStatuses.includes(end.status) ? [{ ...said, ...markAndRank(end.status) }] : [];
	});
}

const markAndRank = (status: UnitStatus): Pick<Problem, 'mark' | 'rank'> => ({
	mark: statusMarks[status],
	rank: problemStatuses.indexOf(status),
});

const noteOf = ({ because, exitCode }: UnitEnd): string =>
	because === '' && exitCode !== null ? `exit ${exitCode}` : visibleLine(because);

const warningLines = ({ warnings }: RunFold, { paint, glyphs }: Style): readonly string[] =>
	warnings.slice(0, longestTable).map(({ code, message, host }) => {
		const where = host === null ? '' : `${visibleLine(host)}  `;
		return `  ${paint('attention', `${glyphs.warns} warning ${visibleLine(code)}`)}  ${where}${visibleLine(message)}`;
	});

function verdict({ run, started, finished }: RunFold, { paint }: Style): string {
	const what =
		`${started?.purpose === 'undo' ? 'rollback' : 'apply'} ${visibleLine(started?.playbook ?? '')}`.trimEnd();
	const name = `hsctl ${what}  run ${run === null ? '?' : shortRun(run)}`;
	if (finished === null) return `${paint('strong', name)}  ${paint('attention', 'has not ended')}`;
	const { exitCode, durationMs } = finished;
	const tone: Tone = exitCode === 0 ? 'good' : 'bad';
	return `${paint('strong', name)}  ${paint(tone, `${exitWords(exitCode)} (exit ${exitCode})`)} in ${duration(durationMs)}`;
}

function hostTotals({ hosts }: RunFold): string {
	const done = hosts.filter(({ state }) => state === 'done').length;
	const others = [...new Set(hosts.map(({ state }) => state).filter(state => state !== 'done'))].map(
		state => `${hosts.filter(host => host.state === state).length} ${state}`,
	);
	return `${count(hosts.length, 'host')}: ${[`${done} done`, ...others].join(', ')}`;
}

function totals(fold: RunFold, style: Style): readonly string[] {
	const words = occurring(fold.counts).map(status =>
		style.paint(statusMarks[status].tone, `${fold.counts[status]} ${statusMarks[status].word}`),
	);
	return words.length === 0 ? [] : [`  units: ${words.join(', ')}`];
}

/** What a person would type now. */
export function nextCommands({ run, hosts, finished }: RunFold): readonly string[] {
	if (run === null) return [];
	if (finished === null || hosts.some(({ state }) => state === 'detached')) {
		return [`watch:     hsctl attach ${shortRun(run)}`, `stop it:   hsctl cancel ${shortRun(run)}`];
	}
	const only = [...new Set(hosts.flatMap(resumableOf))].sort();
	const report = `report:    hsctl show ${shortRun(run)}`;
	return only.length === 0 ? [report] : [report, `go on:     hsctl resume ${shortRun(run)} --only ${only.join(',')}`];
}

function resumableOf(host: HostFold): readonly string[] {
	if (host.state === 'unreachable') return ['unreachable'];
	return host.units.flatMap(({ end }) => (end === null ? [] : (resumable[end.status] ?? [])));
}
