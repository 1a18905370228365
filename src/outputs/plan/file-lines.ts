import type { PlannedFile, PlannedUnit } from '../../model/plan.ts';
import type { UnifiedDiff } from '../../model/unified-diff.ts';
import { fileMarks, type Style, type Tone } from '../style.ts';
import { count } from '../text/count.ts';
import { clip, pad, widthOf } from '../text/width.ts';
import { breakAnywhere, wrap } from '../text/wrap.ts';
import type { TextLook } from '../text-out.ts';
import { visibleLine } from '../visible.ts';

/** How much is said of the files of a pool. */
export interface FileDetail {
	/** Also files that stay as they are, and what tells a customised file from others. */
	readonly isVerbose: boolean;
	/** All of what differs; else the beginning, and only of files that somebody has changed. */
	readonly withDiffs: boolean;
}

export interface FilePage {
	readonly look: TextLook;
	readonly style: Style;
	/** Cells in front of every line. */
	readonly indent: number;
}

/** The files of a pool: a line each, and what differs below it. None for other units. */
export function fileLines(unit: PlannedUnit, detail: FileDetail, page: FilePage): readonly string[] {
	const files = unitFiles(unit, detail.isVerbose);
	const shown = detail.isVerbose ? files : files.toSorted(byInTheWay).slice(0, mostFiles);
	const columns = columnsFor(shown, page);
	const lines = shown.flatMap(file => [
		...headLines(file, columns, page),
		...(detail.isVerbose ? sumLines(file, page) : []),
		...diffLines(file, detail, page),
	]);
	const rest = files.length - shown.length;
	return rest === 0 ? lines : [...lines, quietLine(`and ${rest} more: -v shows all`, page.indent, page)];
}

/** Those that a person wants to see: of a pool with nothing to be done its files say nothing. */
export function unitFiles({ decision, files = [] }: PlannedUnit, isVerbose: boolean): readonly PlannedFile[] {
	if (isVerbose) return files;
	if (decision.kind === 'skip' || decision.kind === 'done') return [];
	return files.filter(({ action }) => action !== 'same');
}

const mostFiles = 25;

/** What keeps the pool from being changed comes first: it must not be cut off. */
const byInTheWay = (one: PlannedFile, other: PlannedFile): number => rank(one) - rank(other);

const rank = ({ action }: PlannedFile): number => (inTheWay.has(action) ? 0 : 1);

const inTheWay: ReadonlySet<PlannedFile['action']> = new Set(['refuse', 'fail', 'keep', 'skip']);

interface Columns {
	readonly path: number;
	readonly action: number;
	/** Too narrow for a column of their own: reasons go below. */
	readonly isNarrow: boolean;
}

function columnsFor(files: readonly PlannedFile[], { look, indent }: FilePage): Columns {
	const path = Math.max(0, ...files.map(file => widthOf(pathOf(file))));
	const action = Math.max(0, ...files.map(file => fileMarks[file.action].word.length));
	return { path, action, isNarrow: look.columns - (indent + 2 + path + 2 + action + 2) < leastRoom };
}

/** Cells for a reason that people still like to read. */
const leastRoom = 30;

const pathOf = ({ dest, link }: PlannedFile): string =>
	visibleLine(link === undefined ? dest : `${dest} (by the link ${link})`);

function headLines(file: PlannedFile, columns: Columns, { look, style, indent }: FilePage): readonly string[] {
	const { glyph, word, tone } = fileMarks[file.action];
	const sign = `${' '.repeat(indent)}${style.paint(tone, style.glyphs[glyph])} `;
	if (columns.isNarrow) {
		const whole = `${pathOf(file)}  ${word}  ${visibleLine(file.because)}`;
		if (widthOf(whole) <= look.columns - indent - 2) return [sign + whole];
		const [first = '', ...more] = wrap(`${pathOf(file)}  ${word}`, Math.max(12, look.columns - indent - 2));
		const reason = wrap(visibleLine(file.because), Math.max(12, look.columns - indent - 4));
		return [
			sign + first,
			...more.map(line => ' '.repeat(indent + 2) + line),
			...reason.map(line => ' '.repeat(indent + 4) + line),
		];
	}
	const start = indent + 2 + columns.path + 2 + columns.action + 2;
	const [first = '', ...more] = wrap(visibleLine(file.because), look.columns - start);
	const cells = `${pad(pathOf(file), columns.path)}  ${style.paint(tone, pad(word, columns.action))}  `;
	return [`${sign}${cells}${first}`, ...more.map(line => ' '.repeat(start) + line)];
}

/** To be copied into a `baseline`. */
function sumLines({ customised, was }: PlannedFile, page: FilePage): readonly string[] {
	return customised === true && was !== undefined
		? [quietLine(`is now ${was.replace(/^sha256:/, '')}`, page.indent + 2, page)]
		: [];
}

const quietLine = (text: string, indent: number, { style }: FilePage): string =>
	' '.repeat(indent) + style.paint('quiet', text);

/** Lines of one file that are shown where nobody has asked for all of them. */
const mostLines = 16;

function diffLines({ diff, customised }: PlannedFile, detail: FileDetail, page: FilePage): readonly string[] {
	if (diff === undefined || (!detail.withDiffs && customised !== true)) return [];
	const indent = page.indent + 4;
	if (diff.kind === 'unshown')
		return [quietLine(`what differs is not shown: ${visibleLine(diff.because)}`, indent, page)];
	const lines = bodyOf(diff);
	const shown = detail.withDiffs ? lines : lines.slice(0, mostLines);
	return [
		...shown.flatMap(line => diffLine(line, indent, detail, page)),
		...restLines(diff, lines.length - shown.length, page),
	];
}

/** Without its two lines of names: the path stands above it. */
const bodyOf = ({ lines }: UnifiedDiff & { readonly kind: 'text' }): readonly string[] => lines.slice(2);

function restLines(
	{ omitted }: UnifiedDiff & { readonly kind: 'text' },
	cut: number,
	page: FilePage,
): readonly string[] {
	const indent = page.indent + 4;
	if (cut > 0) return [quietLine(`and ${count(cut + omitted, 'more line')}: --diff shows them`, indent, page)];
	return omitted > 0 ? [quietLine(`and ${count(omitted, 'more line')}, which no plan keeps`, indent, page)] : [];
}

/** What is cut would stand in the way of reading; who asks for all gets all. */
function diffLine(
	line: string,
	indent: number,
	{ withDiffs }: FileDetail,
	{ look, style }: FilePage,
): readonly string[] {
	const text = visibleLine(line.replaceAll('\t', '    '));
	const room = Math.max(12, look.columns - indent);
	const pieces = withDiffs ? breakAnywhere(text, room) : [clip(text, room, style.glyphs.cut)];
	return pieces.map(piece => (piece === '' ? '' : ' '.repeat(indent) + style.paint(toneOf(line), piece)));
}

function toneOf(line: string): Tone {
	switch (line[0]) {
		case '+':
			return 'good';
		case '-':
			return 'bad';
		case '@':
			return 'change';
		case '\\':
			return 'quiet';
		default:
			return 'plain';
	}
}
