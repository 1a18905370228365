import type { RunId } from '../../model/brand.ts';
import type { UnitStatus } from '../../model/outcome.ts';
import type { Style } from '../style.ts';
import { duration } from '../text/duration.ts';
import { shortRun } from '../text/short-run.ts';
import { visibleLine } from '../visible.ts';
import { endMark } from './end-mark.ts';
import { lastWords } from './printed.ts';
import type { HostFold, UnitEnd, UnitFold } from './run-fold.ts';

/** Statuses that deserve a block of their own: something happened, or refused to, and somebody has to read why. */
export const isFailure = (status: UnitStatus): boolean => failures.has(status);

const failures: ReadonlySet<UnitStatus> = new Set([
	'failed',
	'rolled_back',
	'rollback_failed',
	'unknown',
	'refused',
] satisfies UnitStatus[]);

/** `web1 hotfix.x failed in 41s: exit 100`, without a glyph. */
export function outcomeWords(unit: Pick<UnitFold, 'address' | 'action'>, end: UnitEnd): string {
	const time = end.durationMs > 0 ? ` in ${duration(end.durationMs)}` : '';
	const because = end.because === '' ? '' : `: ${visibleLine(end.because)}`;
	return `${visibleLine(unit.address)} ${endMark(unit, end).word}${time}${because}`;
}

/** The last lines that the unit printed, each behind host and unit: no line of a host stands alone. */
export const lastWordLines = (host: HostFold, unit: UnitFold, style: Style): readonly string[] =>
	lastWords(unit.printed).map(line => hostLine(host.name, unit.address, line, style));

/** `web1 hotfix.x | text`: every line that a host printed looks like this. */
export const hostLine = (host: string, unit: string, line: string, { glyphs, paint }: Style): string =>
	`${paint('quiet', `${visibleLine(host)} ${visibleLine(unit)} ${glyphs.bar}`)} ${line}`;

/** Exit code and log, then the command that shows all of it. */
export function whereToLook(
	run: RunId | null,
	host: HostFold,
	unit: UnitFold,
	end: UnitEnd,
	style: Style,
): readonly string[] {
	const code = end.exitCode === null ? [] : [`exit ${end.exitCode}`];
	const log = end.log === null ? [] : [`log ${visibleLine(host.name)}:${visibleLine(end.log)}`];
	const facts = [...code, ...log].join(` ${style.glyphs.dot} `);
	const logs = `hsctl logs ${run === null ? 'RUN' : shortRun(run)} -l ${visibleLine(host.name)} --target ${visibleLine(unit.address)}`;
	return [...(facts === '' ? [] : [facts]), ...(end.log === null ? [] : [`all of it: ${logs}`])];
}

/** What `resume --only` takes for a status; the others cannot be gone on with. */
export const resumable: Readonly<Partial<Record<UnitStatus, 'failed' | 'unreachable' | 'unknown'>>> = {
	failed: 'failed',
	rolled_back: 'failed',
	blocked: 'failed',
	unknown: 'unknown',
	unreachable: 'unreachable',
};
