import { inventory, module, playbook } from './generated/validators.generated.js';
import type { Parsed, Path } from './parse.ts';
import { type Complaint, schemaComplaints } from './schema-problems.ts';
import { withoutPaths } from './without-paths.ts';

const validators = { playbook, inventory, module } as const;

/**
 * What fits the schema of a document that does not, so that what it means can be checked in the same breath: one misspelt key must
 * not hide every other problem. Only what the schema complains of is left out, not what lies around it.
 */
export interface SoundParts {
	/** Fits the schema. */
	readonly value: unknown;
	/** The document with the places of the sound parts: an item of a list keeps its place when one before it is left out. */
	readonly parsed: Parsed;
	/** Whether nothing was left out here and below. */
	isWhole(path: Path): boolean;
	/** Whether this was left out, as it is and as a whole. */
	leavesOut(path: Path): boolean;
	/** Whether the key may be there all the same: with a value that was left out, or misspelt. Then it is not missing. */
	mayHave(path: Path, key: string): boolean;
}

/** `isWhole`: the schema has found nothing. */
export function soundParts(parsed: Parsed, which: keyof typeof validators, isWhole: boolean): SoundParts {
	const parts: SoundParts = {
		value: parsed.value,
		parsed,
		isWhole: () => true,
		leavesOut: () => false,
		mayHave: () => false,
	};
	return isWhole ? parts : pruned(parts, which, mostRounds);
}

/** What is left out can leave a gap that takes what is around it along: a bound, its condition, the `when`. */
const mostRounds = 8;

function pruned(parts: SoundParts, which: keyof typeof validators, rounds: number): SoundParts {
	const framed = { ...frames[which], ...mapOf(parts.value) };
	if (validators[which](framed)) return { ...parts, value: framed };
	const complaints = schemaComplaints({ ...parts.parsed, value: framed }, which).filter(({ path }) => path.length > 0);
	// Never a document that does not fit: the checks rely on its type.
	if (rounds === 0 || complaints.length === 0) return leftOut(parts, framed, topOf(framed));
	return pruned(leftOut(parts, framed, complaints), which, rounds - 1);
}

/** What every document has to have, for one that lacks it. */
const frames = {
	playbook: { hsctl: 1, name: 'unnamed' },
	inventory: { groups: {} },
	module: { name: 'unnamed', version: '0', steps: [{ command: 'true' }] },
} as const satisfies Record<keyof typeof validators, object>;

const mapOf = (value: unknown): object =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};

const topOf = (value: object): readonly Complaint[] => Object.keys(value).map(key => ({ path: [key] }));

function leftOut(parts: SoundParts, value: object, complaints: readonly Complaint[]): SoundParts {
	const cuts = complaints.map(complaint => ({ ...complaint, path: wholeCondition(complaint.path) }));
	const rest = withoutPaths(
		value,
		cuts.map(({ path }) => path),
	);
	const below = new Set(
		cuts.flatMap(({ path }) => [...path.keys(), path.length].map(length => idOf(path.slice(0, length)))),
	);
	const cutAt = new Set(cuts.map(({ path }) => idOf(path)));
	const misspelt = new Set(
		cuts.flatMap(({ path, stranger }) => (stranger ? [misspeltId(path.slice(0, -1), stranger.meant)] : [])),
	);
	const { parsed } = parts;
	return {
		value: rest.value,
		parsed: {
			...parsed,
			at: (path, what) => parsed.at(rest.placeBefore(path), what),
			scalarSource: path => parsed.scalarSource(rest.placeBefore(path)),
			keys: path => parsed.keys(rest.placeBefore(path)),
		},
		isWhole(path) {
			const before = rest.placeBefore(path);
			return !below.has(idOf(before)) && parts.isWhole(before);
		},
		leavesOut(path) {
			const before = rest.placeBefore(path);
			return cutAt.has(idOf(before)) || parts.leavesOut(before);
		},
		mayHave(path, key) {
			const before = rest.placeBefore(path);
			const isMisspelt = [key, undefined].some(meant => misspelt.has(misspeltId(before, meant)));
			return isMisspelt || cutAt.has(idOf([...before, key])) || parts.mayHave(before, key);
		},
	};
}

const idOf = (path: Path): string => JSON.stringify(path.map(String));

const misspeltId = (path: Path, meant: string | undefined): string => `${idOf(path)} ${meant ?? ''}`;

/** Half of a condition means something else: it goes as one, up to what `all`, `any` and `not` put together. */
function wholeCondition(path: Path): Path {
	const when = path.indexOf('when', 1);
	if (when === -1) return path;
	let end = when + 1;
	while (end < path.length && isCombining(path[end])) end += 1;
	return path.slice(0, Math.min(end, path.length));
}

const isCombining = (step: string | number | undefined): boolean =>
	typeof step === 'number' || step === 'all' || step === 'any' || step === 'not';
