import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderByNeeds } from '../../src/graph/order.ts';

const order = (graph: Readonly<Record<string, readonly string[]>>) =>
	orderByNeeds(Object.keys(graph), node => graph[node] ?? []).join(' ');

describe('an order by needs', () => {
	it.each<[string, Readonly<Record<string, readonly string[]>>, string]>([
		['keeps the order where nothing is needed', { c: [], a: [], b: [] }, 'c a b'],
		['puts the needed one first', { a: ['b'], b: [] }, 'b a'],
		['moves no more than it has to', { a: [], b: ['d'], c: [], d: [] }, 'a c d b'],
		['counts a need given twice once', { a: ['b', 'b'], b: [] }, 'b a'],
		['passes over needs that are no nodes', { a: ['nothing'], b: [] }, 'a b'],
		['leaves out a cycle and what is behind it', { a: ['b'], b: ['a'], c: ['a'], d: [] }, 'd'],
		['leaves out what needs itself', { a: ['a'], b: [] }, 'b'],
	])('%s', (_what, graph, expected) => {
		expect(order(graph)).toBe(expected);
	});

	it('has every node after all it needs, and always picks the earliest that is free', () => {
		const graphs = fc.array(fc.array(fc.nat(20), { maxLength: 4 }), { maxLength: 20 });
		fc.assert(
			fc.property(graphs, lists => {
				const nodes = lists.map((_, node) => node);
				// Only needs of later nodes: no cycle, and as much to move as possible.
				const needsOf = (node: number) => (lists[node] ?? []).filter(need => need > node && need < lists.length);
				const ordered = orderByNeeds(nodes, needsOf);
				expect(ordered.toSorted((a, b) => a - b)).toEqual(nodes);
				const done = new Set<number>();
				for (const node of ordered) {
					const free = nodes.filter(one => !done.has(one) && needsOf(one).every(need => done.has(need)));
					expect(node).toBe(Math.min(...free));
					done.add(node);
				}
			}),
		);
	});

	it.each([
		['a chain', (node: number) => (node === 99_999 ? [] : [node + 1])],
		['a fan', (node: number) => (node === 0 ? [] : [0])],
	])('is found for %s of 100,000', (_what, needsOf) => {
		const nodes = Array.from({ length: 100_000 }, (_, node) => node);
		expect(orderByNeeds(nodes, needsOf).length).toBe(100_000);
	});
});
