import { cyclePath, findCycles } from '../../graph/cycle.ts';
import { type RepoPath, repoPath } from '../../model/brand.ts';
import type { Selection } from '../../model/selection.ts';
import type { UnsupportedUnit } from '../../model/unit.ts';
import { compareVersions, isVersion } from '../../versions/compare.ts';
import type { ModuleDocument } from '../generated/module.generated.ts';
import type { Module as ModuleEntry } from '../generated/playbook.generated.ts';
import type { Parsed, Path } from '../parse.ts';
import { checkDurations, checkTimes } from '../read-duration.ts';
import { readYaml } from '../read-yaml.ts';
import { Report } from '../report.ts';
import { schemaProblems } from '../schema-problems.ts';
import { soundParts } from '../sound-parts.ts';
import { nearest } from '../suggest.ts';
import { treeDigest } from '../tree-digest.ts';
import type { CheckContext } from './context.ts';
import { readLaterUnit } from './later-units.ts';
import { checkModuleSteps } from './module-steps.ts';
import { checkReferences } from './references.ts';
import { findPath } from './scripts.ts';

/** Modules are folders with a module.yaml, or groups of other modules; versions can be ordered; children exist and end. */
export function readModules(fallback: Selection, context: CheckContext): readonly UnsupportedUnit[] {
	const modules = Object.entries(context.document.modules ?? {});
	checkChildren(new Map(modules), context);
	return modules.map(([id, module]) => {
		const path: Path = ['modules', id];
		const unit = readLaterUnit({ name: 'modules', word: 'module', id }, module, fallback, context);
		checkReferences(module.env, [...path, 'env'], { hosts: unit.hosts, secrets: 'refused' }, context);
		checkDurations(module, ['promote_after'], path, context.report);
		checkTimes(module, ['timeout'], path, context.report);
		checkVersions(module, path, context);
		if (module.source !== undefined) checkSourceFolder(module.source, { id, module, path, hosts: unit.hosts }, context);
		return unit;
	});
}

function checkChildren(modules: ReadonlyMap<string, ModuleEntry>, { declared, report }: CheckContext): void {
	for (const [id, { children }] of modules) {
		for (const [index, child] of (children ?? []).entries()) {
			if (declared.modules.has(child)) continue;
			report.add({
				code: 'HS1213',
				path: ['modules', id, 'children', index],
				message: `there is no module \`${child}\``,
				hint: () => moduleHint(child, declared.modules),
			});
		}
	}
	for (const cycle of findCycles([...modules.keys()], id => modules.get(id)?.children ?? []))
		report.add({
			code: 'HS1202',
			path: ['modules', cycle[0], 'children'],
			message: `these modules contain each other: ${cyclePath(cycle)}`,
			hint: 'remove one of these children',
		});
}

function moduleHint(name: string, modules: Iterable<string>): string {
	const near = nearest(name, modules);
	return near === undefined ? 'add it under `modules`' : `did you mean \`${near}\`?`;
}

function checkVersions(module: ModuleEntry, path: Path, { report }: CheckContext): void {
	for (const key of ['version', 'last_safe'] as const) {
		const version = module[key];
		if (version === undefined || isVersion('loose', version)) continue;
		report.add({
			code: 'HS1302',
			path: [...path, key],
			message: `\`${version}\` cannot be ordered as a version`,
			hint: 'write a version such as "1.2.0"',
		});
	}
	const { version, last_safe: lastSafe } = module;
	if (version === undefined || lastSafe === undefined || (compareVersions('loose', lastSafe, version) ?? 0) <= 0)
		return;
	report.add({
		code: 'HS1304',
		path: [...path, 'last_safe'],
		message: `the last safe version ${lastSafe} is above the version ${version} that is installed`,
		hint: 'write a version that was installed before, or raise `version`',
	});
}

/** A module as the playbook names it. */
interface Named {
	readonly id: string;
	readonly module: ModuleEntry;
	readonly path: Path;
	readonly hosts: Selection;
}

function checkSourceFolder(source: string, about: Named, context: CheckContext): void {
	const { report, repository } = context;
	const { path } = about;
	const at = [...path, 'source'];
	const folder = findPath(source, { path: at }, context);
	if (folder === undefined) return;
	const file = repoPath(`${folder}/module.yaml`);
	if (repository.readFile(file, 0).kind === 'missing') {
		report.add({
			code: 'HS1210',
			path: at,
			message: `\`${source}\` is not a module: there is no ${repository.display(file)}`,
			hint: 'correct the path, or write the module.yaml that makes the folder a module',
		});
		return;
	}
	const parsed = readYaml(file, repository);
	if (parsed.ok) checkModuleFile(parsed.value, file, { ...about, folder }, context);
	else report.include(parsed.error);
	const tree = treeDigest(folder, repository);
	if (!tree.ok)
		report.add({
			code: 'HS1406',
			path: at,
			message: `\`${source}\` cannot be pinned: ${tree.error}`,
			hint: 'rename or remove the entry',
		});
}

/** Everything that is wrong in a module.yaml, shown in that file, and where the playbook says something else. */
function checkModuleFile(
	parsed: Parsed,
	file: RepoPath,
	about: Named & { readonly folder: RepoPath },
	context: CheckContext,
): void {
	const problems = schemaProblems(parsed, 'module');
	const parts = soundParts(parsed, 'module', problems.length === 0);
	// The schema has just said that the value has this type.
	const document = parts.value as ModuleDocument;
	const report = new Report(parts.parsed);
	const inside: CheckContext = { ...context, file, parts, report };
	if (!parts.mayHave([], 'name')) checkSame('name', about.id, document.name, about, parsed, context);
	if (!parts.mayHave([], 'version'))
		checkSame('version', about.module.version, document.version, about, parsed, context);
	checkNeededModules(document, inside);
	checkModuleSteps(document, about, inside);
	context.report.include([...problems, ...report.diagnostics]);
}

function checkSame(
	key: 'name' | 'version',
	here: string | undefined,
	declared: string,
	{ path }: Named,
	parsed: Parsed,
	{ report }: CheckContext,
): void {
	if (here === undefined || declared === here || !parsed.keys([]).includes(key)) return;
	report.add({
		code: 'HS1218',
		...(key === 'name' ? { path, what: 'key' } : { path: [...path, key] }),
		message: `the ${key} here is ${here}, and ${parsed.source.file} says ${declared}`,
		hint: 'make both the same',
	});
}

function checkNeededModules({ needs = [] }: ModuleDocument, { declared, report }: CheckContext): void {
	for (const [index, need] of needs.entries()) {
		if (declared.modules.has(need)) continue;
		report.add({
			code: 'HS1213',
			path: ['needs', index],
			message: `the playbook has no module \`${need}\``,
			hint: () => moduleHint(need, declared.modules),
		});
	}
}
