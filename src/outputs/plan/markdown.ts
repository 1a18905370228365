import type { Plan, PlannedHost, PlannedUnit } from '../../model/plan.ts';
import type { Tone } from '../style.ts';
import { groupAlike, namesOf } from '../text/names.ts';
import { visibleLine } from '../visible.ts';
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
		? JSON.stringify([systemOf(host, ''), host.warnings, host.units.map(row)])
		: JSON.stringify(host.because);

const hasWork = ([host]: readonly PlannedHost[]): boolean =>
	host === undefined || !host.reached || host.units.some(({ decision }) => !quietKinds.has(decision.kind));

const quietKinds: ReadonlySet<string> = new Set(['skip', 'done']);

function section(group: readonly PlannedHost[]): string {
	const [host] = group;
	if (host === undefined) return '';
	const names = namesOf(
		group.map(({ name }) => text(name)),
		'…',
	);
	const alike = group.length === 1 ? '' : ` (${group.length} hosts alike)`;
	if (!host.reached) return `\n**${names}**${alike}: unreachable, ${text(host.because)}\n`;
	const title = `<details${hasWork(group) ? ' open' : ''}><summary><b>${names}</b>${alike} ${text(systemOf(host, '·'))}</summary>`;
	return [
		'',
		title,
		'',
		...(host.warnings ?? []).flatMap(({ message }) => [`**warning:** ${text(message)}`, '']),
		'| | unit | action | because |',
		'|---|---|---|---|',
		...host.units.map(row),
		'',
		'</details>',
		'',
	].join('\n');
}

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

/** No word of a host or a playbook may become markup, a link or a mention. */
const text = (value: string): string =>
	visibleLine(value)
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replace(/[\\`*_{}[\]()#+!|~]/g, '\\$&')
		.replaceAll('@', '&#64;');

function fill(head: string, sections: readonly string[], maxLength: number): string {
	let out = head;
	for (const [index, part] of sections.entries()) {
		const rest = `\n… and ${sections.length - index} more; \`hsctl plan\` shows all.\n`;
		const isLast = index === sections.length - 1;
		if (out.length + part.length + (isLast ? 0 : rest.length) > maxLength) return (out + rest).slice(0, maxLength);
		out += part;
	}
	return out;
}
