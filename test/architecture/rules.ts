import type { IForbiddenRuleType } from 'dependency-cruiser';

/**
 * Which folders of src a folder may import from, beside itself. What is not here may not be imported: a new folder has to be
 * given its floor first. The picture and the reasons are in docs/architecture.md.
 */
const floors = {
	model: [],
	ports: ['model'],
	host: [],
	graph: ['model'],
	versions: ['model'],
	facts: ['model'],
	conditions: ['model', 'versions', 'facts'],
	texts: ['model'],
	units: ['model', 'conditions'],
	language: ['model', 'ports', 'graph', 'versions', 'facts', 'conditions'],
	planning: ['model', 'ports', 'graph', 'facts', 'conditions', 'texts', 'units', 'language'],
	execution: ['model', 'ports', 'host', 'graph', 'versions', 'facts', 'conditions', 'units', 'language', 'planning'],
	connectors: ['model', 'ports'],
	storage: ['model', 'ports'],
	outputs: ['model', 'ports'],
	cli: ['model', 'ports', 'language', 'planning', 'execution', 'outputs'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Files beside the folders, and what each may import. */
const topFiles = {
	'main.ts': ['src/version.ts', 'src/cli/'],
	'version.ts': [],
	'compose.ts': ['src/model/', 'src/ports/', 'src/connectors/', 'src/storage/'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** What the folders may import of the files beside them. */
const topFilesFor: Readonly<Record<string, readonly string[]>> = { cli: ['src/compose.ts', 'src/version.ts'] };

/** Folders that decide and do not act: no node: module but node:crypto, which only computes. */
export const pureFolders = [
	'model',
	'ports',
	'graph',
	'versions',
	'texts',
	'facts',
	'conditions',
	'units',
	'language',
	'planning',
] as const;

/** Every library has one home; a library that is not here may not be imported from src at all. */
const homes = {
	'age-encryption': 'connectors',
	ajv: 'language',
	commander: 'cli',
	croner: 'language',
	diff: 'texts',
	execa: 'connectors',
	ink: 'outputs/tui',
	'node-diff3': 'texts',
	react: 'outputs/tui',
	semver: 'versions',
	ssh2: 'connectors/ssh',
	'string-width': 'outputs',
	yaml: 'language',
} as const satisfies Readonly<Record<string, string>>;

/** Modules of Node that are a port's business: the one folder that may have them. */
const nodeHomes = { 'node:sqlite': 'storage' } as const satisfies Readonly<Record<string, string>>;

const error = 'error' as const;
const words = (names: readonly string[]): string => names.map(name => name.replaceAll('.', '\\.')).join('|');

const floorRules: readonly IForbiddenRuleType[] = Object.entries(floors).map(([folder, below]) => ({
	name: `floor ${folder}`,
	severity: error,
	from: { path: `^src/${folder}/` },
	to: {
		path: '^src/',
		pathNot: `^(${words([`src/${folder}/`, ...below.map(name => `src/${name}/`), ...(topFilesFor[folder] ?? [])])})`,
	},
}));

const topRules: readonly IForbiddenRuleType[] = Object.entries(topFiles).map(([file, allowed]) => ({
	name: `floor ${file}`,
	severity: error,
	from: { path: `^src/${words([file])}$` },
	to: { path: '^src/', ...(allowed.length === 0 ? {} : { pathNot: `^(${words(allowed)})` }) },
}));

const placeRule: IForbiddenRuleType = {
	name: 'every file has a floor',
	comment: 'a folder or a file of src that test/architecture/rules.ts does not know',
	severity: error,
	from: {
		path: '^src/',
		pathNot: `^src/((${words(Object.keys(floors))})/|(${words(Object.keys(topFiles))})$)`,
	},
	to: {},
};

const homeRules: readonly IForbiddenRuleType[] = Object.entries(homes).map(([name, folder]) => ({
	name: `home of ${name}`,
	severity: error,
	from: { path: '^src/', pathNot: `^src/${folder}/` },
	to: { path: `node_modules/${words([name])}/` },
}));

const nodeHomeRules: readonly IForbiddenRuleType[] = Object.entries(nodeHomes).map(([name, folder]) => ({
	name: `home of ${name}`,
	severity: error,
	from: { path: '^src/', pathNot: `^src/${folder}/` },
	to: { path: `^${name}$` },
}));

export const rules: IForbiddenRuleType[] = [
	...floorRules,
	...topRules,
	placeRule,
	...homeRules,
	...nodeHomeRules,
	{
		name: 'every library has a home',
		severity: error,
		from: { path: '^src/' },
		to: { path: 'node_modules/', pathNot: `node_modules/(${words(Object.keys(homes))})/` },
	},
	{
		name: 'pure folders do no I/O',
		severity: error,
		from: { path: `^src/(${words(pureFolders)})/` },
		to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
	},
	{ name: 'no cycles', severity: error, from: { path: '^src/' }, to: { circular: true } },
	{
		name: 'everything is used by main.ts',
		severity: error,
		from: { path: '^src/main\\.ts$' },
		// Types are made for each schema, used or not.
		to: { path: '^src/', pathNot: '(\\.d|\\.generated)\\.ts$', reachable: false },
	},
	{ name: 'everything can be found', severity: error, from: { path: '^src/' }, to: { couldNotResolve: true } },
	{ name: 'src knows no test', severity: error, from: { path: '^src/' }, to: { path: '^(test|bench|scripts)/' } },
];
