import type { ModuleDocument, Step } from '../../generated/module.generated.ts';
import { inside } from '../import-files.ts';
import type { Fields } from '../json/fields.ts';
import { never } from '../playbook/conditions.ts';
import { plainText } from '../playbook/plain-text.ts';
import type { HomeserverFile } from './homeserver-file.ts';
import { readPermissions } from './pool-file.ts';
import { isPath } from './version-check.ts';

/** The first shape of hotfixes (`operations` one after the other, checks around them), as the steps of a module. */
export function readOperations(file: HomeserverFile): Pick<ModuleDocument, 'steps' | 'check' | 'rollback'> {
	const { fields } = file;
	const validation = fields.map('validation');
	const before = (validation?.maps('pre_checks') ?? []).flatMap(readPreCheck);
	const made = fields.maps('operations').map(operation => readOperation(operation, file));
	const check = (validation?.maps('post_checks') ?? []).flatMap(readCheck);
	const rollback = made.flatMap(one => one.rollback).toReversed();
	return {
		steps: [...before, ...made.flatMap(one => one.steps)],
		...(check.length === 0 ? {} : { check }),
		...(rollback.length === 0 ? {} : { rollback }),
	};
}

/** Whether upstream goes back when something fails. */
export function rollsBack({ fields }: HomeserverFile): boolean {
	const config = fields.map('config');
	const rollback = fields.map('rollback');
	const wishes = [config?.flag('rollback_on_failure'), rollback?.flag('enabled')];
	for (const key of ['backup_dir', 'log_file', 'validation_timeout'])
		config?.leave(key, 'is left out: hsctl keeps backups, logs and times of its own');
	for (const key of ['preserve_backups', 'rollback_order'])
		rollback?.leave(key, 'is left out: backups are kept, and what was done last is undone first');
	return !wishes.includes(false);
}

/** Characters of the name of a step, with room for what has to be escaped. */
const longestName = 120;

interface Made {
	readonly steps: readonly Step[];
	readonly rollback: readonly Step[];
}

const nothing: Made = { steps: [], rollback: [] };

type Kind = (operation: Fields, file: HomeserverFile) => Made;

const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
	['copy', readCopy],
	['append', readAppend],
	['symlink', readSymlink],
	['execute', readExecute],
]);

function readOperation(operation: Fields, file: HomeserverFile): Made {
	const type = operation.text('type') ?? '';
	const kind = kinds.get(type);
	if (kind === undefined) {
		operation.note('type', 'is not known, and the operation is left out', 'write its step');
		return nothing;
	}
	const words = [operation.text('id'), operation.text('description')].filter(text => text !== undefined).join(': ');
	const name = plainText(words.slice(0, longestName));
	if (words.length > longestName) operation.note('description', 'is longer than a name can be, and is cut');
	const isOn = operation.flag('enabled') === true;
	if (!isOn)
		operation.note('enabled', 'is not true, so upstream passes it over; its step is never done', undefined, 'harmless');
	operation.leave('backup', 'is left out: what a step changes is kept anyway');
	const { steps, rollback } = kind(operation, file);
	return {
		steps: steps.map(step => ({
			...(name === '' ? {} : { name }),
			...(isOn ? {} : { when: never }),
			...step,
		})),
		rollback: isOn ? rollback : [],
	};
}

/** The path of the source inside the module, and of the target on the host; what is wrong with either is noted. */
function readPlaces(
	operation: Fields,
	{ folder, parts }: HomeserverFile,
): { readonly src: string; readonly path: string; readonly target: string | undefined } | undefined {
	const source = operation.text('source');
	if (source === undefined || !isModulePath(`src/${source}`)) {
		operation.note('source', 'names no file of the module: the operation is left out', 'write its step');
		return undefined;
	}
	const path = inside(inside(folder, 'src'), source);
	if (parts.surroundings.files.look(path).kind !== 'file')
		operation.note('source', `names a file that is not there: ${path}`, 'put it there before `hsctl lock`');
	return { src: `src/${source}`, path, target: operation.text('target') };
}

const isModulePath = (path: string): boolean =>
	/^[^\n\t]{1,4096}$/.test(path) && !path.includes('${') && !path.split('/').includes('..');

const needsTarget = (operation: Fields): Made => {
	operation.note('target', 'is no absolute path: the operation is left out', 'write its step');
	return nothing;
};

function readCopy(operation: Fields, file: HomeserverFile): Made {
	const places = readPlaces(operation, file);
	const permissions = readPermissions(operation.map('permissions'));
	if (places === undefined) return nothing;
	const { src, target } = places;
	if (target === undefined || !isPath(target)) return needsTarget(operation);
	return { steps: [{ file: { src, dest: plainText(target), ...permissions } }], rollback: [] };
}

function readAppend(operation: Fields, file: HomeserverFile): Made {
	const places = readPlaces(operation, file);
	const identifier = operation.text('identifier') ?? '';
	const own = operation.text('marker');
	const marker = own ?? `# HOTFIX ${identifier.toUpperCase()}`;
	if (own !== undefined) operation.leave('identifier', 'is left out: the marker tells the block apart');
	if (places === undefined) return nothing;
	const { path, target } = places;
	if (target === undefined || !isPath(target)) return needsTarget(operation);
	const found = file.parts.surroundings.files.look(path);
	const content = found.kind === 'file' ? textOf(found.bytes) : undefined;
	if (content === undefined || /[\n{}]|\$\{/.test(marker) || marker.length > 200) {
		operation.note('source', 'cannot become the text of a block: the step fails until it is written', 'write `block`');
		return {
			steps: [{ assert: { that: never, message: 'write the block that upstream appends here' } }],
			rollback: [],
		};
	}
	operation.note(
		'marker',
		'ends in START and END upstream, and a second run appends again; here in BEGIN and END, once',
		'remove what upstream has appended before',
	);
	return {
		steps: [
			{ block: { path: plainText(target), content: plainText(content), marker: `${marker} {mark}`, create: true } },
		],
		rollback: [],
	};
}

/** What a playbook can hold as text. */
function textOf(bytes: Uint8Array): string | undefined {
	try {
		const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
		return /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(text) || text.length > 1_000_000 ? undefined : text;
	} catch {
		return undefined;
	}
}

function readSymlink(operation: Fields, file: HomeserverFile): Made {
	const places = readPlaces(operation, file);
	const permissions = readPermissions(operation.map('permissions'));
	if (places === undefined) return nothing;
	const { src, target } = places;
	if (target === undefined || !isPath(target)) return needsTarget(operation);
	operation.note(
		'target',
		"is a link into upstream's own folder; here the file itself is put there",
		'write `symlink` where a link is needed',
	);
	return { steps: [{ file: { src, dest: plainText(target), ...permissions } }], rollback: [] };
}

function readExecute(operation: Fields, file: HomeserverFile): Made {
	const places = readPlaces(operation, file);
	const cwd = operation.text('working_dir');
	const seconds = operation.amount('timeout') ?? 300;
	const undo = operation.text('rollback_script');
	operation.leave('cleanup_after', 'is left out: what travels to a host is removed there anyway');
	operation.leave('target', 'is left out: a script has none');
	if (places === undefined) return nothing;
	if (cwd !== undefined && !isPath(cwd)) operation.note('working_dir', 'is no absolute path, and is left out');
	const options = {
		...(cwd === undefined || !isPath(cwd) ? {} : { cwd: plainText(cwd) }),
		timeout: `${Math.max(1, seconds)}s`,
	};
	const isUndoable = undo !== undefined && isModulePath(`src/${undo}`);
	if (undo !== undefined && !isUndoable)
		operation.note('rollback_script', 'names no file of the module, and is left out');
	return {
		steps: [{ script: { path: places.src, ...options } }],
		rollback: isUndoable ? [{ script: { path: `src/${undo}`, ...options } }] : [],
	};
}

function readPreCheck(check: Fields): readonly Step[] {
	const message = check.text('description');
	return readCheck(check).map(run => ({
		assert: {
			that: { command: { run } },
			...(message === undefined ? {} : { message: plainText(message).slice(0, 4096) }),
		},
	}));
}

/** One line of shell that succeeds where upstream's check does. */
function readCheck(check: Fields): readonly string[] {
	const command = check.text('command');
	const code = check.amount('expected_exit_code');
	const expected = check.text('expected');
	check.leave('description', 'is left out: the command says itself what it checks');
	if (command === undefined) {
		check.note('command', 'is not there, and the check is left out', 'write the command');
		return [];
	}
	const line = plainText(command);
	if (expected !== undefined)
		return [
			`out=$(${line})${code === undefined ? '' : `; [ $? -eq ${code} ]`} && case $out in *${quoted(expected)}*) ;; *) exit 1 ;; esac`,
		];
	return [code === undefined || code === 0 ? line : `${line}; [ $? -eq ${code} ]`];
}

const quoted = (text: string): string => `'${plainText(text).replaceAll("'", `'\\''`)}'`;
