import { expect, it } from 'vitest';
import { clockSkew } from '../../src/execution/clock-skew.ts';

const ours = { sentMs: 1_000_500, receivedMs: 1_004_200 };

it.each<[string, number | undefined]>([
	['1000', 0],
	['1002', 0],
	['1004', 0],
	['1005', 800],
	['1064', 59_800],
	['999', -501],
	['0', -999_501],
	['-86400', -87_399_501],
	['', undefined],
	['1e9', undefined],
	['date: not found', undefined],
	['9999999999999999', undefined],
])('E1: a host that says `%s` between our question and its answer is %s ms away at the least', (said, skewMs) => {
	expect(clockSkew(said, ours)).toBe(skewMs);
});
