import { findCycles } from '../../../graph/cycle.ts';
import { compareVersions } from '../../../versions/compare.ts';
import type { Module } from '../../generated/playbook.generated.ts';
import { inside } from '../import-files.ts';
import type { Fields } from '../json/fields.ts';
import { both, never } from '../playbook/conditions.ts';
import { giveId } from '../playbook/give-id.ts';
import { possibleId } from '../playbook/ids.ts';
import { words } from '../playbook/plain-text.ts';
import type { PlaybookParts } from '../playbook/playbook-parts.ts';
import { unwritten } from './module-index.ts';
import { isVersionText } from './version-check.ts';

/** A manifest.json: which modules there are, at which versions, and which of them run. */
export function readManifest(fields: Fields, folder: string, parts: PlaybookParts): void {
	const entries = fields.maps('updates').flatMap(entry => readEntry(entry, parts));
	const byName = new Map<string, Entry>();
	for (const entry of entries) {
		if (byName.has(entry.name)) entry.fields.note('name', 'is there twice, and the later one is left out', 'keep one');
		else byName.set(entry.name, entry);
	}
	for (const entry of byName.values()) dropUnknown(entry, byName);
	dropCycles(byName);
	dropEmpty(byName, parts);
	const reached = reachedFrom(fields, byName);
	for (const entry of byName.values()) addEntry(entry, { folder, byName, isReached: reached.has(entry.name) }, parts);
	for (const entry of byName.values()) needParent(entry, byName, parts);
}

interface Entry {
	readonly fields: Fields;
	readonly name: string;
	readonly id: string;
	readonly version: string | undefined;
	readonly children: Map<string, number>;
}

function readEntry(fields: Fields, { ids, modules }: PlaybookParts): readonly Entry[] {
	const name = fields.text('name');
	if (name === undefined) {
		fields.note('', 'is left out: it has no name', 'give it one');
		return [];
	}
	// The index.json of the same module has been read before.
	const known = modules.has(possibleId(name));
	if (known) fields.owner = { kind: 'module', name: possibleId(name) };
	const id = known ? possibleId(name) : giveId(name, { fields, key: 'name', kind: 'module' }, ids.modules);
	const version = fields.version('version');
	const isVersion = version === undefined || isVersionText(version);
	if (!isVersion) fields.note('version', 'is no version that can be ordered, and is left out', 'write the version');
	const children = new Map(fields.texts('children').map(({ text, index }) => [text, index]));
	return [{ fields, name, id, version: isVersion ? version : undefined, children }];
}

/** Upstream warns of those and goes on. */
function dropUnknown({ fields, children }: Entry, byName: ReadonlyMap<string, Entry>): void {
	for (const [child, index] of children) {
		if (byName.has(child)) continue;
		fields.note(
			`children[${index}]`,
			`names \`${child.slice(0, 60)}\`, which is not in the manifest: it is left out`,
			'add it under `modules`',
		);
		children.delete(child);
	}
}

function dropCycles(byName: ReadonlyMap<string, Entry>): void {
	for (;;) {
		const [cycle] = findCycles([...byName.keys()], name => [...(byName.get(name)?.children.keys() ?? [])]);
		if (cycle === undefined) return;
		// It is told from its first member round to itself: the step before the end closes it.
		const entry = byName.get(cycle.at(-2) ?? cycle[0]);
		const index = entry?.children.get(cycle[0]);
		if (entry === undefined || index === undefined || !entry.children.delete(cycle[0])) return;
		entry.fields.note(
			`children[${index}]`,
			'closes a circle of children, and is left out',
			'see which of them is meant',
		);
	}
}

/** Neither a version nor children: there is nothing that could be done, and nobody can have it as a child. */
function dropEmpty(byName: Map<string, Entry>, { modules }: PlaybookParts): void {
	for (;;) {
		const empty = [...byName.values()].find(
			({ id, version, children }) => version === undefined && children.size === 0 && !modules.has(id),
		);
		if (empty === undefined) return;
		empty.fields.note('version', 'is not said, and it has no children: the module is left out', 'write the version');
		byName.delete(empty.name);
		for (const { children } of byName.values()) children.delete(empty.name);
	}
}

/** What the entrypoint leads to; all, where none is said. */
function reachedFrom(fields: Fields, byName: ReadonlyMap<string, Entry>): ReadonlySet<string> {
	const start = fields.text('entrypoint');
	if (start === undefined || !byName.has(start)) {
		fields.note(
			'entrypoint',
			start === undefined ? 'is not said: all modules run' : 'is no module of the manifest: all modules run',
			'switch off what should not run: `when: { not: always }`',
		);
		return new Set(byName.keys());
	}
	const reached = new Set([start]);
	for (const name of reached) for (const child of byName.get(name)?.children.keys() ?? []) reached.add(child);
	return reached;
}

interface Surrounding {
	readonly folder: string;
	readonly byName: ReadonlyMap<string, Entry>;
	readonly isReached: boolean;
}

function addEntry(entry: Entry, { folder, byName, isReached }: Surrounding, parts: PlaybookParts): void {
	const { fields, id, version, children } = entry;
	const description = fields.text('description');
	const isOn = fields.flag('enabled') !== false;
	if (!isOn) fields.note('enabled', 'is false: it never runs (upstream runs it all the same)', 'take its `when` out');
	else if (!isReached) fields.note('', 'is never run: the entrypoint does not lead to it', 'take its `when` out');
	noteState(fields);
	const before = parts.modules.get(id);
	const safe = readLastSafe(entry, before?.version);
	const when = both(before?.when, isOn && isReached ? undefined : never);
	const common = {
		...(description === undefined ? {} : { description: words(description) }),
		...(when === undefined ? {} : { when }),
	};
	if (before !== undefined) parts.modules.set(id, { ...before, ...common, ...safe });
	else if (version === undefined)
		parts.modules.set(id, { ...common, children: idsOf(children, byName) } satisfies Module);
	else {
		const source = parts.surroundings.pathOf(inside(folder, entry.name));
		parts.modules.set(id, { ...common, source, version, ...safe });
	}
	if (version !== undefined) addFile(entry, version, folder, parts);
}

const idsOf = (children: ReadonlyMap<string, number>, byName: ReadonlyMap<string, Entry>): string[] =>
	[...children.keys()].flatMap(child => byName.get(child)?.id ?? []);

function addFile({ fields, id, name }: Entry, version: string, folder: string, parts: PlaybookParts): void {
	const own = inside(folder, name);
	if (parts.modules.get(id)?.version !== version) {
		fields.note('version', `is left out: the module's own index.json says another one`, undefined);
		return;
	}
	if (parts.moduleFiles.has(own) || parts.surroundings.files.look(inside(own, 'module.yaml')).kind !== 'missing')
		return;
	fields.note(
		'name',
		`is a module whose work is in a program: it fails until its steps are written`,
		`write them in ${inside(own, 'module.yaml')}`,
	);
	parts.moduleFiles.set(own, { name: id, version, steps: [unwritten(id)] });
}

/** A module with work of its own and children: it comes first, and they need it. */
function needParent(
	{ fields, id, children }: Entry,
	byName: ReadonlyMap<string, Entry>,
	{ modules }: PlaybookParts,
): void {
	if (children.size === 0 || modules.get(id)?.children !== undefined) return;
	fields.note('children', 'became `needs`: the module has work of its own, and they follow it');
	for (const child of idsOf(children, byName)) {
		const module = modules.get(child);
		if (module !== undefined) modules.set(child, { ...module, needs: [...(module.needs ?? []), `module.${id}`] });
	}
}

function readLastSafe({ fields, version }: Entry, other: string | undefined): Pick<Module, 'last_safe'> {
	const safe = fields.version('lastSafeVersion');
	const newest = other ?? version;
	if (safe === undefined || newest === undefined) return {};
	if (!isVersionText(safe)) fields.note('lastSafeVersion', 'is no version that can be ordered, and is left out');
	else if ((compareVersions('loose', safe, newest) ?? 1) > 0)
		fields.note('lastSafeVersion', 'is above the version, and is left out', 'write one that was installed before');
	else return { last_safe: safe };
	return {};
}

/** What is no wish, but was seen or worked out. */
function noteState(fields: Fields): void {
	fields.leave(
		'checksum',
		'is left out: `hsctl lock` pins the whole folder by a digest that means one tree',
		'compare it with `hsctl checksum --legacy DIR`',
	);
	fields.leave('lastApplied', 'is left out: what is installed is asked of each host');
	fields.leave('module', 'is left out: steps are data, and no program is loaded', undefined, 'matters');
	fields.leave('args', 'is left out: steps take no arguments', 'write them into the steps', 'matters');
}
