import { sh } from '../model/command.ts';
import { describeBounds } from '../versions/compare.ts';
import type { ConditionType } from './condition-type.ts';
import { judgeVersion, verdict } from './verdict.ts';

/** The version of a module that hsctl itself put on the host. */
export const moduleVersion: ConditionType<'module_version', string | undefined> = {
	kind: 'module_version',
	fact: ({ module }) => `module_version ${module}`,
	rule: options => describeBounds(options, options.compare),
	// Only a receipt can tell it, and modules leave none yet: this probe is where it is to be read once they do.
	probe: () => ({ look: sh`:`, parse: () => undefined }),
	judge(options, version) {
		if (version !== undefined) return judgeVersion(options, version, options.compare, options.module);
		return verdict('missing', 'absent', `no receipt on the host tells a version of module ${options.module}`);
	},
};
