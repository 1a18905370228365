import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cyclePath, findCycles } from '../../src/graph/cycle.ts';
import { orderByNeeds } from '../../src/graph/order.ts';

const cyclesIn = (graph: Readonly<Record<string, readonly string[]>>) =>
	findCycles(Object.keys(graph), node => graph[node] ?? []).map(cycle => cycle.join(' '));

describe('cycles', () => {
	it.each<[string, Readonly<Record<string, readonly string[]>>, readonly string[]]>([
		['no nodes', {}, []],
		['a chain', { a: ['b'], b: ['c'], c: [] }, []],
		['a diamond', { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }, []],
		['a need of itself', { a: ['a'] }, ['a a']],
		['two that need each other', { a: ['b'], b: ['a'] }, ['a b a']],
		['a cycle behind a chain', { a: ['b'], b: ['c'], c: ['d'], d: ['b'] }, ['b c d b']],
		[
			'two knots, of which one is seen from the other',
			{ a: ['b', 'c'], b: ['a'], c: ['d'], d: ['c'] },
			['a b a', 'c d c'],
		],
		['two knots that know nothing of each other', { a: ['a'], b: ['c'], c: ['b'] }, ['a a', 'b c b']],
		['needs that are no nodes', { a: ['nothing'] }, []],
		['a need given twice', { a: ['b', 'b'], b: [] }, []],
	])('in %s', (_what, graph, expected) => {
		expect(cyclesIn(graph)).toEqual(expected);
	});

	const size = 8;
	const graphs = fc
		.array(fc.array(fc.nat(size - 1), { maxLength: 3 }), { minLength: size, maxLength: size })
		.map(needs => new Map(needs.map((list, node) => [node, list])));

	it('are walks along needs, share no node, and are found exactly where there is no order', () => {
		fc.assert(
			fc.property(graphs, graph => {
				const nodes = [...graph.keys()];
				const needsOf = (node: number) => graph.get(node) ?? [];
				const cycles = findCycles(nodes, needsOf);
				for (const cycle of cycles) {
					expect(cycle[0]).toBe(cycle.at(-1));
					for (const [index, node] of cycle.slice(0, -1).entries()) expect(needsOf(node)).toContain(cycle[index + 1]);
				}
				const all = cycles.flatMap(cycle => cycle.slice(1));
				expect(new Set(all).size).toBe(all.length);
				expect(cycles.length === 0).toBe(orderByNeeds(nodes, needsOf).length === nodes.length);
			}),
			{ numRuns: 500 },
		);
	});

	it.each([
		['a chain that needs its beginning', (node: number) => (node === 99_999 ? [0] : [node + 1])],
		['a chain in which each needs the first, too', (node: number) => (node === 0 ? [1] : [0, (node + 1) % 100_000])],
	])('are found among 100,000 nodes: %s', (_what, needsOf) => {
		const nodes = Array.from({ length: 100_000 }, (_, node) => node);
		const started = performance.now();
		expect(findCycles(nodes, needsOf).length).toBe(1);
		expect(performance.now() - started).toBeLessThan(3000);
	});

	it('are written as a person would walk them, long ones in part', () => {
		expect(cyclePath(['a', 'b', 'a'])).toBe('a → b → a');
		const long = [...Array.from({ length: 100 }, (_, node) => `n${node}`), 'n0'];
		expect(cyclePath(long)).toBe('n0 → n1 → n2 → n3 → n4 → n5 → … → n96 → n97 → n98 → n99 → n0');
	});
});
