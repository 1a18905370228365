import type { Path } from './parse.ts';

/** Where something of a document was, when what was taken out of its lists has moved what comes after. */
export type PlaceBefore = (path: Path) => Path;

/** A copy of the value without what lies at these paths. Untouched parts are shared, never written to. */
export function withoutPaths(
	value: unknown,
	paths: readonly Path[],
): { readonly value: unknown; readonly placeBefore: PlaceBefore } {
	const cuts = cutsOf(paths);
	return { value: cut(value, cuts), placeBefore: path => placeBefore(path, cuts) };
}

/** `true`: all of it goes. */
type Cuts = ReadonlyMap<string, Cuts | true>;
type Growing = Map<string, Growing | true>;

function cutsOf(paths: readonly Path[]): Cuts {
	const root: Growing = new Map();
	for (const path of paths) {
		let here: Growing | true | undefined = root;
		for (const step of path.slice(0, -1)) {
			if (here === undefined || here === true) break;
			if (!here.has(String(step))) here.set(String(step), new Map());
			here = here.get(String(step));
		}
		if (here !== undefined && here !== true && path.length > 0) here.set(String(path.at(-1)), true);
	}
	return root;
}

function cut(value: unknown, cuts: Cuts): unknown {
	if (typeof value !== 'object' || value === null) return value;
	const kept = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
		const below = cuts.get(key);
		if (below === true) return [];
		return [[key, below === undefined ? inner : cut(inner, below)]];
	});
	return Array.isArray(value) ? kept.map(([, inner]) => inner) : Object.fromEntries(kept);
}

function placeBefore(path: Path, cuts: Cuts): Path {
	let here: Cuts | undefined = cuts;
	return path.map(step => {
		const before: string | number = typeof step === 'number' && here !== undefined ? indexBefore(step, here) : step;
		const below: Cuts | true | undefined = here?.get(String(before));
		here = below === true ? undefined : below;
		return before;
	});
}

/** The index that an item had before those in front of it went. */
function indexBefore(index: number, cuts: Cuts): number {
	let before = index;
	const gone = [...cuts].filter(([, below]) => below === true).map(([key]) => Number(key));
	for (const earlier of gone.toSorted((a, b) => a - b)) if (earlier <= before) before += 1;
	return before;
}
