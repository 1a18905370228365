import type { Note, Owner } from '../note.ts';
import { type LeftOut, meaningOf } from './meaning.ts';
import type { AnsibleTree, Definitions } from './tree.ts';
import type { VariableNames } from './wishes.ts';

/** One note for each line that says something an inventory of hsctl cannot. */
export function definitionNotes(tree: AnsibleTree, names: VariableNames): readonly Note[] {
	const notes: Note[] = [];
	for (const [owner, vars] of everyDefinitions(tree)) {
		for (const [name, { value, at, shared, isRepeated }] of vars) {
			const found = isRepeated ? undefined : leftOutOf(name, value, names);
			if (found === undefined) continue;
			const whom = shared > 1 ? { ...owner, more: shared - 1 } : owner;
			notes.push({ at, subject: `\`${shownName(name)}\``, owner: whom, ...found });
		}
	}
	return notes;
}

const shownName = (name: string): string => (name.length > 60 ? `${name.slice(0, 57)}…` : name);

/** All that is defined anywhere, with whose it is. */
export function everyDefinitions({ groups, hosts, folders }: AnsibleTree): readonly (readonly [Owner, Definitions])[] {
	const of = (kind: Owner['kind'], named: Iterable<readonly [string, Definitions]>) =>
		[...named].map(([name, vars]) => [{ kind, name }, vars] as const);
	return [
		...of(
			'group',
			[...groups.values()].map(({ name, vars }) => [name, vars]),
		),
		...of(
			'host',
			[...hosts.values()].map(({ name, vars }) => [name, vars]),
		),
		...folders.flatMap(folder => [...of('group', folder.groups), ...of('host', folder.hosts)]),
	];
}

function leftOutOf(name: string, value: Parameters<typeof meaningOf>[1], names: VariableNames): LeftOut | undefined {
	const meaning = meaningOf(name, value);
	if (meaning.kind === 'left_out') return meaning;
	if (meaning.kind === 'connection') return undefined;
	if (!names.has(name)) return meaning.warning;
	const given = names.get(name);
	return given === undefined
		? {
				reason: 'is left out: names of variables are letters, digits and _, at most 63',
				cure: 'give it another name',
			}
		: {
				reason: `is called \`${given}\` now: names of variables are letters, digits and _`,
				isHarmless: true,
			};
}
