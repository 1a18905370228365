import type { Trace } from '../../model/condition.ts';
import type { Decision, Plan, PlannedHost, PlannedUnit } from '../../model/plan.ts';
import { decisionMarks, type Mark } from '../style.ts';
import { count } from '../text/count.ts';
import { span } from '../text/duration.ts';
import { visibleLine } from '../visible.ts';

/** `12 to run, 3 to skip, 1 blocked on 8 hosts (1 unreachable)`. What is 0 is left out, but for the first two. */
export function planTotals({ counts }: Plan): string {
	const parts = totalWords
		.filter(([kind]) => counts[kind] > 0 || kind === 'run' || kind === 'skip')
		.map(([kind, words]) => `${counts[kind]} ${words}`);
	const unreachable = counts.unreachable === 0 ? '' : ` (${counts.unreachable} unreachable)`;
	return `${parts.join(', ')} on ${count(counts.hosts, 'host')}${unreachable}`;
}

/** What stood for a look at the hosts: one sentence; absent where they were looked at. */
export function savedFactsWords({ savedFacts }: Plan): string | undefined {
	if (savedFacts === undefined) return undefined;
	const { folder, oldest } = savedFacts;
	const when = oldest === undefined ? '' : `, the oldest taken ${oldest.slice(0, 16).replace('T', ' ')} UTC`;
	return `From the facts in ${visibleLine(folder)}${when}; no host was contacted.`;
}

const totalWords = Object.entries({
	run: 'to run',
	skip: 'to skip',
	done: 'done before',
	changed_since: 'changed since',
	ask: 'to ask about',
	fail: 'cannot be decided',
	unknown: 'unknown',
	conflict: 'in conflict',
	blocked: 'blocked',
	refused: 'refused',
} as const satisfies Readonly<Record<Decision['kind'], string>>).map(
	([kind, words]) => [kind as Decision['kind'], words] as const,
);

/** `debian 12 · apt`, and behind it the way where it was not the usual one. */
export function systemOf(host: Extract<PlannedHost, { reached: true }>, dot: string): string {
	const { os, packageManager } = host.facts;
	const parts = [
		visibleLine(`${os.id} ${os.version}`.trim()),
		...(packageManager === 'none' ? [] : [packageManager]),
		...(host.by === undefined ? [] : [visibleLine(host.by)]),
	];
	return parts.join(` ${dot} `);
}

/** Glyph and word of what would happen. A job that undoes or only records says so. */
export function markOf({ decision, job }: PlannedUnit): Mark {
	const mark = decisionMarks[decision.kind];
	if (decision.kind !== 'run' || job === undefined || job.purpose === 'do') return mark;
	return { ...mark, word: job.purpose };
}

/** Why, and what else a person has to know in the same breath. */
export const reasonOf = ({ decision, recheck, needs }: PlannedUnit): string =>
	visibleLine(decision.because) + (recheck ? ` (looked at again after ${needs.map(visibleLine).join(', ')})` : '');

/** The values that apply, written or not: `once`, `timeout 5m`, `as root (sudo)`, `if interrupted: auto`. */
export const effectiveWords = (unit: PlannedUnit, user: string): readonly string[] => {
	const { effective, job } = unit;
	const { own, behind } = wordsOfPhase(unit);
	return [
		...own,
		`timeout ${span(effective.timeoutMs)}`,
		effective.become === 'none' ? `as ${visibleLine(user)}` : `as root (${effective.become})`,
		...behind,
		...(job !== undefined && job.attempt > 1 ? [`attempt ${job.attempt}`] : []),
	];
};

/** What only units of its kind have. */
function wordsOfPhase(unit: PlannedUnit): { readonly own: readonly string[]; readonly behind: readonly string[] } {
	const { phase, effective, job } = unit;
	if (phase === 'pools') return { own: [], behind: poolWords(unit) };
	if (phase === 'verify')
		return { own: [], behind: job?.onFailure === undefined ? [] : [`on_failure: ${job.onFailure}`] };
	return { own: [effective.run], behind: [`if interrupted: ${effective.ifInterrupted}`] };
}

/** By the keys of the playbook that change them. */
function poolWords({ effective, job }: PlannedUnit): readonly string[] {
	const { onCustomised, onDeleted, keep, together, confirmMs = 0 } = effective;
	const confirm = confirmMs === 0 ? 'confirm: off' : `confirm: ${span(confirmMs)}, else undone`;
	if (job?.purpose === 'undo') return [confirm];
	return [
		...(onCustomised === undefined ? [] : [`on_customised: ${onCustomised}`]),
		...(onDeleted === undefined ? [] : [`on_deleted: ${onDeleted}`]),
		...(keep === undefined ? [] : [`keep: ${keep}`]),
		confirm,
		...(together === true ? ['together'] : []),
	];
}

/** A trace as lines, indented by depth: rule → fact → value: answer  file:line. */
export function traceLines(trace: readonly Trace[], arrow: string, depth = 0): readonly string[] {
	const indent = '  '.repeat(depth);
	return trace.flatMap(step => {
		if (step.kind !== 'leaf') {
			return [`${indent}${groupWords[step.kind]}: ${step.holds}`, ...traceLines(step.of, arrow, depth + 1)];
		}
		const [rule, fact, value] = [step.rule, step.fact, step.value].map(visibleLine);
		const place = `${visibleLine(step.at.file)}:${step.at.line}`;
		return [`${indent}${rule} ${arrow} ${fact} ${arrow} ${value}: ${step.holds}  ${place}`];
	});
}

const groupWords = { all: 'all of', any: 'any of', not: 'not' } as const;
