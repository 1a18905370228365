import type { HostName } from '../../model/brand.ts';
import type { Selection } from '../../model/selection.ts';
import { cronProblem } from '../cron-problem.ts';
import { parseDuration } from '../duration.ts';
import type { Window } from '../generated/playbook.generated.ts';
import type { Path } from '../parse.ts';
import { checkDurations, checkTimes } from '../read-duration.ts';
import type { Report } from '../report.ts';
import { nearest } from '../suggest.ts';
import { type CheckContext, mayDeclare } from './context.ts';
import { readHosts } from './read-hosts.ts';

/** Windows open at times that exist, in a zone that exists, and some schedule uses them. */
export function checkWindows({ document, declared, unread, today, report }: CheckContext): void {
	const schedules = Object.values(document.schedules ?? {});
	const used = new Set(schedules.map(schedule => schedule.window));
	// A schedule with a problem of its own may be the one that uses a window.
	const allRead = schedules.length === declared.schedules.size && !unread.has('schedules');
	const isZone = once(isZoneName);
	const findProblem = once((expression: string) => cronProblem(expression, today));
	for (const [id, window] of Object.entries(document.windows ?? {})) {
		const path = ['windows', id];
		checkTimes(window, ['duration'], path, report);
		checkDurations(window, ['jitter'], path, report);
		checkJitter(window, path, report);
		const zone = window.timezone ?? 'UTC';
		if (!isZone(zone))
			report.add({
				code: 'HS1306',
				path: [...path, 'timezone'],
				message: `there is no time zone \`${zone}\``,
				hint: () => zoneHint(zone),
			});
		const problem = findProblem(window.cron);
		if (problem !== undefined)
			report.add({
				code: 'HS1305',
				path: [...path, 'cron'],
				message: () => `\`${window.cron}\` is not a cron expression: ${problem()}`,
				hint: 'write five fields, such as "0 3 * * 0" for Sundays at three',
			});
		if (allRead && !used.has(id))
			report.add({
				code: 'HS1704',
				path,
				what: 'key',
				severity: 'warning',
				message: `no schedule uses the window \`${id}\``,
				hint: 'use it in `schedules`, or remove it',
			});
	}
}

/** Whoever waits longer than a window is open finds it closed. */
function checkJitter({ duration, jitter }: Window, path: Path, report: Report): void {
	const [open, wait] = [parseDuration(duration), parseDuration(jitter ?? '')];
	if (open === undefined || wait === undefined || open === 0 || wait <= open) return;
	report.add({
		code: 'HS1313',
		path: [...path, 'jitter'],
		message: `the jitter ${jitter} is longer than the window, which is open for ${duration}`,
		hint: 'make it shorter than `duration`',
	});
}

/** Asked once for each text: thousands of windows share a few zones and times, and each answer takes a calendar. */
function once<Answer>(ask: (text: string) => Answer): (text: string) => Answer {
	const answers = new Map<string, { readonly answer: Answer }>();
	return text => {
		const known = answers.get(text) ?? { answer: ask(text) };
		answers.set(text, known);
		return known.answer;
	};
}

const isZoneName = (zone: string): boolean => {
	try {
		return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
	} catch {
		return false;
	}
};

function zoneHint(zone: string): string {
	const near = nearest(zone, Intl.supportedValuesOf('timeZone'));
	return near === undefined ? 'write an IANA name such as `Europe/Berlin`' : `did you mean \`${near}\`?`;
}

/** Schedules open a window that there is, and at most one is active for a host or container. */
export function checkSchedules(fallback: Selection, context: CheckContext): void {
	const { document, selections, report, parts } = context;
	const owners = new Map<HostName, string>();
	for (const [id, schedule] of Object.entries(document.schedules ?? {})) {
		const path = ['schedules', id];
		if (!mayDeclare(context, 'windows', schedule.window)) reportUnknownWindow(schedule.window, path, context);
		const hosts = readHosts(schedule.hosts, [...path, 'hosts'], context, fallback);
		if (schedule.enabled === false || parts.mayHave(path, 'enabled')) continue;
		const selected = selections.hostsOf(hosts) ?? [];
		const taken = selected.find(host => owners.has(host.name));
		if (taken !== undefined)
			report.add({
				code: 'HS1703',
				path,
				what: 'key',
				message: `\`${taken.name}\` already has the schedule \`${owners.get(taken.name)}\``,
				hint: 'give each its own `hosts`, or switch one off with `enabled: false`',
			});
		for (const host of selected) owners.set(host.name, id);
	}
}

function reportUnknownWindow(window: string, path: Path, { declared, report }: CheckContext): void {
	const near = nearest(window, declared.windows);
	report.add({
		code: 'HS1212',
		path: [...path, 'window'],
		message: `there is no window \`${window}\``,
		hint: near === undefined ? 'add it under `windows`' : `did you mean \`${near}\`?`,
	});
}
