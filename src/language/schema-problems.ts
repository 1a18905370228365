import type { Diagnostic } from '../model/diagnostic.ts';
import { config, inventory, module, playbook } from './generated/validators.generated.js';
import type { Parsed, Path } from './parse.ts';
import { atMost } from './problem-list.ts';
import {
	isNamed,
	isOfType,
	keySets,
	resolved,
	type SchemaName,
	type SchemaNode,
	schemaOf,
	typesOf,
} from './schema-node.ts';
import * as say from './schema-sentences.ts';
import { nearest } from './suggest.ts';

export type { SchemaName } from './schema-node.ts';

const validators = { playbook, inventory, module, config } as const satisfies Record<SchemaName, unknown>;

const mostProblems = 100;

/**
 * Everything that the structure of the document gets wrong, in the order of the file. Empty: the value has the type that is
 * generated from the schema. The validators decide; the walk below only finds the words for a no.
 */
export function schemaProblems(parsed: Parsed, which: SchemaName): readonly Diagnostic[] {
	const fits = validators[which](parsed.value);
	if (fits && parsed.ignored.length === 0) return [];
	const looking = lookingAt(parsed, which);
	refuseIgnoredNames(looking);
	if (!fits) lookAtDocument(looking);
	if (!fits && looking.total === 0) report(looking, [], 'value', say.unexplained(which));
	const inOrder = [...looking.problems.values()].toSorted(byPlace);
	return atMost(mostProblems, inOrder, looking.total);
}

/** Something that the schema does not take. */
export interface Complaint {
	readonly path: Path;
	/** Of a key that the language does not have there: the one that it probably is, misspelt; `undefined` when that can be any. */
	readonly stranger?: { readonly meant: string | undefined };
}

/** Everything that would have to go, however much that is, for the value to fit: without words. */
export function schemaComplaints(parsed: Parsed, which: SchemaName): readonly Complaint[] {
	const looking = lookingAt(parsed, which);
	lookAt(looking.root, parsed.value, [], looking);
	return looking.complaints;
}

function lookingAt(parsed: Parsed, which: SchemaName): Looking {
	return { parsed, which, root: schemaOf(which), problems: new Map(), complaints: [], total: 0 };
}

function lookAtDocument(looking: Looking): void {
	const { parsed, root, which } = looking;
	if (which === 'playbook' && isSomethingElse(parsed.value, root)) report(looking, [], 'key', say.notAPlaybook());
	else lookAt(root, parsed.value, [], looking);
}

/** A file of another program: to list all of its keys as unknown would hide the one thing that is wrong. */
function isSomethingElse(value: unknown, root: SchemaNode): boolean {
	if (!isMap(value) || Array.isArray(value)) return false;
	const common = new Set(['name', 'description', 'hosts']);
	const telling = Object.keys(root.properties ?? {}).filter(key => !common.has(key));
	return !Object.keys(value).some(key => telling.includes(key) || nearest(key, telling) !== undefined);
}

interface Looking {
	readonly parsed: Parsed;
	readonly which: SchemaName;
	readonly root: SchemaNode;
	/** By place and sentence: what stands behind an anchor is looked at once for each alias. */
	readonly problems: Map<string, Diagnostic>;
	readonly complaints: Complaint[];
	/** Counts on when there is no room for more. */
	total: number;
}

function byPlace(one: Diagnostic, other: Diagnostic): number {
	return (one.at?.line ?? 0) - (other.at?.line ?? 0) || (one.at?.column ?? 0) - (other.at?.column ?? 0);
}

function report(
	looking: Looking,
	path: Path,
	what: 'key' | 'value',
	sentence: say.Sentence,
	stranger: Omit<Complaint, 'path'> = {},
): void {
	looking.complaints.push({ path, ...stranger });
	if (isFull(looking)) {
		looking.total++;
		return;
	}
	const at = looking.parsed.at(path, what);
	const id = `${at.line}:${at.column} ${sentence.code} ${sentence.message}`;
	if (looking.problems.has(id)) return;
	looking.problems.set(id, { severity: 'error', ...sentence, at });
	looking.total++;
}

const isFull = ({ problems }: Looking): boolean => problems.size >= mostProblems;

/** Among names of somebody's choice, one that starts with x- would be without effect, and nobody would see why. */
function refuseIgnoredNames(looking: Looking): void {
	for (const { path, at } of looking.parsed.ignored) {
		const parent = path.slice(0, -1);
		const node = schemaAt(parent, looking);
		if (node === undefined || !isNamed(node)) continue;
		const sentence = say.ignoredName(String(path.at(-1)));
		looking.problems.set(`${at.line}:${at.column}`, { severity: 'error', ...sentence, at });
		looking.total++;
	}
}

/** The schema of the value at the path, as far as it can be told without the value. */
function schemaAt(path: Path, { root }: Looking): SchemaNode | undefined {
	let node: SchemaNode | undefined = root;
	for (const step of path) {
		const branches: readonly SchemaNode[] = branchesOf(node, root);
		node = branches.map(branch => childOf(branch, step)).find(child => child !== undefined);
		if (node === undefined) return undefined;
	}
	return branchesOf(node, root).find(isNamed) ?? resolved(node, root);
}

function branchesOf(node: SchemaNode, root: SchemaNode): readonly SchemaNode[] {
	const here = resolved(node, root);
	return [here, ...(here.anyOf ?? []).map(branch => resolved(branch, root))];
}

function childOf(node: SchemaNode, step: string | number): SchemaNode | undefined {
	if (typeof step === 'number') return node.items;
	if (node.properties && Object.hasOwn(node.properties, step)) return node.properties[step];
	return typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
}

/** One place: the branch that its kind of value belongs to, then that kind's own rules. */
function lookAt(unresolved: SchemaNode, value: unknown, path: Path, looking: Looking): void {
	const node = resolved(unresolved, looking.root);
	if (!isOfType(value, typesOf(node, looking.root))) {
		report(looking, path, 'value', say.wrongKind(subject(node, value, path, looking)));
		return;
	}
	const branch = node.type === undefined ? branchFor(node, value, looking) : undefined;
	if (branch !== undefined) lookAt(branch, value, path, looking);
	else if (node.const !== undefined || node.enum !== undefined) lookAtWord(node, value, path, looking);
	else if (typeof value === 'string') lookAtText(node, value, path, looking);
	else if (typeof value === 'number') lookAtNumber(node, value, path, looking);
	else if (Array.isArray(value)) lookAtList(node, value, path, looking);
	else if (isMap(value)) lookAtMap(node, value, path, looking);
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null;

/** A fixed word that is the very value was meant. Beside such words, each kind of value belongs to one branch. */
const branchFor = (node: SchemaNode, value: unknown, { root }: Looking): SchemaNode | undefined =>
	node.anyOf?.find(branch => fixedWords(resolved(branch, root)).includes(value)) ??
	node.anyOf?.find(branch => isOfType(value, typesOf(branch, root)));

const fixedWords = (node: SchemaNode): readonly unknown[] =>
	node.enum ?? (node.const === undefined ? [] : [node.const]);

function subject(node: SchemaNode, value: unknown, path: Path, { parsed, root }: Looking): say.Subject {
	const written = parsed.scalarSource(path);
	const text = branchesOf(node, root).find(branch => branch.type === 'string');
	const quotable =
		text !== undefined && written !== undefined && typeof value !== 'string' && fitsPattern(text, written);
	const about = { path, node, value, types: typesOf(node, root), words: wordsOf(node, root), quotable };
	return written === undefined ? about : { ...about, written };
}

/** Every fixed word that is possible here, those of branches included. */
function wordsOf(node: SchemaNode, root: SchemaNode): readonly string[] {
	return branchesOf(node, root).flatMap(branch => (branch.enum ?? []).map(String));
}

function lookAtWord(node: SchemaNode, value: unknown, path: Path, looking: Looking): void {
	if (fixedWords(node).includes(value)) return;
	const about = subject(node, value, path, looking);
	if (path.length === 1 && path[0] === 'hsctl') report(looking, path, 'value', say.otherLanguage(about));
	else
		report(
			looking,
			path,
			'value',
			say.otherWord(about, nearest(String(value), about.words), otherForms(path, looking)),
		);
}

/** Where a word is not the only form: `when: file_exists` was meant as the key of a map. */
function otherForms(path: Path, looking: Looking): Readonly<Record<string, unknown>> {
	const node = schemaAt(path, looking);
	if (node === undefined) return {};
	const properties = branchesOf(node, looking.root).flatMap(branch => Object.entries(branch.properties ?? {}));
	return Object.fromEntries(properties.map(([key, child]) => [key, child.examples?.[0]]));
}

function lookAtText(node: SchemaNode, value: string, path: Path, looking: Looking): void {
	const about = { ...subject(node, value, path, looking), words: wordsBeside(path, looking) };
	if (value.length < (node.minLength ?? 0)) report(looking, path, 'value', say.emptyText(about));
	else if (value.length > (node.maxLength ?? Number.POSITIVE_INFINITY))
		report(looking, path, 'value', say.longText(about));
	else if (!fitsPattern(node, value)) report(looking, path, 'value', say.wrongForm(about));
}

/** The fixed words that a place takes beside text of a form: a duration, or `off`. */
function wordsBeside(path: Path, looking: Looking): readonly string[] {
	const node = schemaAt(path, looking);
	return node === undefined ? [] : branchesOf(node, looking.root).flatMap(fixedWords).map(String);
}

const patterns = new Map<string, RegExp>();

function fitsPattern({ pattern }: SchemaNode, text: string): boolean {
	if (pattern === undefined) return true;
	const compiled = patterns.get(pattern) ?? new RegExp(pattern, 'u');
	patterns.set(pattern, compiled);
	return compiled.test(text);
}

function lookAtNumber(node: SchemaNode, value: number, path: Path, looking: Looking): void {
	const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = node;
	if (value < minimum || value > maximum)
		report(looking, path, 'value', say.outOfRange(subject(node, value, path, looking)));
}

function lookAtList(node: SchemaNode, values: readonly unknown[], path: Path, looking: Looking): void {
	const about = subject(node, values, path, looking);
	if (values.length < (node.minItems ?? 0)) report(looking, path, 'key', say.tooFew(about));
	if (values.length > (node.maxItems ?? Number.POSITIVE_INFINITY)) report(looking, path, 'key', say.tooMany(about));
	if (node.uniqueItems) lookForTwins(values, path, looking);
	const { items } = node;
	if (items) for (const [index, value] of values.entries()) lookAt(items, value, [...path, index], looking);
}

function lookForTwins(values: readonly unknown[], path: Path, looking: Looking): void {
	const seen = new Set<unknown>();
	for (const [index, value] of values.entries()) {
		// Of lists and maps that are the same it is enough to hear that they are no entries.
		if (typeof value === 'object') continue;
		if (seen.has(value)) report(looking, [...path, index], 'value', say.twice(String(value), path));
		seen.add(value);
	}
}

function lookAtMap(node: SchemaNode, value: Readonly<Record<string, unknown>>, path: Path, looking: Looking): void {
	const keys = Object.keys(value);
	const strangers = isNamed(node) ? [] : keys.filter(key => !Object.hasOwn(node.properties ?? {}, key));
	const meant = reportStrangers(strangers, value, node, path, looking);
	for (const key of node.required ?? []) if (!meant.has(key)) lookFor(key, value, node, path, looking);
	if (strangers.length === 0) lookAtCombination(node, keys, path, looking);
	for (const key of keys) {
		if (node.propertyNames) lookAtName(node.propertyNames, key, [...path, key], looking);
		const child = childOf(node, key);
		if (child) lookAt(child, value[key], [...path, key], looking);
	}
}

/** Gives the keys that were probably meant. Who was meant is asked for as many as are listed: it is a search each. */
function reportStrangers(
	strangers: readonly string[],
	value: object,
	node: SchemaNode,
	path: Path,
	looking: Looking,
): ReadonlySet<string> {
	const known = Object.keys(node.properties ?? {});
	const free = known.filter(candidate => !Object.hasOwn(value, candidate));
	const allMeant = new Set<string>();
	for (const key of strangers) {
		const meant = isFull(looking) ? undefined : nearest(key, free);
		if (meant !== undefined) allMeant.add(meant);
		report(looking, [...path, key], 'key', say.unknownKey(key, path, known, meant), { stranger: { meant } });
	}
	return allMeant;
}

function lookFor(key: string, value: object, node: SchemaNode, path: Path, looking: Looking): void {
	if (Object.hasOwn(value, key)) return;
	if (key === 'hsctl') report(looking, path, 'key', say.notAPlaybook());
	else
		report(looking, path, 'key', say.missingKey(key, node, path, resolved(node.properties?.[key] ?? {}, looking.root)));
}

function lookAtCombination(node: SchemaNode, keys: readonly string[], path: Path, looking: Looking): void {
	const { minProperties = 0, maxProperties = Number.POSITIVE_INFINITY } = node;
	const known = Object.keys(node.properties ?? {});
	if (keys.length < minProperties) report(looking, path, 'key', say.noneOf(known, path));
	else if (keys.length > maxProperties) report(looking, path, 'key', say.severalOf(keys, known, path));
	const sets = keySets(node.oneOf) ?? keySets(node.anyOf);
	if (sets === undefined) return;
	const complete = sets.filter(set => set.every(key => keys.includes(key)));
	if (complete.length === 0) report(looking, path, 'key', say.noSet(sets, keys, path));
	else if (complete.length > 1 && node.oneOf) report(looking, path, 'key', say.severalSets(complete, path));
}

function lookAtName(unresolved: SchemaNode, key: string, path: Path, looking: Looking): void {
	const node = resolved(unresolved, looking.root);
	if (node.enum && !node.enum.includes(key)) {
		const words = node.enum.map(String);
		report(looking, path, 'key', say.unknownKey(key, path.slice(0, -1), words, nearest(key, words)));
	} else if (!fitsPattern(node, key)) {
		report(looking, path, 'key', say.badName(key, node));
	}
}
