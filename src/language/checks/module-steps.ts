import { type RepoPath, repoPath } from '../../model/brand.ts';
import type { Selection } from '../../model/selection.ts';
import { readCondition } from '../condition.ts';
import type { ModuleDocument, Step } from '../generated/module.generated.ts';
import type { Path } from '../parse.ts';
import { readTimeout } from '../read-duration.ts';
import { resolveRepoPath } from '../repo-path.ts';
import { nearest } from '../suggest.ts';
import type { CheckContext } from './context.ts';
import { checkReferences, refuseReferences } from './references.ts';

/** A module as its steps are checked: where it lies, and the hosts that it is for. */
export interface ModulePlace {
	readonly folder: RepoPath;
	readonly hosts: Selection;
}

/** What no schema can say of a module.yaml's steps. `context` reports in that file. */
export function checkModuleSteps(document: ModuleDocument, place: ModulePlace, context: CheckContext): void {
	for (const section of ['steps', 'rollback'] as const)
		for (const [index, step] of (document[section] ?? []).entries()) checkStep(step, [section, index], place, context);
	checkReferences(document.check, ['check'], { hosts: place.hosts, secrets: 'refused' }, context);
}

function checkStep(step: Step, path: Path, place: ModulePlace, context: CheckContext): void {
	const { inventory, report } = context;
	const conditions = { report, moduleSchemaPath: inventory.moduleSchemaPath };
	if (step.when !== undefined) readCondition(step.when, [...path, 'when'], conditions);
	if (step.assert !== undefined) readCondition(step.assert.that, [...path, 'assert', 'that'], conditions);
	checkStepReferences(step, path, place.hosts, context);
	for (const { text, at } of filesOf(step)) checkModuleFile(text, [...path, ...at], place.folder, context);
	for (const { text, at } of timesOf(step)) readTimeout(text, [...path, ...at], report, 0);
}

/** A secret goes to the `stdin` of a script and nowhere else; the names of the module's own files are read before. */
function checkStepReferences(step: Step, path: Path, hosts: Selection, context: CheckContext): void {
	const { script, file, sync, ...others } = step;
	const refused = { hosts, secrets: 'refused' } as const;
	checkReferences(others, path, refused, context);
	checkReferences({ ...file, src: undefined }, [...path, 'file'], refused, context);
	checkReferences({ ...sync, src: undefined }, [...path, 'sync'], refused, context);
	if (typeof script !== 'object') return;
	const { stdin, ...rest } = script;
	checkReferences({ ...rest, path: undefined }, [...path, 'script'], refused, context);
	checkReferences(stdin, [...path, 'script', 'stdin'], { hosts, secrets: 'allowed' }, context);
}

interface Said {
	readonly text: string;
	readonly at: Path;
}

const said = (text: string | undefined, ...at: Path): readonly Said[] => (text === undefined ? [] : [{ text, at }]);

/** What a step takes from the folder of the module. */
function filesOf({ script, file, sync, archive }: Step): readonly Said[] {
	const isOfHost = archive?.src.startsWith('/') === true || archive?.src.startsWith('${') === true;
	return [
		...(typeof script === 'string' ? said(script, 'script') : said(script?.path, 'script', 'path')),
		...said(file?.src, 'file', 'src'),
		...said(sync?.src, 'sync', 'src'),
		...(isOfHost ? [] : said(archive?.src, 'archive', 'src')),
	];
}

function timesOf({ script, command, download, git, http, wait_for: wait }: Step): readonly Said[] {
	return [
		...(typeof script === 'object' ? said(script.timeout, 'script', 'timeout') : []),
		...(typeof command === 'object' && 'run' in command ? said(command.timeout, 'command', 'timeout') : []),
		...said(download?.timeout, 'download', 'timeout'),
		...said(git?.timeout, 'git', 'timeout'),
		...said(http?.timeout, 'http', 'timeout'),
		...said(wait?.interval, 'wait_for', 'interval'),
		...said(wait?.timeout, 'wait_for', 'timeout'),
	];
}

/** The digest that a host verifies is that of the module's folder: what lies outside of it would never get there. */
function checkModuleFile(text: string, path: Path, folder: RepoPath, context: CheckContext): void {
	const { report, repository, files } = context;
	if (refuseReferences(text, path, report)) return;
	const file = resolveRepoPath(`./${text}`, repoPath(`${folder}/module.yaml`));
	if (file === undefined || !`${file}/`.startsWith(`${folder}/`)) {
		report.add({
			code: 'HS1211',
			path,
			message: `\`${text}\` leaves the folder of the module`,
			hint: 'copy it into the folder: a module takes along what lies in there',
		});
		return;
	}
	if (repository.readFile(file, 0).kind !== 'missing' || repository.list(file).length > 0) return;
	report.add({
		code: 'HS1210',
		path,
		message: `the module has no file \`${text}\``,
		hint: () => {
			const slash = file.lastIndexOf('/');
			const near = nearest(file.slice(slash + 1), files.namesIn(repoPath(file.slice(0, slash))));
			if (near === undefined) return `create ${repository.display(file)}, or correct the path`;
			return `did you mean \`${text.slice(0, text.lastIndexOf('/') + 1)}${near}\`?`;
		},
	});
}
