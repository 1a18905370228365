import { cyclePath, findCycles } from '../../graph/cycle.ts';
import { repoPath } from '../../model/brand.ts';
import type { Selection } from '../../model/selection.ts';
import type { UnsupportedUnit } from '../../model/unit.ts';
import { isVersion } from '../../versions/compare.ts';
import type { Module as ModuleDocument } from '../generated/playbook.generated.ts';
import type { Parsed, Path } from '../parse.ts';
import { checkDurations } from '../read-duration.ts';
import { readYaml } from '../read-yaml.ts';
import { schemaProblems } from '../schema-problems.ts';
import { nearest } from '../suggest.ts';
import { treeDigest } from '../tree-digest.ts';
import type { CheckContext } from './context.ts';
import { readLaterUnit } from './later-units.ts';
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
		checkDurations(module, ['promote_after', 'timeout'], path, context.report);
		checkVersions(module, path, context);
		if (module.source !== undefined) checkSourceFolder(module.source, module, path, context);
		return unit;
	});
}

function checkChildren(modules: ReadonlyMap<string, ModuleDocument>, { declared, report }: CheckContext): void {
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

function checkVersions(module: ModuleDocument, path: Path, { report }: CheckContext): void {
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
}

function checkSourceFolder(source: string, module: ModuleDocument, path: Path, context: CheckContext): void {
	const { report, repository } = context;
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
	report.include(parsed.ok ? schemaProblems(parsed.value, 'module') : parsed.error);
	if (parsed.ok) checkSameVersion(module, path, parsed.value, context);
	const tree = treeDigest(folder, repository);
	if (!tree.ok)
		report.add({
			code: 'HS1406',
			path: at,
			message: `\`${source}\` cannot be pinned: ${tree.error}`,
			hint: 'rename or remove the entry',
		});
}

function checkSameVersion({ version }: ModuleDocument, path: Path, parsed: Parsed, { report }: CheckContext): void {
	const declared = versionOf(parsed.value);
	if (version === undefined || declared === undefined || declared === version) return;
	report.add({
		code: 'HS1218',
		path: [...path, 'version'],
		message: `the version here is ${version}, and ${parsed.source.file} says ${declared}`,
		hint: 'make both the same',
	});
}

const versionOf = (document: unknown): string | undefined =>
	typeof document === 'object' && document !== null && 'version' in document && typeof document.version === 'string'
		? document.version
		: undefined;
