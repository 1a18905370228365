import {
	becomeMethod,
	type ConnectionVariable,
	connectionKind,
	connectionVariables,
	type Meaning,
	meaningOf,
	spellings,
	truth,
} from './meaning.ts';
import type { Definition, Definitions } from './tree.ts';

/**
 * What is to be said of a host or a group in an inventory of hsctl, by key: `vars.<name>`, `address`, `port`, `user`, `connection`,
 * `become`. What cannot be said is not there.
 */
export interface Wishes {
	readonly said: ReadonlyMap<string, string>;
	/** Ansible reaches the host in this way, which hsctl does not know. */
	readonly otherConnection?: Definition;
}

/** New names for variables: only those that cannot stay as they are; `undefined` where there is none. */
export type VariableNames = ReadonlyMap<string, string | undefined>;

/** What the layers come to, weakest first. */
export function readWishes(layers: readonly Definitions[], names: VariableNames): Wishes {
	const all = new Map<string, Definition>();
	for (const layer of layers) for (const [name, definition] of layer) all.set(name, definition);
	const said = new Map([...variablesOf(all, names), ...placesOf(all)]);
	const connection = connectionOf(all);
	if (connection === undefined) return { said };
	const kind = connection.value.kind === 'text' ? connectionKind(connection.value.text) : undefined;
	return kind === undefined ? { said, otherConnection: connection } : { said: said.set('connection', kind) };
}

type All = ReadonlyMap<string, Definition>;

const variablesOf = (all: All, names: VariableNames): readonly (readonly [string, string])[] =>
	[...all].flatMap(([name, { value }]) => {
		const found = meaningOf(name, value);
		const given = names.has(name) ? names.get(name) : name;
		return found.kind === 'variable' && given !== undefined ? [[`vars.${given}`, found.text] as const] : [];
	});

function placesOf(all: All): readonly (readonly [string, string])[] {
	const [host, port, user, become] = [textOf('host', all), textOf('port', all), textOf('user', all), becomeOf(all)];
	return [
		...(host === undefined ? [] : [['address', host] as const]),
		...(port === undefined ? [] : [['port', String(Number(port))] as const]),
		...(user === undefined ? [] : [['user', user] as const]),
		...(become === undefined ? [] : [['become', become] as const]),
	];
}

/** The keys that a definition of this name has a part in. */
export function keysOf(name: string, names: VariableNames): readonly string[] {
	const variable = connectionVariables.find(one => spellings[one].includes(name));
	if (variable === undefined) {
		const given = names.has(name) ? names.get(name) : name;
		return given === undefined ? [] : [`vars.${given}`];
	}
	if (variable === 'host') return ['address'];
	return [variable === 'become_method' || variable === 'become_user' ? 'become' : variable];
}

function meaning(variable: ConnectionVariable, all: All): Meaning | undefined {
	const name = spellings[variable].find(one => all.get(one) !== undefined && all.get(one)?.value.kind !== 'none');
	const definition = name === undefined ? undefined : all.get(name);
	return name === undefined || definition === undefined ? undefined : meaningOf(name, definition.value);
}

function textOf(variable: ConnectionVariable, all: All): string | undefined {
	const found = meaning(variable, all);
	return found?.kind === 'connection' ? found.text : undefined;
}

function connectionOf(all: All): Definition | undefined {
	const definition = all.get('ansible_connection');
	return definition === undefined || definition.value.kind === 'none' ? undefined : definition;
}

/** To become root is said only where all of it is understood: less is safe, more is not. */
function becomeOf(all: All): string | undefined {
	const text = textOf('become', all);
	const wants = text === undefined ? undefined : truth(text);
	if (wants === false) return 'none';
	const isOther = (['become_method', 'become_user'] as const).some(one => meaning(one, all)?.kind === 'left_out');
	return wants === undefined || isOther
		? undefined
		: (becomeMethod(textOf('become_method', all) ?? 'sudo') ?? undefined);
}
