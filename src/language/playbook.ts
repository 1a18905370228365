import type { RepoPath, UnitAddress } from '../model/brand.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { isError } from '../model/diagnostic.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Playbook, UnsupportedSection } from '../model/playbook.ts';
import type { Unit } from '../model/unit.ts';
import type { Repository } from '../ports/repository.ts';
import type { CheckContext } from './checks/context.ts';
import { readHotfix } from './checks/hotfixes.ts';
import { readModules } from './checks/modules.ts';
import { checkNeeds } from './checks/needs.ts';
import {
	checkExceptions,
	checkRollout,
	checkSchedules,
	checkSecrets,
	checkVerify,
	checkWindows,
	readPatch,
	readReboot,
} from './checks/policies.ts';
import { readPools } from './checks/pools.ts';
import { refuseReferences } from './checks/references.ts';
import { readHosts } from './checks/selections.ts';
import type { PlaybookDocument } from './generated/playbook.generated.ts';
import { emptyInventory, readInventory } from './inventory.ts';
import { type LockFile, lockPath, parseLock } from './lock-file.ts';
import { type Parsed, type Path, parseYaml } from './parse.ts';
import { resolveRepoPath } from './repo-path.ts';
import { Report } from './report.ts';
import { schemaProblems } from './schema-problems.ts';
import { soundParts } from './sound-parts.ts';
import { checkSource, sourceLimit } from './source.ts';

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
	if (!isPlaybookLike(parsed.value)) return { diagnostics: [notAPlaybook(parsed)] };
	const structure = schemaProblems(parsed, 'playbook');
	const document = soundParts(parsed, structure);
	const report = new Report(parsed);
	const inventory = loadInventory(document, { file, repository, options, report });
	const context: CheckContext = {
		file,
		parsed,
		document,
		inventory,
		repository,
		lock: loadLock(repository, report),
		set: new Set(options.set.keys()),
		today: options.today,
		allowEmpty: options.allowEmpty,
		report,
	};
	const playbook = readSections(context, structure.length === 0);
	const diagnostics = [...structure, ...report.diagnostics].toSorted(byPlace);
	return diagnostics.some(isError)
		? { diagnostics }
		: { diagnostics, playbook: { ...playbook, warnings: diagnostics } };
}

function readYaml(file: RepoPath, repository: Repository): ReturnType<typeof parseYaml> {
	const shown = repository.display(file);
	const read = repository.readFile(file, sourceLimit);
	if (read.kind === 'missing')
		return {
			ok: false,
			error: [
				{
					severity: 'error',
					code: 'HS1001',
					message: `${shown} cannot be read: ${read.because}`,
					hint: 'check the path',
				},
			],
		};
	if (read.kind === 'too_large') {
		const size = (read.size / 1024 / 1024).toFixed(1);
		return {
			ok: false,
			error: [
				{
					severity: 'error',
					code: 'HS1002',
					message: `${shown} is ${size} MiB large; 4 MiB is the limit`,
					hint: 'split it into several playbooks',
				},
			],
		};
	}
	const source = checkSource(read.bytes, shown);
	return source.ok ? parseYaml(source.value) : source;
}

/** Without `hsctl:` a YAML file is somebody else's: one sentence says more than fifty unknown keys. */
const isPlaybookLike = (value: unknown): boolean =>
	typeof value === 'object' &&
	value !== null &&
	!Array.isArray(value) &&
	('hsctl' in value || 'hotfixes' in value || 'name' in value);

const notAPlaybook = (parsed: Parsed): Diagnostic => ({
	severity: 'error',
	code: 'HS1111',
	message: 'this is no playbook: it has no `hsctl:` key',
	at: parsed.at([]),
	hint: 'add `hsctl: 1` and `name: …` at the top, or name another file',
});

interface InventorySource {
	readonly file: RepoPath;
	readonly repository: Repository;
	readonly options: LoadOptions;
	readonly report: Report;
}

function loadInventory(document: PlaybookDocument, { file, repository, options, report }: InventorySource): Inventory {
	const named = options.inventory ?? document.inventory;
	if (named === undefined) return emptyInventory;
	if (typeof named !== 'string') return readInventory(named, ['inventory'], report);
	const path = options.inventory ?? resolveRepoPath(named, file);
	if (path === undefined) {
		report.add({
			code: 'HS1211',
			path: ['inventory'],
			message: `\`${named}\` leaves the repository`,
			hint: 'use a path inside the repository',
		});
		return emptyInventory;
	}
	const parsed = readYaml(path, repository);
	if (!parsed.ok) {
		report.include(
			parsed.error.map(problem => (problem.at === undefined ? { ...problem, at: report.at(['inventory']) } : problem)),
		);
		return emptyInventory;
	}
	const problems = schemaProblems(parsed.value, 'inventory');
	if (problems.length > 0) {
		report.include(problems);
		return emptyInventory;
	}
	const inner = new Report(parsed.value);
	// The schema has just said that the value has this type.
	const inventory = readInventory(parsed.value.value as PlaybookDocument['inventory'] & object, [], inner);
	report.include(inner.diagnostics);
	return inventory;
}

function loadLock(repository: Repository, report: Report): LockFile | undefined {
	const read = repository.readFile(lockPath, sourceLimit);
	if (read.kind !== 'file') return undefined;
	const lock = parseLock(new TextDecoder().decode(read.bytes));
	if (lock.ok) return lock.value;
	report.include([
		{
			severity: 'error',
			code: 'HS1405',
			message: `${repository.display(lockPath)} cannot be read: ${lock.error}`,
			hint: 'restore it from git, or look at every script and run `hsctl lock`',
		},
	]);
	return undefined;
}

function readSections(context: CheckContext, isSound: boolean): Omit<Playbook, 'warnings'> {
	const { document, inventory, report, repository, file } = context;
	const hosts = readHosts(document.hosts, ['hosts'], context);
	for (const [name, value] of Object.entries(document.vars ?? {})) refuseReferences(value, ['vars', name], context);
	const units: readonly Unit[] = [
		...Object.entries(document.hotfixes ?? {}).flatMap(([id, hotfix]) => readHotfix(id, hotfix, hosts, context) ?? []),
		...readPools(hosts, context),
		...readModules(hosts, context),
		...readPatch(hosts, context),
		...readReboot(hosts, context),
	];
	// A unit that could not be read is missing here; what needs it must not be called misspelt.
	if (isSound && !report.diagnostics.some(isError)) checkNeeds(units, inventory, report, pathOf);
	else checkNeeds(withStandIns(units, context), inventory, report, pathOf);
	checkExceptions(hosts, context);
	checkWindows(context);
	checkSchedules(hosts, context);
	checkRollout(context);
	checkSecrets(context);
	checkVerify(hosts, context);
	warnWithoutLock(units, context);
	return {
		name: document.name,
		file: repository.display(file),
		hosts,
		...(document.become === undefined ? {} : { become: document.become }),
		vars: new Map(Object.entries(document.vars ?? {})),
		inventory,
		units,
		unsupported: unsupportedSections(context),
	};
}

const sectionOfWord: Readonly<Record<string, string>> = { hotfix: 'hotfixes', pool: 'pools', module: 'modules' };

/** `hotfix.git_cve` → `hotfixes`, `git_cve`. */
function pathOf(address: UnitAddress): Path {
	const dot = address.indexOf('.');
	if (dot === -1) return [address];
	return [sectionOfWord[address.slice(0, dot)] ?? address.slice(0, dot), address.slice(dot + 1)];
}

/** Units with a problem of their own, as far as others may refer to them. */
function withStandIns(units: readonly Unit[], { parsed, report }: CheckContext): readonly Unit[] {
	const known = new Set<string>(units.map(unit => unit.address));
	const standIns = Object.entries(sectionOfWord).flatMap(([word, section]) =>
		parsed.keys([section]).flatMap((id): Unit[] => {
			const address = `${word}.${id}` as UnitAddress;
			if (known.has(address)) return [];
			return [
				{
					kind: 'unsupported',
					address,
					at: report.at([section, id], 'key'),
					hosts: { kind: 'glob', pattern: '*' },
					needs: [],
					tags: [],
					section,
				},
			];
		}),
	);
	return [...units, ...standIns];
}

function warnWithoutLock(units: readonly Unit[], { lock, parsed, report, repository }: CheckContext): void {
	const hasScripts = units.some(unit => unit.kind === 'hotfix');
	if (lock !== undefined || !hasScripts || report.diagnostics.some(problem => problem.code === 'HS1405')) return;
	report.include([
		{
			severity: 'warning',
			code: 'HS1401',
			message: `there is no ${repository.display(lockPath)}, so nothing of this playbook will be applied`,
			at: parsed.at(['name'], 'key'),
			hint: 'read the scripts, then run `hsctl lock` and commit the file',
		},
	]);
}

/** Sections without units of their own. `secrets` only matters where something uses one. */
function unsupportedSections({ document, report }: CheckContext): readonly UnsupportedSection[] {
	const sections = ['secrets', 'exceptions', 'windows', 'schedules', 'rollout', 'verify'] as const;
	return sections
		.filter(section => document[section] !== undefined)
		.map(section => ({
			section,
			at: report.at([section], 'key'),
			steersRun: section === 'rollout' || section === 'verify',
		}));
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
	const file = (a.at?.file ?? '').localeCompare(b.at?.file ?? '');
	return file || (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0);
}
