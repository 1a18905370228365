import type { Plan, PlannedHost, PlannedUnit } from '../../model/plan.ts';
import { type Style, styleFor } from '../style.ts';
import { groupAlike, namesOf } from '../text/names.ts';
import { pad, widthOf } from '../text/width.ts';
import { wrap, wrapIndented } from '../text/wrap.ts';
import type { TextLook } from '../text-out.ts';
import { visibleLine } from '../visible.ts';
import { fileLines } from './file-lines.ts';
import { effectiveWords, markOf, planTotals, reasonOf, savedFactsWords, systemOf, traceLines } from './plan-words.ts';

export interface PlanTextOptions {
	/** Adds effective values, what a unit waits for, and how each decision came about. */
	readonly verbose: boolean;
	/** Adds all that differs in the files of pools. */
	readonly diffs?: boolean;
	/** Says which playbook it is: where there are several. */
	readonly titled?: boolean;
	/** It is about to be done: nothing to say about nothing being written. */
	readonly isPrelude?: boolean;
}

/** The plan for people: a line a unit, hosts that are alike together, and what it comes to. */
export function planText(plan: Plan, look: TextLook, options: PlanTextOptions): string {
	const page = { ...options, look, style: styleFor(look) };
	const groups = groupAlike(plan.hosts, host => alikeKey(host, page));
	const blocks = groups.map(group => hostBlock(group, page));
	const title = options.titled === true ? [titleOf(plan, page)] : [];
	return `${[...title, ...blocks, closing(plan, page)].map(lines => lines.join('\n')).join('\n\n')}\n`;
}

const titleOf = ({ playbook }: Plan, { style }: Page): readonly string[] => [
	`${style.paint('strong', `playbook ${visibleLine(playbook.name)}`)}  ${style.paint('quiet', visibleLine(playbook.file))}`,
];

interface Page extends PlanTextOptions {
	readonly look: TextLook;
	readonly style: Style;
}

/** Hosts are alike when nothing that is printed of them differs. */
function alikeKey(host: PlannedHost, page: Page): string {
	if (!host.reached) return JSON.stringify(['unreached', host.because]);
	const units = host.units.map(unit => [
		unit.address,
		unit.decision,
		unit.recheck,
		unit.notes,
		markOf(unit).word,
		filesOf(unit, page),
		...(page.verbose ? [effectiveWords(unit, host.facts.user), unit.needs, unit.barriers, unit.after, unit.trace] : []),
	]);
	return JSON.stringify([systemOf(host, ''), host.warnings, units]);
}

const filesOf = (unit: PlannedUnit, { verbose, diffs = false, look, style }: Page): readonly string[] =>
	fileLines(unit, { isVerbose: verbose, withDiffs: diffs }, { look, style, indent: 6 });

function hostBlock(group: readonly PlannedHost[], page: Page): readonly string[] {
	const [host] = group;
	if (host === undefined) return [];
	const { style } = page;
	const name = style.paint('strong', namesOf(group.map(visibleName), style.glyphs.cut));
	const alike = group.length === 1 ? '' : ` (${group.length} hosts alike)`;
	if (!host.reached) return [`${name}${alike}`, ...marked('unreachable', host.because, page)];
	const system = style.paint('quiet', systemOf(host, style.glyphs.dot));
	const columns = columnsFor(host.units, page);
	const nothing = host.units.length === 0 ? [`  ${style.paint('quiet', 'nothing is planned here')}`] : [];
	return [
		`${name}${alike}  ${system}`,
		...(host.warnings ?? []).flatMap(({ message }) => marked('warning', message, page)),
		...nothing,
		...host.units.flatMap(unit => unitLines(unit, host.facts.user, columns, page)),
	];
}

const visibleName = (host: PlannedHost): string => visibleLine(host.name);

/** A line of the host itself, above those of its units. */
function marked(word: string, words: string, { look, style }: Page): readonly string[] {
	const head = `  ${style.glyphs.warns} ${word}  `;
	const [first = '', ...rest] = wrap(visibleLine(words), Math.max(20, look.columns - head.length));
	return [style.paint('attention', head) + first, ...rest.map(line => ' '.repeat(head.length) + line)];
}

interface Columns {
	readonly address: number;
	readonly action: number;
	/** Where reasons start, and how wide they may be. */
	readonly start: number;
	readonly room: number;
	/** Too narrow for a column of its own: reasons go below. */
	readonly isNarrow: boolean;
}

function columnsFor(units: readonly PlannedUnit[], { look }: Page): Columns {
	const address = Math.max(...units.map(unit => widthOf(unit.address)), 0);
	const action = Math.max(...units.map(unit => markOf(unit).word.length), 0);
	const beside = 4 + address + 2 + action + 2;
	const isNarrow = look.columns - beside < 24;
	const start = isNarrow ? 6 : beside;
	return { address, action, start, room: Math.max(12, look.columns - start), isNarrow };
}

function unitLines(unit: PlannedUnit, user: string, columns: Columns, page: Page): readonly string[] {
	const { paint, glyphs } = page.style;
	const { glyph, word, tone } = markOf(unit);
	const address = pad(visibleLine(unit.address), columns.address);
	const head = `  ${paint(tone, glyphs[glyph])} ${address}  ${paint(tone, pad(word, columns.action))}`;
	const reason = wrap(reasonOf(unit), columns.room);
	const below = (line: string): string => (' '.repeat(columns.start) + line).trimEnd();
	const details = [
		...notes(unit)
			.flatMap(note => wrap(note, columns.room))
			.map(below),
		...(page.verbose ? verboseLines(unit, user, page) : []),
	].map(line => paint('quiet', line));
	const behind = [...details, ...filesOf(unit, page)];
	return columns.isNarrow
		? [head.trimEnd(), ...reason.map(below), ...behind]
		: [`${head}  ${reason[0] ?? ''}`.trimEnd(), ...reason.slice(1).map(below), ...behind];
}

const notes = (unit: PlannedUnit): readonly string[] => unit.notes.map(note => `note: ${visibleLine(note)}`);

function verboseLines(unit: PlannedUnit, user: string, { look, style }: Page): readonly string[] {
	const waits = [
		...(unit.needs.length === 0 ? [] : [`needs ${unit.needs.join(', ')}`]),
		...(unit.barriers.length === 0 ? [] : [`waits for ${unit.barriers.join(', ')} on every host`]),
		...(unit.after.length === 0 ? [] : [`only when ${unit.after.join(' or ')} changed something`]),
	];
	return [
		effectiveWords(unit, user).join(` ${style.glyphs.dot} `),
		...waits,
		...traceLines(unit.trace, style.glyphs.arrow),
	]
		.flatMap(line => wrapIndented(line, look.columns - 6))
		.map(line => `      ${line}`);
}

function closing(plan: Plan, { look, style, isPrelude }: Page): readonly string[] {
	const purpose = plan.purpose === 'undo' ? 'Plan to undo' : 'Plan';
	const text = `${purpose}: ${planTotals(plan)}.${isPrelude === true ? '' : ' Nothing was written anywhere.'}`;
	const facts = savedFactsWords(plan);
	return [
		...wrap(text, look.columns).map(line => style.paint('strong', line)),
		...(facts === undefined ? [] : wrap(facts, look.columns)),
	];
}
