import type { Diagnostic, Span } from '../../model/diagnostic.ts';
import { type Style, styleFor, type Tone } from '../style.ts';
import { count } from '../text/count.ts';
import { clip, padStart, widthOf } from '../text/width.ts';
import { wrap } from '../text/wrap.ts';
import type { TextLook } from '../text-out.ts';
import { visible, visibleLine } from '../visible.ts';
import { countProblems, filesOf, inOrder } from './diagnostic-format.ts';

/** For people: the place, the problem, the line with a caret, the cure; at the end how many there are. */
export function humanDiagnostics(diagnostics: readonly Diagnostic[], files: readonly string[], look: TextLook): string {
	const style = styleFor(look);
	const blocks = inOrder(diagnostics).map(diagnostic => block(diagnostic, look, style));
	return `${[...blocks, summary(diagnostics, files, style)].join('\n\n')}\n`;
}

function block({ severity, code, message, at, hint }: Diagnostic, look: TextLook, style: Style): string {
	const place = at === undefined ? '' : `${visibleLine(at.file)}:${at.line}:${at.column}: `;
	const head = `${style.paint('strong', place)}${style.paint(tones[severity], `${severity} ${code}`)}: ${visibleLine(message)}`;
	const gutter = ' '.repeat(at === undefined ? 1 : String(at.line).length + 1);
	return [head, ...(at === undefined ? [] : excerpt(at, look, style)), ...help(hint, gutter, look, style)].join('\n');
}

const tones: Readonly<Record<Diagnostic['severity'], Tone>> = { error: 'bad', warning: 'attention' };

/** The source line with carets under the stretch that is meant. */
function excerpt(at: Span, look: TextLook, style: Style): readonly string[] {
	const number = String(at.line);
	const room = Math.max(10, look.columns - number.length - 5);
	const { line, before, under } = aroundCaret(at, room, style.glyphs.cut);
	const carets = ' '.repeat(before) + '^'.repeat(Math.max(1, Math.min(under, room - before)));
	return [
		style.paint('quiet', ` ${number} | `) + line,
		style.paint('quiet', ` ${padStart('', number.length)} | `) + style.paint('attention', carets),
	].map(text => text.trimEnd());
}

interface Excerpt {
	readonly line: string;
	/** Cells before the caret, and cells that the stretch takes. */
	readonly before: number;
	readonly under: number;
}

/** A line that is too long loses its beginning, so that the caret stays in sight. */
function aroundCaret({ sourceLine, line, column, endLine, endColumn }: Span, room: number, cut: string): Excerpt {
	const source = sourceLine.replace(/\r?\n?$/, '');
	const stretchEnd = endLine > line ? source.length : Math.max(column, endColumn - 1);
	const front = flat(source.slice(0, column - 1), 0);
	const stretch = flat(source.slice(column - 1, stretchEnd), widthOf(front));
	const shown = dropLeft(front, Math.floor((room * 2) / 3), cut);
	const before = widthOf(shown) + Math.max(0, column - 1 - source.length);
	const whole = shown + stretch + flat(source.slice(stretchEnd), widthOf(front + stretch));
	return { line: clip(whole, room, cut), before, under: widthOf(stretch) };
}

const tabStop = 4;

/** Visible and without tabs, given how many cells stand before it. */
function flat(text: string, before: number): string {
	let out = '';
	for (const part of visible(text).replaceAll('\n', '\\n').split(/(\t)/)) {
		out += part === '\t' ? ' '.repeat(tabStop - ((before + widthOf(out)) % tabStop)) : part;
	}
	return out;
}

function dropLeft(text: string, width: number, cut: string): string {
	if (widthOf(text) <= width) return text;
	const graphemes = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
	let cells = widthOf(cut);
	const start = graphemes.findLastIndex(segment => {
		cells += widthOf(segment);
		return cells > width;
	});
	return cut + graphemes.slice(start + 1).join('');
}

function help(hint: string | undefined, gutter: string, look: TextLook, style: Style): readonly string[] {
	if (hint === undefined) return [];
	const start = `${gutter} = help: `;
	const [first, ...rest] = wrap(visibleLine(hint), Math.max(20, look.columns - start.length));
	return [style.paint('strong', start) + first, ...rest.map(line => ' '.repeat(start.length) + line)];
}

function summary(diagnostics: readonly Diagnostic[], files: readonly string[], style: Style): string {
	const amount = filesOf(diagnostics, files).length;
	// What is wrong with the words of a command line is in no file.
	const where = amount === 0 ? '' : ` in ${count(amount, 'file')}`;
	if (diagnostics.length === 0) return style.paint('good', `No problems${where}`);
	const isWrong = diagnostics.some(({ severity }) => severity === 'error');
	return style.paint(isWrong ? 'bad' : 'attention', `${countProblems(diagnostics)}${where}`);
}
