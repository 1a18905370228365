import type { HostWarning } from '../model/plan.ts';
import type { HostObservation } from './observation.ts';

/** What a person should know of a host before anything is done there. */
export function hostWarnings({
	facts,
	skewMs,
	forgotten,
}: HostObservation & { readonly reached: true }): readonly HostWarning[] {
	const warnings: HostWarning[] = [];
	if (skewMs !== undefined && Math.abs(skewMs) > mostSkewMs) warnings.push(clockSkew(skewMs));
	if (forgotten !== undefined && forgotten.size > 0) warnings.push(memoryLost(facts.state.path, forgotten));
	return warnings;
}

/** Below it, times of two machines read side by side still make sense. */
const mostSkewMs = 60_000;

const clockSkew = (skewMs: number): HostWarning => ({
	code: 'clock_skew',
	message: `its clock is ${spoken(Math.abs(skewMs))} ${skewMs < 0 ? 'behind' : 'ahead of'} this machine's`,
});

/** One unit is enough: hosts whose clocks differ alike read alike. */
function spoken(ms: number): string {
	const minutes = Math.round(ms / 60_000);
	if (minutes < 2 * 60) return minutes === 1 ? 'a minute' : `${minutes} minutes`;
	const hours = Math.round(minutes / 60);
	return hours < 2 * 24 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}

function memoryLost(folder: string, forgotten: ReadonlyMap<string, string>): HostWarning {
	const units = [...forgotten.keys()];
	const more = units.length - mostNames;
	const names = more > 0 ? [...units.slice(0, mostNames), `${more} more`] : units;
	const list = names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
	const last = [...forgotten.values()].toSorted().at(-1) ?? '';
	const when = `${units.length === 1 ? '' : 'the last '}on ${last.slice(0, 16).replace('T', ' ')} UTC`;
	return {
		code: 'memory_lost',
		message: `${folder} remembers nothing of ${list}, which this machine has seen done there (${when}): conditions decide`,
	};
}

const mostNames = 3;
