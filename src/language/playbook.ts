import { asUnitAddress, type RepoPath, type UnitAddress, unitAddress } from '../model/brand.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { isError } from '../model/diagnostic.ts';
import type { Playbook, UnsupportedSection } from '../model/playbook.ts';
import type { Unit } from '../model/unit.ts';
import type { Repository } from '../ports/repository.ts';
import type { CheckContext, NamedSection } from './checks/context.ts';
import { checkExceptions } from './checks/exceptions.ts';
import { FilesOnce } from './checks/files-once.ts';
import { readHotfixes } from './checks/hotfixes.ts';
import { readModules } from './checks/modules.ts';
import { checkNeeds } from './checks/needs.ts';
import { readPatch, readReboot } from './checks/patch-and-reboot.ts';
import { readPools } from './checks/pools.ts';
import { readHosts } from './checks/read-hosts.ts';
import { refuseReferences } from './checks/references.ts';
import { checkRollout } from './checks/rollout.ts';
import { checkSecrets, readSecrets } from './checks/secrets.ts';
import { Selections } from './checks/selections.ts';
import { readVerify } from './checks/verify.ts';
import { checkSchedules, checkWindows } from './checks/windows.ts';
import { type Config, loadConfig } from './config.ts';
import type { PlaybookDocument } from './generated/playbook.generated.ts';
import { emptyInventory } from './inventory.ts';
import { readInventoryFile } from './inventory-file.ts';
import { type KnownInventory, readKnownInventory } from './known-inventory.ts';
import { type LockFile, lockPath } from './lock-file.ts';
import type { Parsed } from './parse.ts';
import { hasLock, readLock } from './read-lock.ts';
import { readYaml } from './read-yaml.ts';
import { resolveRepoPath } from './repo-path.ts';
import { Report } from './report.ts';
import { schemaProblems } from './schema-problems.ts';
import { type SoundParts, soundParts } from './sound-parts.ts';
import { nearest } from './suggest.ts';

/** What loading a playbook takes beside the repository. */
export interface LoadOptions {
	/** `-i`: an inventory instead of the one that the playbook names. */
	readonly inventory?: RepoPath;
	readonly set: ReadonlyMap<string, string>;
	readonly today: Date;
	readonly allowEmpty: boolean;
}

/** Everything that is wrong, and the playbook when nothing is. */
export interface Loaded {
	readonly diagnostics: readonly Diagnostic[];
	readonly playbook?: Playbook;
}

/** Reads, parses and checks one playbook with all it names. All problems come at once; errors leave no playbook. */
export function loadPlaybook(file: RepoPath, repository: Repository, options: LoadOptions): Loaded {
	const read = readYaml(file, repository);
	if (!read.ok) return { diagnostics: read.error };
	const parsed = read.value;
	const structure = schemaProblems(parsed, 'playbook');
	const parts = soundParts(parsed, 'playbook', structure.length === 0);
	// The schema has just said that the value has this type.
	const document = parts.value as PlaybookDocument;
	const report = new Report(parts.parsed);
	const { config, diagnostics: ofConfig } = loadConfig(repository);
	report.include(ofConfig);
	const inventory = loadInventory(document, { file, parts, repository, options, config, report });
	const context: CheckContext = {
		file,
		parts,
		document,
		declared: declaredNames(parsed),
		unread: new Set(namedSections.filter(section => parts.leavesOut([section]) && parsed.keys([section]).length === 0)),
		inventory: inventory?.inventory ?? emptyInventory,
		selections: new Selections(inventory?.inventory ?? emptyInventory, {
			known: inventory?.known ?? 'nothing',
			allowEmpty: options.allowEmpty,
		}),
		repository,
		files: new FilesOnce(repository),
		lock: loadLock(repository, report),
		set: new Set(options.set.keys()),
		today: options.today,
		report,
	};
	const playbook = readSections(context, config);
	const diagnostics = [...structure, ...report.diagnostics].toSorted(byPlace);
	return diagnostics.some(isError)
		? { diagnostics }
		: { diagnostics, playbook: { ...playbook, warnings: diagnostics } };
}

function declaredNames(parsed: Parsed): CheckContext['declared'] {
	const top = parsed.keys([]);
	const namesIn = (section: NamedSection): ReadonlySet<string> => {
		// The names below a misspelt section are no misspelt names.
		const key = top.includes(section) ? section : top.find(other => nearest(other, [section]) !== undefined);
		return new Set(key === undefined ? [] : parsed.keys([key]));
	};
	return {
		hotfixes: namesIn('hotfixes'),
		pools: namesIn('pools'),
		modules: namesIn('modules'),
		vars: namesIn('vars'),
		secrets: namesIn('secrets'),
		windows: namesIn('windows'),
		schedules: namesIn('schedules'),
	};
}

const namedSections = [
	'hotfixes',
	'pools',
	'modules',
	'vars',
	'secrets',
	'windows',
	'schedules',
] as const satisfies readonly NamedSection[];

interface InventorySource {
	readonly file: RepoPath;
	readonly parts: SoundParts;
	readonly repository: Repository;
	readonly options: LoadOptions;
	readonly config: Config;
	readonly report: Report;
}

/** `undefined`: there is one, and it has problems that leave its hosts unknown. */
function loadInventory(document: PlaybookDocument, source: InventorySource): KnownInventory | undefined {
	const { file, parts, options, config, report } = source;
	if (options.inventory !== undefined) return loadInventoryFile(options.inventory, source);
	const named = document.inventory;
	if (named === undefined && parts.mayHave([], 'inventory')) return undefined;
	if (named === undefined)
		return config.inventory === undefined ? noInventory : loadInventoryFile(config.inventory, source);
	if (typeof named !== 'string') return readKnownInventory(named, ['inventory'], parts, report);
	const path = resolveRepoPath(named, file);
	if (path !== undefined) return loadInventoryFile(path, source);
	report.add({
		code: 'HS1211',
		path: ['inventory'],
		message: `\`${named}\` leaves the repository`,
		hint: 'use a path inside the repository',
	});
	return undefined;
}

const noInventory: KnownInventory = { inventory: emptyInventory, known: 'everything' };

function loadInventoryFile(
	path: RepoPath,
	{ parts, repository, options, report }: InventorySource,
): KnownInventory | undefined {
	const read = readInventoryFile(path, repository);
	// A file that is not there has no place of its own: it is shown where it is named, unless that is the command line.
	const isNamed = !read.isText && options.inventory === undefined && parts.parsed.keys([]).includes('inventory');
	const place = isNamed ? { at: report.at(['inventory']) } : {};
	report.include(read.diagnostics.map(problem => ({ ...place, ...problem })));
	return read.isText ? read.known : undefined;
}

/** A damaged one is an error: to take it for none would call every script unpinned. */
function loadLock(repository: Repository, report: Report): LockFile | undefined {
	const lock = readLock(repository);
	if (lock.ok) return lock.value;
	report.include(lock.error);
	return undefined;
}

function readSections(context: CheckContext, config: Config): Omit<Playbook, 'warnings'> {
	const { document, inventory, report, repository, file } = context;
	const become = document.become ?? config.become;
	const hosts = readHosts(document.hosts, ['hosts'], context);
	const vars = new Map(Object.entries(document.vars ?? {}));
	for (const [name, value] of vars) refuseReferences(value, ['vars', name], report);
	const units: readonly Unit[] = [
		...readHotfixes(hosts, context),
		...readPools(hosts, context),
		...readModules(hosts, context),
		...readPatch(hosts, context),
		...readReboot(hosts, context),
	];
	checkNeeds(units, unreadAddresses(context), context);
	checkExceptions(hosts, context);
	checkWindows(context);
	checkSchedules(hosts, context);
	checkRollout(units, context);
	checkSecrets(context);
	const verify = readVerify(hosts, units, context);
	warnWithoutLock(context);
	return {
		name: document.name,
		file: repository.display(file),
		hosts,
		...(become === undefined ? {} : { become }),
		vars,
		secrets: readSecrets(context),
		inventory,
		units,
		...(verify === undefined ? {} : { verify }),
		unsupported: unsupportedSections(context),
	};
}

/** Units that are written down and did not fit the schema: others may need them all the same. */
function unreadAddresses({ declared, parts, document }: CheckContext): ReadonlySet<UnitAddress> {
	const unread = (section: 'hotfixes' | 'pools' | 'modules') =>
		[...declared[section]].filter(id => !Object.hasOwn(document[section] ?? {}, id));
	const single = (['patch', 'reboot'] as const).filter(
		section => parts.mayHave([], section) || parts.mayHave([section], 'when'),
	);
	return new Set([
		...unread('hotfixes').map(id => unitAddress('hotfix', id)),
		...unread('pools').map(id => unitAddress('pool', id)),
		...unread('modules').map(id => unitAddress('module', id)),
		...single.map(asUnitAddress),
	]);
}

function warnWithoutLock({ declared, repository, report }: CheckContext): void {
	const [first] = (['hotfixes', 'pools'] as const).filter(section => declared[section].size > 0);
	if (first === undefined || hasLock(repository)) return;
	report.add({
		code: 'HS1401',
		path: [first],
		what: 'key',
		severity: 'warning',
		message: `there is no ${repository.display(lockPath)}, so nothing of this playbook will be applied`,
		hint: 'read the scripts and files, then run `hsctl lock` and commit it',
	});
}

/** Sections without units of their own. */
function unsupportedSections({ document, report }: CheckContext): readonly UnsupportedSection[] {
	const sections = ['exceptions', 'windows', 'schedules', 'rollout'] as const;
	return sections
		.filter(section => document[section] !== undefined)
		.map(section => ({
			section,
			at: report.at([section], 'key'),
			steersRun: section === 'rollout',
		}));
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
	const file = (a.at?.file ?? '').localeCompare(b.at?.file ?? '');
	return file || (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0);
}
