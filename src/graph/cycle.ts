/**
 * A cycle as the path that a person would walk (`a, b, c, a`), or `undefined`. Iterative: a chain of any length cannot
 * overflow the stack.
 */
export function findCycle<Node>(
	nodes: readonly Node[],
	needsOf: (node: Node) => readonly Node[],
): readonly Node[] | undefined {
	const finished = new Set<Node>();
	for (const start of nodes) {
		const cycle = walk(start, needsOf, finished);
		if (cycle !== undefined) return cycle;
	}
	return undefined;
}

function walk<Node>(
	start: Node,
	needsOf: (node: Node) => readonly Node[],
	finished: Set<Node>,
): readonly Node[] | undefined {
	if (finished.has(start)) return undefined;
	const path = [{ node: start, needs: needsOf(start).values() }];
	const onPath = new Set([start]);
	for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
		const next = top.needs.next();
		if (next.done) {
			finished.add(top.node);
			onPath.delete(top.node);
			path.pop();
		} else if (onPath.has(next.value)) {
			const nodes = path.map(step => step.node);
			return [...nodes.slice(nodes.indexOf(next.value)), next.value];
		} else if (!finished.has(next.value)) {
			onPath.add(next.value);
			path.push({ node: next.value, needs: needsOf(next.value).values() });
		}
	}
	return undefined;
}
