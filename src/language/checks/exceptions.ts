import type { Selection } from '../../model/selection.ts';
import type { Problem } from '../report.ts';
import type { CheckContext } from './context.ts';
import { readHosts } from './read-hosts.ts';
import { refuseReferences } from './references.ts';

const dayMs = 24 * 3_600_000;
/** Time enough to decide about an exception before it ends. */
const soonDays = 14;

/** An expired exception is said and not applied; one that ends soon is said in time. */
export function checkExceptions(fallback: Selection, context: CheckContext): void {
	for (const [id, exception] of Object.entries(context.document.exceptions ?? {})) {
		readHosts(exception.hosts, ['exceptions', id, 'hosts'], context, fallback);
		refuseReferences(exception.reason, ['exceptions', id, 'reason'], context.report);
		if (exception.expires === undefined || exception.enabled === false) continue;
		if (context.parts.mayHave(['exceptions', id], 'enabled')) continue;
		const problem = expiryProblem(id, exception.expires, context.today);
		if (problem !== undefined) context.report.add({ ...problem, path: ['exceptions', id, 'expires'] });
	}
}

function expiryProblem(id: string, expires: string, today: Date): Omit<Problem, 'path'> | undefined {
	const end = endOf(expires);
	if (end === undefined)
		return {
			code: 'HS1308',
			message: `\`${expires}\` is not a day of the calendar`,
			hint: 'write for example "2026-12-31" or "2026-12-31T00:00:00Z"',
		};
	const days = Math.ceil((end - today.getTime()) / dayMs);
	if (days <= 0)
		return {
			code: 'HS1701',
			severity: 'warning',
			message: `the exception \`${id}\` expired on ${expires} and is not applied`,
			hint: 'extend it, or remove it',
		};
	if (days > soonDays) return undefined;
	return {
		code: 'HS1702',
		severity: 'warning',
		message: `the exception \`${id}\` expires in ${days} day${days === 1 ? '' : 's'}`,
		hint: 'extend it in time, or let it end',
	};
}

/** The first moment after it. A day without a time lasts until its end, in UTC. */
function endOf(text: string): number | undefined {
	const day = text.slice(0, 10);
	const midnight = Date.parse(`${day}T00:00:00Z`);
	// Date.parse takes 31 February for 3 March.
	if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return undefined;
	const time = text === day ? midnight + dayMs : Date.parse(text);
	return Number.isNaN(time) ? undefined : time;
}
