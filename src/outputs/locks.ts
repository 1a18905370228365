import type { HostName } from '../model/brand.ts';
import { type HostLock, lockId } from '../model/host-lock.ts';
import type { Result } from '../model/result.ts';
import { styleFor } from './style.ts';
import { count } from './text/count.ts';
import { elapsed } from './text/duration.ts';
import { jsonDocument } from './text/json.ts';
import { pad, widthOf } from './text/width.ts';
import type { TextLook } from './text-out.ts';
import { visibleLine } from './visible.ts';

/** What each host said of its lock, or why it said nothing. */
export type LockAnswers = readonly { readonly host: HostName; readonly answer: Result<HostLock, string> }[];

/** Held locks, a line each; of the free ones how many there are. */
export function locksText(answers: LockAnswers, look: TextLook): string {
	const { paint } = styleFor(look);
	const rows = answers.flatMap(({ host, answer }) =>
		answer.ok && answer.value.kind === 'held' ? [row(host, answer.value)] : [],
	);
	const free = answers.filter(({ answer }) => answer.ok && answer.value.kind === 'free').length;
	const widths = head.map((title, column) =>
		Math.max(...[head, ...rows].map(cells => widthOf(cells[column] ?? title))),
	);
	const line = (cells: readonly string[]): string =>
		cells
			.map((cell, column) => pad(cell, widths[column] ?? 0))
			.join('  ')
			.trimEnd();
	const table = rows.length === 0 ? [] : [paint('strong', line(head)), ...rows.map(line), ''];
	return `${[...table, `${count(rows.length, 'lock')} held, ${free} free`].join('\n')}\n`;
}

const head: readonly string[] = ['HOST', 'FOR', 'BY', 'STATE', 'LOCK'];

const row = (host: HostName, lock: HostLock & { readonly kind: 'held' }): readonly string[] => [
	visibleLine(host),
	elapsed(lock.heldMs),
	visibleLine(`${lock.user} on ${lock.controller}`),
	lock.isOrphaned ? 'its supervisor is dead, a script of it lives' : 'working',
	visibleLine(lockId(lock)),
];

/** The same for programs: `hsctl/locks/v1`. */
export const locksJson = (answers: LockAnswers): string =>
	jsonDocument({
		format: 'hsctl/locks/v1',
		hosts: answers.map(({ host, answer }) => ({
			host,
			...(answer.ok
				? { reached: true, ...answer.value, ...(answer.value.kind === 'held' ? { lock: lockId(answer.value) } : {}) }
				: { reached: false, because: answer.error }),
		})),
	});
