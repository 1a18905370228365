import { type RepoPath, repoPath } from '../model/brand.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Become } from '../model/unit.ts';
import type { Repository } from '../ports/repository.ts';
import type { ConfigDocument } from './generated/config.generated.ts';
import { readYaml } from './read-yaml.ts';
import { Report } from './report.ts';
import { schemaProblems } from './schema-problems.ts';

/** What a repository says once for all of its playbooks; the command line wins over it, and so does a playbook. */
export interface Config {
	readonly inventory?: RepoPath;
	readonly become?: Become;
	/** Hosts at once. */
	readonly parallel?: number;
	readonly tui?: 'auto' | 'on' | 'off';
	/** `junit=FILE` for each, as `--report` takes them. */
	readonly reports: readonly string[];
	/** Folders with playbooks, beside the root itself. */
	readonly playbooks: readonly RepoPath[];
}

export const configPath: RepoPath = repoPath('hsctl.config.yaml');

const nothingSaid: Config = { reports: [], playbooks: [repoPath('playbooks')] };

/** The repository's configuration, and everything that is wrong with it; without the file, what holds by itself. */
export function loadConfig(repository: Repository): {
	readonly config: Config;
	readonly diagnostics: readonly Diagnostic[];
} {
	if (!repository.list(repoPath('')).some(({ name }) => name === configPath))
		return { config: nothingSaid, diagnostics: [] };
	const read = readYaml(configPath, repository);
	if (!read.ok) return { config: nothingSaid, diagnostics: read.error };
	const problems = schemaProblems(read.value, 'config');
	if (problems.length > 0) return { config: nothingSaid, diagnostics: problems };
	// The schema has just said that the value has this type.
	const document = read.value.value as ConfigDocument;
	const report = new Report(read.value);
	for (const key of notUsedYet)
		if (document[key] !== undefined)
			report.add({
				code: 'HS1706',
				path: [key],
				what: 'key',
				severity: 'warning',
				message: `\`${key}\` has no effect in this version`,
				hint: 'leave it out until it has one',
			});
	return { config: configOf(document), diagnostics: report.diagnostics };
}

const notUsedYet = ['timeout', 'color'] as const;

function configOf({ inventory, become, parallel, tui, reports, playbooks }: ConfigDocument): Config {
	return {
		...(inventory === undefined ? {} : { inventory: repoPath(inventory) }),
		...(become === undefined ? {} : { become }),
		...(parallel === undefined ? {} : { parallel }),
		...(tui === undefined ? {} : { tui }),
		reports: Object.entries(reports ?? {}).map(([kind, file]) => `${kind}=${file}`),
		playbooks: playbooks === undefined ? nothingSaid.playbooks : [playbooks].flat().map(repoPath),
	};
}
