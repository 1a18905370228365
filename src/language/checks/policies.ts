import { Cron } from 'croner';
import type { HostName } from '../../model/brand.ts';
import type { Selection } from '../../model/selection.ts';
import type { UnsupportedUnit } from '../../model/unit.ts';
import { selectHosts } from '../selection.ts';
import { nearest } from '../suggest.ts';
import type { CheckContext } from './context.ts';
import { readLaterUnit } from './later-units.ts';
import { checkReferences } from './references.ts';
import { findFile } from './scripts.ts';
import { readHosts } from './selections.ts';

const dayMs = 24 * 3_600_000;
/** Time enough to decide about an exception before it ends. */
const soonDays = 14;

/** An expired exception is said and not applied; one that ends soon is said in time. */
export function checkExceptions(fallback: Selection, context: CheckContext): void {
	for (const [id, exception] of Object.entries(context.document.exceptions ?? {})) {
		readHosts(exception.hosts, ['exceptions', id, 'hosts'], context, fallback);
		if (exception.expires === undefined || exception.enabled === false) continue;
		const path = ['exceptions', id, 'expires'];
		const end = endOf(exception.expires);
		if (end === undefined) {
			context.report.add({
				code: 'HS1308',
				path,
				message: `\`${exception.expires}\` is no date`,
				hint: 'write "2026-12-31" or "2026-12-31T00:00:00Z"',
			});
			continue;
		}
		const days = Math.ceil((end - context.today.getTime()) / dayMs);
		if (days <= 0)
			context.report.add({
				code: 'HS1701',
				path,
				severity: 'warning',
				message: `the exception \`${id}\` expired on ${exception.expires} and is not applied`,
				hint: 'extend it, or remove it',
			});
		else if (days <= soonDays)
			context.report.add({
				code: 'HS1702',
				path,
				severity: 'warning',
				message: `the exception \`${id}\` expires in ${days} day${days === 1 ? '' : 's'}`,
				hint: 'extend it in time, or let it end',
			});
	}
}

/** A day without a time lasts until its end, in UTC. */
function endOf(text: string): number | undefined {
	const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
	const time = Date.parse(isDay ? `${text}T00:00:00Z` : text);
	if (Number.isNaN(time) || (isDay && new Date(time).toISOString().slice(0, 10) !== text)) return undefined;
	return isDay ? time + dayMs : time;
}

export function checkWindows({ document, report }: CheckContext): void {
	const used = new Set(Object.values(document.schedules ?? {}).map(schedule => schedule.window));
	for (const [id, window] of Object.entries(document.windows ?? {})) {
		const path = ['windows', id];
		const zone = window.timezone ?? 'UTC';
		if (!isZone(zone))
			report.add({
				code: 'HS1306',
				path: [...path, 'timezone'],
				message: `there is no time zone \`${zone}\``,
				hint: zoneHint(zone),
			});
		const cron = cronProblem(window.cron);
		if (cron !== undefined)
			report.add({
				code: 'HS1305',
				path: [...path, 'cron'],
				message: `\`${window.cron}\` is no cron expression: ${cron}`,
				hint: 'write minute hour day month weekday, such as "0 3 * * 0"',
			});
		if (!used.has(id))
			report.add({
				code: 'HS1704',
				path,
				what: 'key',
				severity: 'warning',
				message: `no schedule uses the window \`${id}\``,
				hint: 'use it in schedules, or remove it',
			});
	}
}

const isZone = (zone: string): boolean => {
	try {
		return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
	} catch {
		return false;
	}
};

function zoneHint(zone: string): string {
	const near = nearest(zone, Intl.supportedValuesOf('timeZone'));
	return near === undefined ? 'write an IANA name such as Europe/Berlin' : `did you mean \`${near}\`?`;
}

function cronProblem(expression: string): string | undefined {
	if (expression.trim().split(/\s+/).length !== 5) return 'it needs five fields';
	try {
		const next = new Cron(expression, { paused: true, timezone: 'UTC' }).nextRun();
		return next === null ? 'it never comes' : undefined;
	} catch (error) {
		return (error instanceof Error ? error.message : String(error)).replace(/^CronPattern: /, '');
	}
}

/** At most one active schedule for a host or container. */
export function checkSchedules(fallback: Selection, context: CheckContext): void {
	const { document, inventory, report } = context;
	const windows = Object.keys(document.windows ?? {});
	const owners = new Map<HostName, string>();
	for (const [id, schedule] of Object.entries(document.schedules ?? {})) {
		const path = ['schedules', id];
		if (!windows.includes(schedule.window)) {
			const near = nearest(schedule.window, windows);
			report.add({
				code: 'HS1212',
				path: [...path, 'window'],
				message: `there is no window \`${schedule.window}\``,
				hint: near === undefined ? 'add it under windows' : `did you mean \`${near}\`?`,
			});
		}
		const hosts = readHosts(schedule.hosts, [...path, 'hosts'], context, fallback);
		if (schedule.enabled === false) continue;
		const taken = selectHosts(hosts, inventory).find(host => owners.has(host));
		if (taken !== undefined)
			report.add({
				code: 'HS1703',
				path,
				what: 'key',
				message: `\`${taken}\` has the schedule \`${owners.get(taken)}\` already`,
				hint: 'take it out of one of them by `hosts`, or disable one by `enabled: false`',
			});
		for (const host of selectHosts(hosts, inventory)) owners.set(host, id);
	}
}

export function checkRollout(context: CheckContext): void {
	const names = new Set<string>();
	for (const [index, wave] of (context.document.rollout?.waves ?? []).entries()) {
		const path = ['rollout', 'waves', index];
		readHosts(wave.hosts, [...path, 'hosts'], context);
		if (names.has(wave.name))
			context.report.add({
				code: 'HS1218',
				path: [...path, 'name'],
				message: `there are two waves \`${wave.name}\``,
				hint: 'rename one of them',
			});
		names.add(wave.name);
	}
}

/** Each secret comes from one place, and someone asks for it. */
export function checkSecrets(context: CheckContext): void {
	const { document, report } = context;
	const text = JSON.stringify([
		document.hotfixes,
		document.pools,
		document.modules,
		document.patch,
		document.reboot,
		document.verify,
	]);
	for (const [id, secret] of Object.entries(document.secrets ?? {})) {
		const path = ['secrets', id];
		if (secret.file !== undefined)
			findFile(secret.file, [...path, 'file'], { code: 'HS1210', what: 'the file' }, context);
		if (!text.includes(`\${secret.${id}}`))
			report.add({
				code: 'HS1704',
				path,
				what: 'key',
				severity: 'warning',
				message: `nothing uses the secret \`${id}\``,
				hint: `use it as \${secret.${id}} in a stdin, or remove it`,
			});
	}
}

export function readPatch(fallback: Selection, context: CheckContext): readonly UnsupportedUnit[] {
	const { patch } = context.document;
	return patch === undefined ? [] : [readLaterUnit({ name: 'patch', word: 'patch' }, patch, fallback, context)];
}

/** `when: never` is the default and asks for nothing. */
export function readReboot(fallback: Selection, context: CheckContext): readonly UnsupportedUnit[] {
	const { reboot } = context.document;
	if (reboot === undefined) return [];
	const { when, ...common } = reboot;
	const unit = readLaterUnit({ name: 'reboot', word: 'reboot' }, common, fallback, context);
	checkReferences([reboot.reason, reboot.verify], ['reboot'], { hosts: unit.hosts, secrets: 'refused' }, context);
	return when === undefined || when === 'never' ? [] : [unit];
}

export function checkVerify(hosts: Selection, context: CheckContext): void {
	checkReferences(context.document.verify, ['verify'], { hosts, secrets: 'refused' }, context);
}
