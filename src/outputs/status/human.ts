import type { HostName, RunId } from '../../model/brand.ts';
import type { HostStatus, KeptChange, UnitOnHost } from '../../model/host-status.ts';
import type { Result } from '../../model/result.ts';
import { type Mark, type Style, styleFor } from '../style.ts';
import { count } from '../text/count.ts';
import { elapsed } from '../text/duration.ts';
import { groupAlike, namesOf } from '../text/names.ts';
import { shortRun } from '../text/short-run.ts';
import { pad, widthOf } from '../text/width.ts';
import { wrap } from '../text/wrap.ts';
import type { TextLook } from '../text-out.ts';
import { visibleLine } from '../visible.ts';
import { openWords } from './open-words.ts';

/** What each host said of itself, or why it said nothing. */
export type StatusAnswers = readonly { readonly host: HostName; readonly answer: Result<HostStatus, string> }[];

/** What needs somebody first, then units and what can be undone, a line each; hosts that are alike together; at the end what it comes to. */
export function statusText(answers: StatusAnswers, look: TextLook): string {
	const page = { look, style: styleFor(look) };
	const groups = groupAlike(answers, ({ answer }) => alikeKey(answer));
	const blocks = groups.map(group => hostBlock(group, page));
	return `${[...blocks, wrap(totals(answers), look.columns).map(line => page.style.paint('strong', line))].map(lines => lines.join('\n')).join('\n\n')}\n`;
}

interface Page {
	readonly look: TextLook;
	readonly style: Style;
}

/** The same units by the same runs are alike, at whatever moment each host was done. */
const alikeKey = (answer: Result<HostStatus, string>): string =>
	JSON.stringify(answer, (key, value) =>
		key === 'finishedAt' || key === 'committedAt' || key === 'heldMs' || key === 'pid' || key === 'fence'
			? undefined
			: value,
	);

function hostBlock(group: StatusAnswers, page: Page): readonly string[] {
	const { style } = page;
	const [first] = group;
	if (first === undefined) return [];
	const alike = group.length === 1 ? '' : ` (${group.length} hosts alike)`;
	const names = group.map(({ host }) => visibleLine(host));
	const title = `${style.paint('strong', namesOf(names, style.glyphs.cut))}${alike}`;
	const { answer } = first;
	if (!answer.ok) return [title, ...marked('unreachable', answer.error, page)];
	const { units, undoable } = answer.value;
	const rows = named([...units.map(unitRow), ...undoable.map(keptRow)]).toSorted(byName);
	const lines = [...attention(answer.value, page), ...tableLines(rows, page)];
	return [title, ...(lines.length === 0 ? [`  ${style.paint('quiet', 'nothing has been done here')}`] : lines)];
}

/** What needs somebody, or is just going on. */
const attention = ({ lock, open, owedRestarts, damaged }: HostStatus, page: Page): readonly string[] => [
	...(lock.kind === 'free'
		? []
		: marked(
				'locked',
				`by run ${shortRun(lock.run)} of ${lock.user} on ${lock.controller} for ${elapsed(lock.heldMs)}${lock.isOrphaned ? '; its supervisor is dead, a script of it lives' : ''}`,
				page,
			)),
	...open.flatMap(change =>
		marked(
			change.worker === 'live' ? 'at work' : 'interrupted',
			`${change.unit} of run ${shortRun(change.run)}: ${openWords(change)}`,
			page,
		),
	),
	...owedRestarts.flatMap(({ service, run }) =>
		marked('owed', `a restart of ${service}, since run ${shortRun(run)}; the next run there does it`, page),
	),
	...(damaged.length === 0
		? []
		: marked('damaged', `${count(damaged.length, 'receipt')} cannot be read: ${damaged.join(', ')}`, page)),
];

function marked(word: string, words: string, { look, style }: Page): readonly string[] {
	const head = `  ${style.glyphs.warns} ${pad(word, 11)}  `;
	const [first = '', ...rest] = wrap(visibleLine(words), Math.max(20, look.columns - head.length));
	return [style.paint('attention', head) + first, ...rest.map(line => ' '.repeat(head.length) + line)];
}

interface Row {
	readonly unit: string;
	readonly playbook: string;
	readonly mark: Mark;
	/** RFC 3339; absent: unknown. */
	readonly at?: string;
	readonly run: RunId;
	readonly words: string;
}

const marks: Readonly<Record<UnitOnHost['status'], Mark>> = {
	done: { glyph: 'same', word: 'done', tone: 'quiet' },
	failed: { glyph: 'failed', word: 'failed', tone: 'bad' },
	undone: { glyph: 'back', word: 'undone', tone: 'attention' },
	running: { glyph: 'runs', word: 'running', tone: 'change' },
	unknown: { glyph: 'asks', word: 'unknown', tone: 'bad' },
};

const unitRow = (one: UnitOnHost): Row => ({
	unit: one.unit,
	playbook: one.playbook,
	mark: marks[one.status],
	...(one.finishedAt === undefined ? {} : { at: one.finishedAt }),
	run: one.run,
	words: endWords(one),
});

function endWords({ status, purpose, why, exitCode }: UnitOnHost): string {
	if (status === 'unknown') return 'nobody saw its end';
	if (why === undefined) return '';
	const words = exitCode === undefined ? (ends[why] ?? why.replaceAll('_', ' ')) : `exit ${exitCode}`;
	return purpose === undefined ? words : `its undo: ${words}`;
}

const ends: Readonly<Record<string, string>> = {
	rolled_back: 'every file is as it was',
	rollback_failed: 'its files are as they were, but could not be put into use again',
};

const keptRow = ({ unit, playbook, committedAt, run, files }: KeptChange): Row => ({
	unit,
	playbook,
	mark: { glyph: 'back', word: 'backup', tone: 'quiet' },
	...(committedAt === undefined ? {} : { at: committedAt }),
	run,
	words: `${count(files, 'file')}, can be undone`,
});

/** What is kept of a unit comes below it. */
const byName = (one: Row, other: Row): number => (one.unit < other.unit ? -1 : one.unit > other.unit ? 1 : 0);

/** The playbook is told where several have put a unit of the same name there. */
function named(rows: readonly Row[]): readonly Row[] {
	const playbooks = new Map<string, Set<string>>();
	for (const { unit, playbook } of rows) playbooks.set(unit, (playbooks.get(unit) ?? new Set()).add(playbook));
	return rows.map(row =>
		(playbooks.get(row.unit)?.size ?? 0) > 1 ? { ...row, unit: `${row.unit} (${row.playbook})` } : row,
	);
}

function tableLines(rows: readonly Row[], { look, style }: Page): readonly string[] {
	const address = Math.max(0, ...rows.map(({ unit }) => widthOf(visibleLine(unit))));
	const action = Math.max(0, ...rows.map(({ mark }) => mark.word.length));
	const middle = action + 2 + whenWidth + 2 + runWidth;
	const isNarrow = look.columns < 4 + address + 2 + middle;
	const start = (isNarrow ? 6 : 4 + address + 2) + middle + 2;
	return rows.flatMap(row => {
		const { glyph, word, tone } = row.mark;
		const head = `  ${style.paint(tone, style.glyphs[glyph])} ${pad(visibleLine(row.unit), isNarrow ? 0 : address)}`;
		const cells = [
			style.paint(tone, pad(word, action)),
			pad(when(row.at), whenWidth),
			pad(shortRun(row.run), runWidth),
		];
		const line = visibleLine(row.words);
		const isBeside = line !== '' && start + widthOf(line) <= look.columns;
		const lines = isNarrow
			? [head, `      ${cells.join('  ')}${isBeside ? `  ${line}` : ''}`]
			: [`${head}  ${cells.join('  ')}${isBeside ? `  ${line}` : ''}`];
		const below =
			line === '' || isBeside ? [] : wrap(line, Math.max(20, look.columns - 6)).map(part => `      ${part}`);
		return [...lines, ...below].map(text => text.trimEnd());
	});
}

const whenWidth = 16;
const runWidth = 10;

const when = (at: string | undefined): string => (at === undefined ? '' : at.slice(0, whenWidth).replace('T', ' '));

function totals(answers: StatusAnswers): string {
	const reached = answers.flatMap(({ answer }) => (answer.ok ? [answer.value] : []));
	const sum = (of: (status: HostStatus) => number): number => reached.reduce((total, one) => total + of(one), 0);
	const parts = [
		[answers.length - reached.length, 'not reached', 'not reached'],
		[sum(({ lock }) => (lock.kind === 'held' ? 1 : 0)), 'locked', 'locked'],
		[sum(({ open }) => open.length), 'change is open', 'changes are open'],
		[sum(({ owedRestarts }) => owedRestarts.length), 'restart is owed', 'restarts are owed'],
		[sum(({ units }) => units.filter(({ status }) => status === 'failed').length), 'unit failed', 'units failed'],
		[sum(({ units }) => units.filter(({ status }) => status === 'unknown').length), 'unit unknown', 'units unknown'],
		[sum(({ undoable }) => undoable.length), 'change can be undone', 'changes can be undone'],
	] as const;
	const words = parts.flatMap(([amount, one, many]) =>
		amount === 0 ? [] : [`${amount} ${amount === 1 ? one : many}`],
	);
	return `${count(answers.length, 'host')}${words.length === 0 ? '' : `: ${words.join(', ')}`}. Nothing was written anywhere.`;
}
