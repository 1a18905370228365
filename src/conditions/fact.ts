import { findFact } from '../facts/registry.ts';
import { sh } from '../model/command.ts';
import { describeBounds } from '../versions/compare.ts';
import type { ConditionType } from './condition-type.ts';
import { claim, judgeVersion, verdict } from './verdict.ts';

/** A fact of the host by its name. A fact that the host does not tell is missing. */
export const fact: ConditionType<'fact', string | undefined> = {
	kind: 'fact',
	fact: ({ name }) => `fact ${name}`,
	rule: ({ equals, version }) =>
		[
			...(equals === undefined ? [] : [`is ${equals.join(' or ')}`]),
			...(version === undefined ? [] : [describeBounds(version, version.compare)]),
		].join(', '),
	// The language knows the names; an unknown one that comes this far asks nothing and is missing.
	probe: ({ name }) => findFact(name)?.probe ?? { look: sh`:`, parse: () => undefined },
	judge({ name, equals, version }, value) {
		if (value === undefined) return verdict('missing', 'absent', `the host does not tell its ${name}`);
		if (equals !== undefined && !equals.includes(value)) {
			return claim(false, value, `${name} is ${value}, not ${equals.join(' or ')}`);
		}
		if (version !== undefined) return judgeVersion(version, value, version.compare, name);
		return claim(true, value, `${name} is ${value}`);
	},
};
