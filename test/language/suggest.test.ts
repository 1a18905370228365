import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/language/suggest.ts';

const keys = ['script', 'timeout', 'restarts', 'run', 'when', 'hosts', 'if_interrupted'];

describe('nearest', () => {
	it.each([
		['scirpt', 'script'],
		['scrip', 'script'],
		['Timeout', 'timeout'],
		['restart', 'restarts'],
		['rnu', 'run'],
		['if-interrupted', 'if_interrupted'],
		['hots', 'hosts'],
	])('takes %s for %s', (word, meant) => {
		expect(nearest(word, keys)).toBe(meant);
	});

	it.each(['command', 'x', 'on', 'zzzzzz', ''])('guesses nothing for %j', word => {
		expect(nearest(word, keys)).toBeUndefined();
	});

	it('takes the nearest of several, and the first of equally near ones', () => {
		expect(nearest('hostt', ['ghosts', 'hosts', 'host'])).toBe('hosts');
		expect(nearest('timout', ['tamest', 'timeout'])).toBe('timeout');
		expect(nearest('x', ['y'])).toBeUndefined();
		expect(nearest('ab1', ['ab2', 'ab3'])).toBe('ab2');
	});
});
