import type { FileAction, Plan, PlannedHost, PlannedUnit } from '../../model/plan.ts';
import type { UnifiedDiff } from '../../model/unified-diff.ts';
import { fileMarks, type Tone } from '../style.ts';
import { count } from '../text/count.ts';
import { groupAlike, namesOf } from '../text/names.ts';
import { visibleLine } from '../visible.ts';
import { unitFiles } from './file-lines.ts';
import { markOf, planTotals, reasonOf, savedFactsWords, systemOf } from './plan-words.ts';

/** GitHub takes 65,536 characters in a comment, GitLab a million; the rest is for what a bot puts around it. */
export const commentSize = 60_000;

/** For a comment on a pull request: what changes first, hosts alike together, never longer than `maxLength` characters. */
export function planMarkdown(plan: Plan, maxLength: number = commentSize): string {
	const facts = savedFactsWords(plan);
	const head = [
		`### hsctl plan: ${text(plan.playbook.name)}`,
		'',
		`**${planTotals(plan)}.** Nothing was written anywhere.`,
		...(facts === undefined ? [] : ['', text(facts)]),
		'',
	];
	const groups = groupAlike(plan.hosts, alikeKey);
	const sections = [...groups.filter(hasWork), ...groups.filter(group => !hasWork(group))].map(section);
	return fill(head.join('\n'), sections, maxLength);
}

const alikeKey = (host: PlannedHost): string =>
	host.reached
		? JSON.stringify([
				systemOf(host, ''),
				host.warnings,
				host.units.map(row),
				host.units.map(filesOf),
				host.units.map(diffsOf),
			])
		: JSON.stringify(host.because);

const hasWork = ([host]: readonly PlannedHost[]): boolean =>
	host === undefined || !host.reached || host.units.some(({ decision }) => !quietKinds.has(decision.kind));

const quietKinds: ReadonlySet<string> = new Set(['skip', 'done']);

/** Text for hosts that are alike, and the same for where there is no room for what differs in files. */
interface Section {
	readonly full: string;
	readonly brief: string;
}

function section(group: readonly PlannedHost[]): Section {
	const [host] = group;
	if (host === undefined) return { full: '', brief: '' };
	const names = namesOf(
		group.map(({ name }) => text(name)),
		'…',
	);
	const alike = group.length === 1 ? '' : ` (${group.length} hosts alike)`;
	if (!host.reached) {
		const line = `\n**${names}**${alike}: unreachable, ${text(host.because)}\n`;
		return { full: line, brief: line };
	}
	const title = `<details${hasWork(group) ? ' open' : ''}><summary><b>${names}</b>${alike} ${text(systemOf(host, '·'))}</summary>`;
	const table = [
		'',
		title,
		'',
		...(host.warnings ?? []).flatMap(({ message }) => [`**warning:** ${text(message)}`, '']),
		'| | unit | action | because |',
		'|---|---|---|---|',
		...host.units.map(row),
		'',
		...host.units.flatMap(filesOf),
	].join('\n');
	const diffs = host.units.flatMap(diffsOf).join('\n');
	const end = '\n</details>\n';
	return {
		full: `${table}${diffs}${end}`,
		brief: `${table}${diffs === '' ? '' : '\nWhat differs is left out here: `hsctl plan --diff` shows it.\n'}${end}`,
	};
}

/** The files of a pool, as a table of its own. */
function filesOf(unit: PlannedUnit): readonly string[] {
	const files = unitFiles(unit, false);
	if (files.length === 0) return [];
	const rows = files.slice(0, mostFiles).map(({ dest, link, action, because }) => {
		const { tone, word } = fileMarks[action];
		const path = text(dest) + (link === undefined ? '' : ` (by the link ${text(link)})`);
		return `| ${fileSigns[action] ?? signs[tone]} | ${path} | ${word} | ${text(because)} |`;
	});
	const rest = files.length - rows.length;
	return [
		`| | file of ${text(unit.address)} | action | because |`,
		'|---|---|---|---|',
		...rows,
		...(rest === 0 ? [] : [`| | and ${rest} more | | |`]),
		'',
	];
}

const mostFiles = 100;

function diffsOf(unit: PlannedUnit): readonly string[] {
	return unitFiles(unit, false)
		.slice(0, mostFiles)
		.flatMap(({ dest, diff }) => (diff?.kind === 'text' && diff.lines.length > 0 ? [diffBlock(dest, diff)] : []));
}

/** A fence that is longer than any in it: no line can end the block. */
function diffBlock(dest: string, { lines, omitted }: UnifiedDiff & { readonly kind: 'text' }): string {
	const shown = lines.slice(0, mostLines).map(line => visibleLine(line.replaceAll('\t', '    ')));
	const rest = lines.length - shown.length + omitted;
	const ticks = Math.max(2, ...shown.flatMap(line => line.match(/`+/g) ?? []).map(run => run.length));
	const fence = '`'.repeat(ticks + 1);
	return [
		'',
		`<details><summary>what differs in ${text(dest)}</summary>`,
		'',
		`${fence}diff`,
		...shown,
		...(rest === 0 ? [] : [`… and ${count(rest, 'more line')}`]),
		fence,
		'',
		'</details>',
		'',
	].join('\n');
}

const mostLines = 120;

function row(unit: PlannedUnit): string {
	const { word, tone } = markOf(unit);
	const because = [reasonOf(unit), ...unit.notes.map(note => `note: ${visibleLine(note)}`)].map(text).join('<br>');
	return `| ${signs[tone]} | ${text(unit.address)} | ${word} | ${because} |`;
}

const signs: Readonly<Record<Tone, string>> = {
	plain: '',
	strong: '',
	good: '',
	quiet: '=',
	change: '~',
	attention: '!',
	bad: '✗',
};

/** As in the terminal: what comes and what goes is no mere change. */
const fileSigns: Readonly<Partial<Record<FileAction, string>>> = { create: '+', remove: '-' };

/** No word of a host or a playbook may become markup, a link or a mention. */
const text = (value: string): string =>
	visibleLine(value)
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replace(/[\\`*_{}[\]()#+!|~]/g, '\\$&')
		.replaceAll('@', '&#64;');

function fill(head: string, sections: readonly Section[], maxLength: number): string {
	let out = head;
	for (const [index, { full, brief }] of sections.entries()) {
		const rest = `\n… and ${sections.length - index} more; \`hsctl plan\` shows all.\n`;
		const isLast = index === sections.length - 1;
		const room = maxLength - out.length - (isLast ? 0 : rest.length);
		if (brief.length > room) return (out + rest).slice(0, maxLength);
		out += full.length > room ? brief : full;
	}
	return out;
}
