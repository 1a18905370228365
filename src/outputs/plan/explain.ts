import type { Job, Observation, Plan, PlannedHost, PlannedUnit } from '../../model/plan.ts';
import { styleFor } from '../style.ts';
import { pad } from '../text/width.ts';
import { wrapIndented } from '../text/wrap.ts';
import type { TextLook } from '../text-out.ts';
import { visibleLine } from '../visible.ts';
import { fileLines } from './file-lines.ts';
import { effectiveWords, markOf, reasonOf, systemOf, traceLines } from './plan-words.ts';

/** How the decision for one unit on one host came about; `undefined` when the plan has no such host or unit. */
export function explainText(plan: Plan, hostName: string, address: string, look: TextLook): string | undefined {
	const host = plan.hosts.find(({ name }) => name === hostName);
	if (host === undefined) return undefined;
	if (!host.reached) return `${visibleLine(host.name)} is unreachable: ${visibleLine(host.because)}\n`;
	const unit = host.units.find(planned => planned.address === address);
	return unit === undefined ? undefined : explanation(host, unit, look);
}

function explanation(host: Extract<PlannedHost, { reached: true }>, unit: PlannedUnit, look: TextLook): string {
	const style = styleFor(look);
	const { paint, glyphs } = style;
	const { glyph, word, tone } = markOf(unit);
	const facts = rows(host, unit, glyphs).flatMap(([label, lines]) =>
		lines
			.flatMap(line => wrapIndented(line, look.columns - labelWidth - 2))
			.map((line, index) => `  ${paint('quiet', pad(index === 0 ? label : '', labelWidth))}${line}`),
	);
	const head = `${visibleLine(unit.address)} on ${visibleLine(host.name)}  ${systemOf(host, glyphs.dot)}`;
	const files = fileLines(unit, { isVerbose: true, withDiffs: true }, { look, style, indent: 2 });
	return [
		paint('strong', head),
		`  ${paint(tone, `${glyphs[glyph]} ${word}`)}: ${reasonOf(unit)}`,
		'',
		...facts,
		...(files.length === 0 ? [] : ['', ...files]),
		'',
	].join('\n');
}

const labelWidth = 13;

function rows(
	host: Extract<PlannedHost, { reached: true }>,
	unit: PlannedUnit,
	glyphs: { readonly arrow: string; readonly dot: string },
): readonly (readonly [string, readonly string[]])[] {
	const { job } = unit;
	const all: readonly (readonly [string, readonly string[]])[] = [
		['why', traceLines(unit.trace, glyphs.arrow)],
		['notes', unit.notes.map(visibleLine)],
		['written at', [`${visibleLine(unit.at.file)}:${unit.at.line}`]],
		['values', [effectiveWords(unit, host.facts.user).join(` ${glyphs.dot} `)]],
		['needs', unit.needs],
		['waits for', unit.barriers.map(barrier => `${barrier} on every host`)],
		['after', unit.after.map(address => `${address}, when it changed something`)],
		['script', job === undefined || job.pool !== undefined ? [] : [scriptWords(job)]],
		['commands', job === undefined ? [] : commandWords(job)],
		['job', job === undefined ? [] : [`${job.key.slice(0, 12)}, attempt ${job.attempt}`]],
		['restarts', job?.restarts.map(visibleLine) ?? []],
		[
			'seen',
			unit.observations.filter(isShort).map(({ fact, printed }) => `${visibleLine(fact)}: ${visibleLine(printed)}`),
		],
	];
	return all.filter(([, lines]) => lines.length > 0);
}

const scriptWords = ({ script }: Job): string => `${visibleLine(script.path)}  ${script.digest.slice(0, 19)}`;

/** What the host is asked to run beside the files, in its order. */
function commandWords({ pool }: Job): readonly string[] {
	if (pool?.kind !== 'apply') return [];
	return pool.commands.map(command => `${command.kind}: ${visibleLine(command.text)}`);
}

/** What was seen of the files of a pool is told with the files. */
const isShort = ({ fact }: Observation): boolean => !fact.startsWith('files of ');
