import { parseDuration } from './duration.ts';
import type { Path } from './parse.ts';
import type { Report } from './report.ts';

/** Reads the time that something is given. None at all, or more than a year, is reported: it would end at once or never. */
export function readTimeout(text: string | undefined, path: Path, report: Report, defaultMs: number): number {
	if (text === undefined) return defaultMs;
	const ms = readDuration(text, path, report);
	if (ms !== 0) return ms ?? defaultMs;
	report.add({
		code: 'HS1313',
		path,
		message: `\`${text}\` leaves no time at all`,
		hint: 'write for example `5m`; where the key may be left out, there is a default',
	});
	return defaultMs;
}

/** Checks the durations among the keys of a section that later versions execute. */
export function checkDurations<Key extends string>(
	document: { readonly [Name in Key]?: string | undefined },
	keys: readonly Key[],
	path: Path,
	report: Report,
): void {
	for (const key of keys) {
		const text = document[key];
		if (text !== undefined) readDuration(text, [...path, key], report);
	}
}

/** The same for those that work is given: no time at all is reported, too. */
export function checkTimes<Key extends string>(
	document: { readonly [Name in Key]?: string | undefined },
	keys: readonly Key[],
	path: Path,
	report: Report,
): void {
	for (const key of keys) readTimeout(document[key], [...path, key], report, 0);
}

/** The schema has said that it has the form of a duration; what is left is its size. */
function readDuration(text: string, path: Path, report: Report): number | undefined {
	const ms = parseDuration(text);
	if (ms === undefined)
		report.add({
			code: 'HS1313',
			path,
			message: `\`${text}\` is longer than a year`,
			hint: 'write a shorter one, such as `5m`, `24h` or `7d`',
		});
	return ms;
}
