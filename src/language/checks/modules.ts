import { findCycle } from '../../graph/cycle.ts';
import { type RepoPath, repoPath } from '../../model/brand.ts';
import type { Selection } from '../../model/selection.ts';
import type { UnsupportedUnit } from '../../model/unit.ts';
import { isVersion } from '../../versions/compare.ts';
import type { Module as ModuleDocument } from '../generated/playbook.generated.ts';
import type { Path } from '../parse.ts';
import { parseYaml } from '../parse.ts';
import { resolveRepoPath } from '../repo-path.ts';
import { schemaProblems } from '../schema-problems.ts';
import { checkSource, sourceLimit } from '../source.ts';
import { nearest } from '../suggest.ts';
import { treeDigest } from '../tree-digest.ts';
import type { CheckContext } from './context.ts';
import { readLaterUnit } from './later-units.ts';
import { checkReferences } from './references.ts';

/** Modules are folders with a module.yaml, or groups of other modules; versions can be ordered; children exist and end. */
export function readModules(fallback: Selection, context: CheckContext): readonly UnsupportedUnit[] {
	const modules = Object.entries(context.document.modules ?? {});
	checkChildren(new Map(modules), context);
	return modules.map(([id, module]) => {
		const path: Path = ['modules', id];
		const unit = readLaterUnit({ name: 'modules', word: 'module', id }, module, fallback, context);
		checkReferences(module.env, [...path, 'env'], { hosts: unit.hosts, secrets: 'refused' }, context);
		checkVersions(module, path, context);
		if (module.source !== undefined) checkSourceFolder(module, path, context);
		return unit;
	});
}

function checkChildren(modules: ReadonlyMap<string, ModuleDocument>, { report }: CheckContext): void {
	for (const [id, { children }] of modules) {
		for (const [index, child] of (children ?? []).entries()) {
			if (modules.has(child)) continue;
			const near = nearest(child, modules.keys());
			report.add({
				code: 'HS1213',
				path: ['modules', id, 'children', index],
				message: `there is no module \`${child}\``,
				hint: near === undefined ? 'add it under modules' : `did you mean \`${near}\`?`,
			});
		}
	}
	const cycle = findCycle([...modules.keys()], id => modules.get(id)?.children ?? []);
	if (cycle === undefined) return;
	report.add({
		code: 'HS1202',
		path: ['modules', cycle[0] ?? '', 'children'],
		message: `these modules contain each other: ${cycle.join(' → ')}`,
		hint: 'remove one of these children',
	});
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

function checkSourceFolder(module: ModuleDocument, path: Path, context: CheckContext): void {
	const { report, repository } = context;
	const folder = resolveRepoPath(module.source ?? '', context.file);
	const at = [...path, 'source'];
	if (folder === undefined) {
		report.add({
			code: 'HS1211',
			path: at,
			message: `\`${module.source}\` leaves the repository`,
			hint: 'use a folder inside the repository',
		});
		return;
	}
	const file = repoPath(`${folder}/module.yaml`);
	const read = repository.readFile(file, sourceLimit);
	if (read.kind !== 'file') {
		report.add({
			code: 'HS1210',
			path: at,
			message: `${repository.display(file)} cannot be read: ${read.kind === 'missing' ? read.because : 'it is too large'}`,
			hint: 'a module is a folder with a module.yaml',
		});
		return;
	}
	checkModuleFile(file, read.bytes, { module, path }, context);
	const tree = treeDigest(folder, repository);
	if (!tree.ok) report.add({ code: 'HS1406', path: at, message: tree.error, hint: 'rename or remove it' });
}

function checkModuleFile(
	file: RepoPath,
	bytes: Uint8Array,
	{ module, path }: { readonly module: ModuleDocument; readonly path: Path },
	{ report, repository }: CheckContext,
): void {
	const source = checkSource(bytes, repository.display(file));
	const parsed = source.ok ? parseYaml(source.value) : source;
	report.include(parsed.ok ? schemaProblems(parsed.value, 'module') : parsed.error);
	if (!parsed.ok) return;
	const declared = versionOf(parsed.value.value);
	if (module.version !== undefined && declared !== undefined && declared !== module.version) {
		report.add({
			code: 'HS1218',
			path: [...path, 'version'],
			message: `the playbook wants version ${module.version} and ${repository.display(file)} is version ${declared}`,
			hint: 'make both the same',
		});
	}
}

const versionOf = (document: unknown): string | undefined =>
	typeof document === 'object' && document !== null && 'version' in document && typeof document.version === 'string'
		? document.version
		: undefined;
