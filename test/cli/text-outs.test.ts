import { expect, it } from 'vitest';
import { textOut } from '../../src/cli/text-outs.ts';

it.for<[number | undefined, string | undefined, number]>([
	[100, '140', 100],
	[undefined, '140', 140],
	[0, '140', 140],
	[0, undefined, 120],
	[undefined, undefined, 120],
	[0, '0', 120],
	[undefined, '-5', 120],
	[undefined, 'wide', 120],
])('a stream of the width %s where COLUMNS is %s is written to as one of %s cells', ([columns, COLUMNS, expected]) => {
	const stream = Object.assign(Object.create(process.stdout), { columns });
	expect(textOut(stream, { COLUMNS }, undefined).columns).toBe(expected);
});
