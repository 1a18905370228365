import type { Comparator, VersionBounds } from '../model/condition.ts';
import { alpmOrder } from './alpm.ts';
import { debOrder } from './deb.ts';
import { looseOrder } from './loose.ts';
import type { VersionOrder } from './order.ts';
import { rpmOrder } from './rpm.ts';
import { semverOrder } from './semver.ts';

const orders: Readonly<Record<Comparator, VersionOrder>> = {
	semver: semverOrder,
	deb: debOrder,
	rpm: rpmOrder,
	alpm: alpmOrder,
	loose: looseOrder,
};

/** Negative, zero or positive; `undefined` when one of the texts is no version for this comparator. Never throws. */
export function compareVersions(comparator: Comparator, a: string, b: string): -1 | 0 | 1 | undefined {
	if (!isVersion(comparator, a) || !isVersion(comparator, b)) return undefined;
	const order = orders[comparator].compare(a, b);
	if (order === 0) return 0;
	return order < 0 ? -1 : 1;
}

/** Longer than any real version: a host cannot make us compare megabytes. */
const longestVersion = 255;

/** Whether the comparator understands this text as a version. Never throws. */
export const isVersion = (comparator: Comparator, text: string): boolean =>
	text.length <= longestVersion && orders[comparator].isVersion(text);

/** The bounds in the order they are spoken of, with their words and what they ask of a comparison with the version on the left. */
const bounds = [
	{ key: 'min_version', words: 'at least', admits: (order: number) => order >= 0 },
	{ key: 'max_version', words: 'at most', admits: (order: number) => order <= 0 },
	{ key: 'below', words: 'below', admits: (order: number) => order < 0 },
] as const satisfies readonly { key: keyof VersionBounds; words: string; admits: (order: number) => boolean }[];

/**
 * Whether a version keeps every bound, and one clause that says so: `git 2.29.2 is below 2.30.0`.
 * `undefined` when the version, or one of the bounds, is none for this comparator.
 */
export function within(
	limits: VersionBounds,
	version: string,
	comparator: Comparator,
	subject: string,
): { readonly holds: boolean; readonly because: string } | undefined {
	const kept: string[] = [];
	const broken: string[] = [];
	for (const { key, words, admits } of bounds) {
		const limit = limits[key];
		if (limit === undefined) continue;
		const order = compareVersions(comparator, version, limit);
		if (order === undefined) return undefined;
		(admits(order) ? kept : broken).push(`${words} ${limit}`);
	}
	const holds = broken.length === 0;
	const said = holds ? `is ${kept.join(' and ') || 'within no bounds'}` : `is not ${broken.join(' and not ')}`;
	return { holds, because: `${subject} ${version} ${said}` };
}

/** The bounds as a rule: `at least 2.0 and below 2.30.0 (loose)`. */
export function describeBounds(limits: VersionBounds, comparator: string): string {
	const said = bounds.flatMap(({ key, words }) => (limits[key] === undefined ? [] : [`${words} ${limits[key]}`]));
	return `${said.join(' and ')} (${comparator})`;
}
