/**
 * Puts nodes in an order in which each comes after all it needs, and otherwise as early as its place in `nodes` says.
 * Needs that are not among the nodes are passed over. With a cycle, its nodes (and those behind them) are left out: find it with `findCycle`.
 * Kahn's algorithm over a heap: 100,000 nodes in a chain or in a fan are no problem.
 */
export function orderByNeeds<Node>(nodes: readonly Node[], needsOf: (node: Node) => readonly Node[]): readonly Node[] {
	const placeOf = new Map(nodes.map((node, place) => [node, place]));
	const waitingFor = new Array<number>(nodes.length).fill(0);
	const dependents = nodes.map((): number[] => []);
	nodes.forEach((node, place) => {
		for (const need of new Set(needsOf(node))) {
			const needPlace = placeOf.get(need);
			if (needPlace === undefined) continue;
			waitingFor[place] = (waitingFor[place] ?? 0) + 1;
			dependents[needPlace]?.push(place);
		}
	});
	const ready = new PlaceHeap();
	waitingFor.forEach((count, place) => {
		if (count === 0) ready.push(place);
	});
	const ordered: Node[] = [];
	for (let place = ready.pop(); place !== undefined; place = ready.pop()) {
		const node = nodes[place];
		if (node !== undefined) ordered.push(node);
		for (const dependent of dependents[place] ?? []) {
			const left = (waitingFor[dependent] ?? 0) - 1;
			waitingFor[dependent] = left;
			if (left === 0) ready.push(dependent);
		}
	}
	return ordered;
}

/** The smallest place first. */
class PlaceHeap {
	readonly #places: number[] = [];

	push(place: number): void {
		const places = this.#places;
		let at = places.push(place) - 1;
		while (at > 0) {
			const parent = (at - 1) >> 1;
			if (this.#at(parent) <= place) break;
			places[at] = this.#at(parent);
			at = parent;
		}
		places[at] = place;
	}

	pop(): number | undefined {
		const places = this.#places;
		const smallest = places[0];
		const last = places.pop();
		if (last === undefined || places.length === 0) return smallest;
		let at = 0;
		for (;;) {
			let child = 2 * at + 1;
			if (child >= places.length) break;
			if (child + 1 < places.length && this.#at(child + 1) < this.#at(child)) child += 1;
			if (this.#at(child) >= last) break;
			places[at] = this.#at(child);
			at = child;
		}
		places[at] = last;
		return smallest;
	}

	#at(index: number): number {
		return this.#places[index] ?? Number.POSITIVE_INFINITY;
	}
}
