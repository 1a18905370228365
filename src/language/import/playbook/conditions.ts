import type { Condition } from '../../generated/playbook.generated.ts';
import { freeVariable } from './ids.ts';

/** What the language has for "switched off". */
export const never: Condition = { not: 'always' };

/** Holds when a person says so: `--set <name>=yes`. */
export interface Gate {
	readonly variable: string;
	readonly condition: Condition;
}

/** A new one, closed. */
export function addGate(id: string, vars: Map<string, string>): Gate {
	const variable = freeVariable(`run_${id}`, vars);
	vars.set(variable, 'no');
	return { variable, condition: { command: { run: ['test', `\${vars.${variable}}`, '=', 'yes'] } } };
}

/** All of them, in the shortest form; `undefined` where nothing is asked. */
export function both(...conditions: readonly (Condition | undefined)[]): Condition | undefined {
	const asked = conditions.filter(condition => condition !== undefined && condition !== 'always');
	return asked.length > 1 ? { all: asked.filter(condition => condition !== undefined) } : asked[0];
}
