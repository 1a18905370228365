/** Keys of maps whose own keys are somebody's names: what is under them keeps its keys as they are. */
const free = new Set(['env', 'set', 'answers', 'counts', 'vars']);

/** The same value with every key in lower_snake, as all machine output has them. */
export const toSnakeKeys = (value: unknown): unknown =>
	mapKeys(value, key => key.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`));

/** The way back, for a document that was written by `toSnakeKeys`. */
export const toCamelKeys = (value: unknown): unknown =>
	mapKeys(value, key => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));

function mapKeys(value: unknown, rename: (key: string) => string): unknown {
	if (Array.isArray(value)) return value.map(item => mapKeys(item, rename));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, item]) => [rename(key), free.has(key) ? item : mapKeys(item, rename)]),
	);
}
