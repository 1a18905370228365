/** Does `work` for every item, at most `limit` at once, in order of the list. The first rejection rejects, after the others have ended. */
export async function inParallel<Item>(
	items: readonly Item[],
	limit: number,
	work: (item: Item) => Promise<void>,
): Promise<void> {
	const queue = items.values();
	const worker = async (): Promise<void> => {
		for (const item of queue) await work(item);
	};
	const results = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, worker));
	const failed = results.find(result => result.status === 'rejected');
	if (failed !== undefined) throw failed.reason;
}
