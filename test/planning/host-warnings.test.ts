import { describe, expect, it } from 'vitest';
import { asUnitAddress } from '../../src/model/brand.ts';
import { hostWarnings } from '../../src/planning/host-warnings.ts';
import type { HostObservation } from '../../src/planning/observation.ts';
import { facts } from '../fakes/builders.ts';

const warningsOf = (rest: Partial<HostObservation & { reached: true }>) =>
	hostWarnings({ reached: true, facts: facts(), units: [], pendingRestarts: [], ...rest }).map(
		({ code, message }) => `${code}: ${message}`,
	);

describe('what a person should know of a host', () => {
	const minute = 60_000;
	const hour = 60 * minute;

	it.each<[number | undefined, string | undefined]>([
		[undefined, undefined],
		[0, undefined],
		[minute, undefined],
		[-minute, undefined],
		[minute + 1, 'a minute ahead of'],
		[-4.4 * minute, '4 minutes behind'],
		[119 * minute, '119 minutes ahead of'],
		[-2 * hour, '2 hours behind'],
		[47 * hour, '47 hours ahead of'],
		[24 * 365 * 4 * hour, '1460 days ahead of'],
	])('E1: of a clock that is %d ms away: %s', (skewMs, words) => {
		expect(warningsOf(skewMs === undefined ? {} : { skewMs })).toEqual(
			words === undefined ? [] : [`clock_skew: its clock is ${words} this machine's`],
		);
	});

	it.each<[readonly (readonly [string, string])[], string | undefined]>([
		[[], undefined],
		[[['a', '2026-07-01T10:00:00Z']], 'hotfix.a, which this machine has seen done there (on 2026-07-01 10:00 UTC)'],
		[
			[
				['a', '2026-07-02T10:00:00Z'],
				['b', '2026-07-01T10:00:00Z'],
			],
			'hotfix.a and hotfix.b, which this machine has seen done there (the last on 2026-07-02 10:00 UTC)',
		],
		[
			['a', 'b', 'c', 'd', 'e'].map((id, index) => [id, `2026-07-0${index + 1}T10:00:00Z`]),
			'hotfix.a, hotfix.b, hotfix.c and 2 more, which this machine has seen done there (the last on 2026-07-05 10:00 UTC)',
		],
	])('D12: of what it has forgotten: %j', (units, words) => {
		const forgotten = new Map(units.map(([id, at]) => [asUnitAddress(`hotfix.${id}`), at]));
		expect(warningsOf({ forgotten })).toEqual(
			words === undefined ? [] : [`memory_lost: /var/lib/hsctl remembers nothing of ${words}: conditions decide`],
		);
	});
});
