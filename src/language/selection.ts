import { type HostName, hostName } from '../model/brand.ts';
import type { Inventory } from '../model/inventory.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Selection } from '../model/selection.ts';
import { unreachable } from '../model/unreachable.ts';
import { isGlob, matchesGlob } from './glob.ts';

/** One clause: what is wrong with a selection's text. */
export type SelectionProblem = string;

/**
 * Parses `a, b` (union), `a & b` (both), `a - b` (without) and globs with `*` and `?`.
 * `&` and `-` bind tighter than `,` and go from left to right. A `-` needs blanks around it, because names may contain one.
 */
export function parseSelection(text: string): Result<Selection, SelectionProblem> {
	const terms: Selection[] = [];
	for (const part of text.split(',')) {
		const term = parseTerm(part.trim());
		if (!term.ok) return term;
		terms.push(term.value);
	}
	return ok(terms.reduce(joined('union')));
}

function parseTerm(text: string): Result<Selection, SelectionProblem> {
	const [first, ...rest] = text.split(/\s*(&)\s*|\s+(-)\s+/).filter(part => part !== undefined);
	let left = parseName(first ?? '');
	for (let index = 0; index < rest.length && left.ok; index += 2) {
		const right = parseName(rest[index + 1] ?? '');
		if (!right.ok) return right;
		left = ok(joined(rest[index] === '&' ? 'both' : 'without')(left.value, right.value));
	}
	return left;
}

function parseName(name: string): Result<Selection, SelectionProblem> {
	if (name === '') return fail('a name is missing beside `,`, `&` or `-`');
	if (!/^[A-Za-z0-9_*?][A-Za-z0-9_.*?-]*$/.test(name)) return fail(`\`${name}\` is not a host, a group or a pattern`);
	return ok(isGlob(name) ? { kind: 'glob', pattern: name } : { kind: 'name', name });
}

const joined =
	(kind: 'union' | 'both' | 'without') =>
	(left: Selection, right: Selection): Selection => ({ kind, left, right });

/** The names in a selection that the inventory does not have, in the order they are written. */
export function unknownNames(selection: Selection, inventory: Inventory): readonly string[] {
	switch (selection.kind) {
		case 'name':
			return hostsNamed(selection.name, inventory) === undefined ? [selection.name] : [];
		case 'glob':
			return [];
		case 'union':
		case 'both':
		case 'without':
			return [...unknownNames(selection.left, inventory), ...unknownNames(selection.right, inventory)];
		default:
			return unreachable(selection);
	}
}

/** The hosts that a selection picks, in the order of the inventory. Unknown names pick nothing. */
export function selectHosts(selection: Selection, inventory: Inventory): readonly HostName[] {
	const picked = pick(selection, { inventory, written: writtenHosts(inventory), leaves: new Map() });
	return [...inventory.hosts.keys()].filter(name => picked.has(name));
}

interface Picking {
	readonly inventory: Inventory;
	readonly written: readonly HostName[];
	/** What a name or a pattern picks, by its text: one that is written a thousand times is looked for once. */
	readonly leaves: Map<string, ReadonlySet<HostName>>;
}

function pick(selection: Selection, picking: Picking): ReadonlySet<HostName> {
	switch (selection.kind) {
		case 'name':
		case 'glob':
			return pickLeaf(selection, picking);
		case 'union': {
			const parts = new Set(unionParts(selection).map(part => pick(part, picking)));
			return new Set([...parts].flatMap(part => [...part]));
		}
		case 'both':
			return pick(selection.left, picking).intersection(pick(selection.right, picking));
		case 'without':
			return pick(selection.left, picking).difference(pick(selection.right, picking));
		default:
			return unreachable(selection);
	}
}

/** `a, b, c` as three: to join them two by two would copy the first ones again for each further one. */
function unionParts(selection: Selection): readonly Selection[] {
	const parts: Selection[] = [];
	let rest = selection;
	while (rest.kind === 'union') {
		parts.push(rest.right);
		rest = rest.left;
	}
	return [rest, ...parts.toReversed()];
}

function pickLeaf(leaf: Selection & { kind: 'name' | 'glob' }, picking: Picking): ReadonlySet<HostName> {
	const text = selectionText(leaf);
	const picked =
		picking.leaves.get(text) ??
		(leaf.kind === 'name' ? new Set(hostsNamed(leaf.name, picking.inventory)) : matching(leaf.pattern, picking));
	picking.leaves.set(text, picked);
	return picked;
}

/** `all` is every host that is written down; `localhost` is there even when it is not, and then only by its name. */
function hostsNamed(name: string, inventory: Inventory): readonly HostName[] | undefined {
	const host = inventory.hosts.get(hostName(name));
	if (host !== undefined) return [host.name];
	const group = inventory.groups.get(name);
	if (group !== undefined) return group;
	return name === 'all' ? writtenHosts(inventory) : undefined;
}

function matching(pattern: string, { inventory, written }: Picking): ReadonlySet<HostName> {
	const groups = [...inventory.groups].filter(([name]) => matchesGlob(pattern, name)).flatMap(([, hosts]) => hosts);
	return new Set([...written.filter(name => matchesGlob(pattern, name)), ...groups]);
}

const writtenHosts = (inventory: Inventory): readonly HostName[] =>
	[...inventory.hosts.values()].filter(host => host.at !== undefined).map(host => host.name);

/** The selection as a person would write it. */
export function selectionText(selection: Selection): string {
	switch (selection.kind) {
		case 'name':
			return selection.name;
		case 'glob':
			return selection.pattern;
		case 'union':
			return `${selectionText(selection.left)}, ${selectionText(selection.right)}`;
		case 'both':
			return `${selectionText(selection.left)} & ${selectionText(selection.right)}`;
		case 'without':
			return `${selectionText(selection.left)} - ${selectionText(selection.right)}`;
		default:
			return unreachable(selection);
	}
}
