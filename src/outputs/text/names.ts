/** Names of a group in one short phrase: all of them up to three, else the first and the last. */
export function namesOf(names: readonly string[], cut: string): string {
	return names.length <= 3 ? names.join(', ') : `${names[0]} ${cut} ${names.at(-1)}`;
}

/** Puts together what has the same key, in the order of first appearance. */
export function groupAlike<Item>(items: readonly Item[], key: (item: Item) => string): readonly (readonly Item[])[] {
	const groups = new Map<string, Item[]>();
	for (const item of items) {
		const group = groups.get(key(item));
		if (group === undefined) groups.set(key(item), [item]);
		else group.push(item);
	}
	return [...groups.values()];
}
