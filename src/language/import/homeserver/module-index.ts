import type { ModuleDocument, Step } from '../../generated/module.generated.ts';
import type { Condition, Module } from '../../generated/playbook.generated.ts';
import { inside } from '../import-files.ts';
import { both, never } from '../playbook/conditions.ts';
import { giveId } from '../playbook/give-id.ts';
import { words } from '../playbook/plain-text.ts';
import { readFileSet } from './file-set.ts';
import { type HomeserverFile, switchedOff } from './homeserver-file.ts';
import { readInteractables } from './interactables.ts';
import { readMigrations } from './migrations.ts';
import { readOperations, rollsBack } from './operations.ts';
import { readPools } from './pools.ts';
import { readReleaseSteps } from './release-steps.ts';
import { readTargets } from './targets.ts';
import { isVersionText } from './version-check.ts';

/** Lists that become hotfixes and pools; what has none of them is a module. */
const lists = ['targets', 'pools', 'files', 'migrations', 'interactables'] as const;

/** The index.json of a module: hotfixes, pools or a module, by what is in it. `group`: when the module is the one that is used. */
export function readModuleIndex(file: HomeserverFile, group: Condition | undefined): void {
	const { fields } = file;
	readMetadata(file);
	readTargets(file);
	readPools(file);
	readFileSet(file);
	readMigrations(file);
	readInteractables(file);
	const isList = lists.some(key => fields.has(key));
	if (fields.has('operations')) addModule(file, () => ({ ...readOperations(file), isWhole: true }), group);
	else if (!isList) addModule(file, () => ({ steps: readReleaseSteps(file), isWhole: false }), group);
	else if (group !== undefined)
		fields.note('metadata.group', 'is left out: only modules stand for each other', 'write its `when`');
}

function readMetadata({ fields, isEnabled, version, isOnly, parts }: HomeserverFile): void {
	const metadata = fields.map('metadata');
	if (metadata === undefined) return;
	metadata.heed('module_name', 'enabled', 'priority', 'description', 'group', 'group_order', 'service_name');
	if (!isEnabled) metadata.note('enabled', 'is false: nothing of it runs', 'take the `when` out that says so');
	const isModule = fields.has('operations') || !lists.some(key => fields.has(key));
	if (isOnly) parts.description = metadata.text('description');
	else if (!isModule && !fields.has('files'))
		metadata.note('description', 'is left out: each hotfix and pool has its own', undefined, 'harmless');
	if (version !== undefined && !isModule)
		metadata.note('schema_version', 'is left out: hotfixes and pools go by what is in them', undefined, 'harmless');
	metadata.leave('content_version', 'is left out: what a host has is asked of the host');
	for (const key of ['created', 'lastUpdated']) metadata.leave(key, 'is left out: git knows it');
}

interface Work {
	readonly steps: readonly Step[];
	readonly check?: ModuleDocument['check'];
	readonly rollback?: ModuleDocument['rollback'];
	/** Whether the file says all that upstream does. */
	readonly isWhole: boolean;
}

/** `work` is read once the module has its id, so that notes can name it. */
function addModule(file: HomeserverFile, work: () => Work, group: Condition | undefined): void {
	const { fields, folder, name, parts } = file;
	const id = giveId(name, { fields, key: 'metadata.module_name', kind: 'module' }, parts.ids.modules);
	const description = fields.map('metadata')?.text('description');
	const version = readVersion(file);
	const when = both(switchedOff(file), group);
	const said = description === undefined ? {} : { description: words(description) };
	parts.modules.set(id, {
		...said,
		source: parts.surroundings.pathOf(folder),
		version,
		...(when === undefined ? {} : { when }),
		...(fields.has('operations') && !rollsBack(file) ? { on_failure: 'keep' as const } : {}),
	} satisfies Module);
	addModuleFile({ id, folder, version, ...said }, work(), file);
}

function readVersion({ fields, version }: HomeserverFile): string {
	if (version !== undefined && isVersionText(version)) return version;
	fields.note('metadata.schema_version', 'is no version that can be ordered: 0.0.0 is taken', 'write the version');
	return '0.0.0';
}

interface Named {
	readonly id: string;
	readonly folder: string;
	readonly version: string;
	readonly description?: string;
}

/** The module.yaml of a folder that has none. One that is there stays, whoever wrote it. */
function addModuleFile(named: Named, work: Work, { fields, parts }: HomeserverFile): void {
	const { id, folder, version, description } = named;
	const path = inside(folder, 'module.yaml');
	if (parts.surroundings.files.look(path).kind !== 'missing') {
		fields.note('', `has a module.yaml already, which stays as it is: ${path}`, undefined, 'harmless');
		return;
	}
	if (!work.isWhole)
		fields.note(
			'',
			work.steps.length === 0
				? 'says nothing of the work, which is in a program: the module fails until its steps are written'
				: 'says only a part of the work, the rest is in a program: the module fails until its steps are complete',
			`write the steps in ${path}`,
		);
	parts.moduleFiles.set(folder, {
		name: id,
		version,
		...(description === undefined ? {} : { description }),
		steps: [...(work.isWhole && work.steps.length > 0 ? [] : [unwritten(id)]), ...work.steps],
		...(work.check === undefined ? {} : { check: work.check }),
		...(work.rollback === undefined ? {} : { rollback: work.rollback }),
	});
}

/** Never a success that nothing has earned. */
export const unwritten = (id: string): Step => ({
	assert: { that: never, message: `the steps of ${id} are not written yet` },
});
