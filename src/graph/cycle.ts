/** A cycle as the path that a person would walk: `a, b, c, a`. */
export type Cycle<Node> = readonly [Node, Node, ...Node[]];

/**
 * Cycles that have no node in common, one at least for every knot of nodes that wait for each other; none when the nodes can be
 * put in an order. Iterative: a chain of any length cannot overflow the stack.
 */
export function findCycles<Node>(
	nodes: readonly Node[],
	needsOf: (node: Node) => readonly Node[],
): readonly Cycle<Node>[] {
	const search: Search<Node> = { needsOf, seen: new Set(), onCycle: new Set(), cycles: [] };
	for (const node of nodes) if (!search.seen.has(node)) walk(node, search);
	return search.cycles;
}

interface Search<Node> {
	readonly needsOf: (node: Node) => readonly Node[];
	readonly seen: Set<Node>;
	readonly onCycle: Set<Node>;
	readonly cycles: Cycle<Node>[];
}

/** Goes to all that can be reached from `start`, depth first: a need that is on the path already closes a cycle. */
function walk<Node>(start: Node, search: Search<Node>): void {
	const path = new Path<Node>();
	path.enter(start, search);
	for (let needs = path.ahead; needs !== undefined; needs = path.ahead) {
		const next = needs.next();
		if (next.done) path.leave();
		else if (path.has(next.value)) keep(next.value, path, search);
		else if (!search.seen.has(next.value)) path.enter(next.value, search);
	}
}

/** The nodes from the start to where the walk is, each with the needs that it has not gone to yet. */
class Path<Node> {
	readonly #steps: { readonly node: Node; readonly ahead: Iterator<Node> }[] = [];
	readonly #nodes = new Set<Node>();

	get ahead(): Iterator<Node> | undefined {
		return this.#steps.at(-1)?.ahead;
	}

	has(node: Node): boolean {
		return this.#nodes.has(node);
	}

	enter(node: Node, { seen, needsOf }: Search<Node>): void {
		seen.add(node);
		this.#nodes.add(node);
		this.#steps.push({ node, ahead: needsOf(node).values() });
	}

	leave(): void {
		const left = this.#steps.pop();
		if (left !== undefined) this.#nodes.delete(left.node);
	}

	/** From the node, which is on the path, to the end. */
	from(node: Node): readonly Node[] {
		const place = this.#steps.findLastIndex(step => step.node === node);
		return this.#steps.slice(place).map(step => step.node);
	}
}

function keep<Node>(node: Node, path: Path<Node>, { onCycle, cycles }: Search<Node>): void {
	// Without this look a chain in which every node also needs the first one would be walked once for each.
	if (onCycle.has(node)) return;
	const nodes = path.from(node);
	if (nodes.some(one => onCycle.has(one))) return;
	for (const one of nodes) onCycle.add(one);
	const [, second, ...others] = nodes;
	cycles.push(second === undefined ? [node, node] : [node, second, ...others, node]);
}

/** `a → b → a`; of a very long one its beginning and its end. */
export const cyclePath = (cycle: readonly string[]): string =>
	(cycle.length > 12 ? [...cycle.slice(0, 6), '…', ...cycle.slice(-5)] : cycle).join(' → ');
