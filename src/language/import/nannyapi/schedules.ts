import { cronProblem } from '../../cron-problem.ts';
import type { Fields } from '../json/fields.ts';
import { giveId } from '../playbook/give-id.ts';
import { plainText } from '../playbook/plain-text.ts';
import type { PlaybookParts } from '../playbook/playbook-parts.ts';
import { giveRole, type RowHosts } from './hosts.ts';

/** How long a window is open for work that upstream starts at a time and never ends. */
const openFor = '1h';

/** A row of `patch_schedules` or `reboot_schedules`: a window, and a schedule for its host. */
export function readSchedule(row: Fields, kind: 'patch' | 'reboot', hosts: RowHosts, parts: PlaybookParts): void {
	const host = hosts.of(row);
	const cron = readCron(row);
	const reason = row.text('reason');
	const isActive = row.flag('is_active') === true;
	for (const key of ['next_run_at', 'last_run_at']) row.leave(key, 'is left out: it was seen, and is no wish');
	row.leave('user_id', 'is left out: schedules have no owner');
	if (cron === undefined) row.note('', 'is left out: it has no time');
	if (host === undefined || cron === undefined) return;
	const id = giveId(`${kind}_${host}`, { fields: row, key: 'agent_id', kind: 'schedule' }, parts.ids.schedules);
	const taken = isActive ? whoHas(host, parts) : undefined;
	noteSchedule(row, kind, taken);
	if (kind === 'patch') giveRole(parts.hosts.get(host), 'patched');
	else readReboot(row, { host, reason, isActive }, parts);
	if (kind === 'patch' && reason !== undefined)
		row.note('reason', 'is left out: schedules have no reason', undefined, 'harmless');
	parts.windows.set(id, { cron, duration: openFor, timezone: 'UTC' });
	parts.schedules.set(id, {
		window: id,
		hosts: host,
		run: 'apply',
		missed: 'skip',
		...(isActive && taken === undefined ? {} : { enabled: false }),
	});
}

function noteSchedule(row: Fields, kind: 'patch' | 'reboot', taken: string | undefined): void {
	if (!row.has('is_active'))
		row.note('is_active', 'is not said, which upstream takes for off', 'take `enabled: false` out to switch it on');
	row.note(
		'cron_expression',
		`is a moment upstream; here a window opens then, for ${openFor}`,
		'write how long work may begin: `duration`',
	);
	if (taken === undefined) return;
	row.note(
		'agent_id',
		`has the schedule \`${taken}\` already, and a host has one: this one is switched off`,
		kind === 'reboot' ? 'put reboots at times of their own into a playbook of their own' : 'keep one of the two',
	);
}

/** Nothing is restarted by a schedule that is off: its host is not among those of `reboot`. */
function readReboot(
	row: Fields,
	{
		host,
		reason,
		isActive,
	}: { readonly host: string; readonly reason: string | undefined; readonly isActive: boolean },
	parts: PlaybookParts,
): void {
	if (isActive) giveRole(parts.hosts.get(host), 'rebooted');
	readReason(row, reason, parts);
	const isRestarted = parts.hosts.get(host)?.role === 'rebooted';
	row.note(
		'agent_id',
		isRestarted
			? 'is restarted by every `apply` of this playbook, at its times and by hand'
			: 'is not among the hosts of `reboot`, because this schedule is off',
		isRestarted ? 'write `when: required` under `reboot` where that is enough' : 'add it there to switch it on',
	);
}

const whoHas = (host: string, { schedules }: PlaybookParts): string | undefined =>
	[...schedules].find(([, schedule]) => schedule.hosts === host && schedule.enabled !== false)?.[0];

function readReason(row: Fields, reason: string | undefined, parts: PlaybookParts): void {
	if (reason === undefined) return;
	const said = plainText(reason);
	if (parts.rebootReason === undefined) parts.rebootReason = said.slice(0, 4096);
	else if (parts.rebootReason !== said)
		row.note('reason', 'is left out: a playbook has one reason for its reboots', 'make a playbook of these hosts');
}

const macros: ReadonlyMap<string, string> = new Map([
	['@hourly', '0 * * * *'],
	['@daily', '0 0 * * *'],
	['@midnight', '0 0 * * *'],
	['@weekly', '0 0 * * 0'],
	['@monthly', '0 0 1 * *'],
	['@yearly', '0 0 1 1 *'],
	['@annually', '0 0 1 1 *'],
]);

/** Any day will do: whether an expression ever comes true does not hang on it. */
const someDay = new Date(Date.UTC(2026, 0, 1));

function readCron(row: Fields): string | undefined {
	const text = row.text('cron_expression')?.trim().replaceAll(/\s+/g, ' ');
	const cron = macros.get(text ?? '') ?? text;
	if (cron === undefined || !/^[0-9A-Za-z*,/?#L-]+( [0-9A-Za-z*,/?#L-]+){4}$/.test(cron)) {
		row.note('cron_expression', 'has no five fields', 'write five fields');
		return undefined;
	}
	const problem = cronProblem(cron, someDay);
	if (problem !== undefined) {
		row.note('cron_expression', `is not possible: ${problem()}`, 'write five fields that come true');
		return undefined;
	}
	const [, , day = '*', month = '*', weekday = '*'] = cron.split(' ');
	if (day !== '*' && weekday !== '*')
		row.note(
			'cron_expression',
			'fires upstream where day and weekday both fit; here where one of them does',
			'write one of the two',
		);
	if (/[A-Za-z]/.test(`${month}${weekday}`))
		row.note('cron_expression', 'names a month or a weekday, which upstream shows and never fires; here it does');
	return cron;
}
