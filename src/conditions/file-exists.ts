import { sh } from '../model/command.ts';
import type { ConditionType } from './condition-type.ts';
import { judgeAbsence, type Presence, readPresence } from './presence.ts';
import { claim } from './verdict.ts';

/**
 * Whether a path leads to something, of whatever type. A link that leads nowhere does not, as for `test -e`.
 * Never missing: absence is its answer. Unreadable when a folder on the way cannot be searched.
 */
export const fileExists: ConditionType<'file_exists', Presence> = {
	kind: 'file_exists',
	fact: ({ path }) => `file_exists ${path}`,
	rule: ({ invert }) => (invert ? 'does not exist' : 'exists'),
	probe: ({ path }) => ({ look: sh`hs_look_here hs_look_place ${path}`, parse: readPresence }),
	judge({ path, invert }, presence) {
		if (presence.kind === 'there') return claim(!invert, 'exists', `${path} exists`);
		if (presence.kind === 'absent') return claim(invert, 'absent', `${path} does not exist`);
		return judgeAbsence(presence, path);
	},
};
