import { loadConfig } from '../language/config.ts';
import type { GlobalOptions } from './context.ts';
import type { FoundPlaybook } from './load.ts';

/** The options with what the repository of a playbook says about runs; what the command line says wins. */
export function withConfig<Options extends GlobalOptions>(found: FoundPlaybook | undefined, options: Options): Options {
	if (found === undefined) return options;
	// What is wrong with it is said when the playbook is checked.
	const { config } = loadConfig(found.repository);
	const reports = config.reports.map(word => word.replace('=', `=${found.root}/`));
	return {
		...options,
		...(config.parallel === undefined ? {} : { parallel: options.parallel ?? config.parallel }),
		...(config.tui === undefined ? {} : { tui: options.tui ?? config.tui }),
		...(reports.length === 0 ? {} : { report: [...reports, ...(options.report ?? [])] }),
	};
}
