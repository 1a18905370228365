import { everyDefinitions } from './definition-notes.ts';
import type { AnsibleTree } from './tree.ts';
import type { VariableNames } from './wishes.ts';

/** New names for the variables whose own cannot be: `_` for what is no letter and no digit, unless something is called so already. */
export function renameVariables(tree: AnsibleTree): VariableNames {
	const all = new Set(everyDefinitions(tree).flatMap(([, vars]) => [...vars.keys()]));
	const taken = new Set([...all].filter(isPossible));
	const renamed = new Map<string, string | undefined>();
	for (const name of all) {
		if (isPossible(name)) continue;
		const wanted = `${name.replace(/[^A-Za-z0-9_]/gu, '_').replace(/^(?=[0-9])/, '_')}${isForbidden(name) ? '_' : ''}`;
		const isFree = isPossible(wanted) && !taken.has(wanted);
		if (isFree) taken.add(wanted);
		renamed.set(name, isFree ? wanted : undefined);
	}
	return renamed;
}

const isPossible = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(name) && !isForbidden(name);

/** No YAML file of hsctl has these as a key. */
const isForbidden = (name: string): boolean => ['__proto__', 'constructor', 'prototype'].includes(name);
