import { compareVersions } from '../../../versions/compare.ts';
import type { Condition, Pool, PoolFile } from '../../generated/playbook.generated.ts';
import type { Fields } from '../json/fields.ts';
import { both, never } from '../playbook/conditions.ts';
import { giveId } from '../playbook/give-id.ts';
import { plainText, words } from '../playbook/plain-text.ts';
import { type Closure, type Finding, readClosure } from './closure.ts';
import { commandKind } from './command-kind.ts';
import { type HomeserverFile, switchedOff } from './homeserver-file.ts';
import { claimFiles, lastOfEach, noteCustomised, type Placed, placeFile } from './pool-file.ts';

/** The pools of a hotfix module, in their order, and the commands behind all of them. */
export function readPools(file: HomeserverFile): void {
	for (const pool of file.fields.maps('pools')) readPool(pool, file);
	readFinalClosure(file);
}

function readPool(fields: Fields, file: HomeserverFile): void {
	const { parts } = file;
	const name = fields.text('id') ?? 'pool';
	const id = giveId(name, { fields, key: 'id', kind: 'pool' }, parts.ids.pools);
	const description = fields.text('description');
	const files = readOperations(fields, file);
	const closure = readClosure(fields.texts('closure').map(plainLine), new Set(files?.map(({ dest }) => dest)));
	const when = both(switchedOff(file), readTargetVersion(fields, file));
	if (fields.flag('has_run') === true)
		fields.note('has_run', 'is left out: a pool looks at its files and changes what differs', undefined, 'harmless');
	if (files === undefined) return;
	claimFiles(files, id, file);
	parts.pools.set(id, {
		...(description === undefined ? {} : { description: words(description) }),
		...(when === undefined ? {} : { when }),
		files: [...files],
		...withCommands(closure),
	} satisfies Pool);
	noteFindings(fields, closure.findings);
	noteCustomised(fields, 'operations');
}

const plainLine = ({ index, text }: { readonly index: number; readonly text: string }) => ({
	index,
	text: plainText(text),
});

const withCommands = ({ cwd, activate, check }: Closure): Pick<Pool, 'cwd' | 'activate' | 'check'> => ({
	...(cwd === undefined ? {} : { cwd }),
	...(activate.length === 0 ? {} : { activate: [...activate] }),
	...(check.length === 0 ? {} : { check: [...check] }),
});

/** `undefined`: one of the files has no place, and a pool without one of its files would not be that pool. */
function readOperations(fields: Fields, file: HomeserverFile): readonly PoolFile[] | undefined {
	const operations = fields.maps('operations');
	if (operations.length === 0) {
		fields.note('', 'is left out: it has no files, so upstream does nothing for it');
		return undefined;
	}
	const placed = operations.map(operation => readOperation(operation, file));
	const whole = placed.filter(one => one !== undefined);
	if (whole.length === placed.length) return lastOfEach(whole, 'destination');
	fields.note('', 'is left out: a pool is all of its files or none', 'correct what the notes name');
	return undefined;
}

function readOperation(operation: Fields, file: HomeserverFile): Placed | undefined {
	const permissions = operation.map('permissions');
	return placeFile(
		{
			fields: operation,
			source: operation.text('target'),
			sourceKey: 'target',
			dest: operation.text('destination'),
			destKey: 'destination',
			...(permissions === undefined
				? {}
				: {
						permissions,
						usual: { owner: 'root', group: 'root', mode: '0644' },
					}),
		},
		file,
	);
}

/** Upstream compares it with the version of the module that the pool is in, and both are known here. */
function readTargetVersion(fields: Fields, { version }: HomeserverFile): Condition | undefined {
	const target = fields.version('target_schema_version');
	if (target === undefined) return undefined;
	const order = version === undefined ? -1 : compareVersions('loose', version, target);
	if (order !== undefined && order <= 0) {
		fields.note(
			'target_schema_version',
			'is left out: upstream compares it with the version of the hotfix module itself, which it admits',
		);
		return undefined;
	}
	const because = order === undefined ? 'which is no version' : `which is ${version?.slice(0, 60)} already`;
	fields.note(
		'target_schema_version',
		`is compared with the version of the hotfix module itself, ${because}: the pool never runs`,
		'take the pool out, or its `when`',
	);
	return never;
}

const said: Readonly<Record<Finding['kind'], readonly [reason: string, cure: string | undefined]>> = {
	is_the_fix: [
		'runs what the pool has put there: it is the fix itself, and to restore the files takes nothing of it back',
		'make it a hotfix with an `undo`, or see that it may run again',
	],
	effect: [
		'changes more than it checks: to restore the files does not take that back, and it runs again after a restore',
		'see that it may run twice, or make it a hotfix',
	],
	lost_cd: ['holds for the commands behind it; upstream ran each in a shell of its own and lost it', undefined],
	useless_cd: ['is left out: no command follows it', undefined],
	one_shell: [
		'and those behind it became one shell text: upstream ran each apart, where what it sets is lost',
		undefined,
	],
	npm_build: ['calls `npm build`, which is no command of npm', 'write `npm run build`'],
};

function noteFindings(fields: Fields, findings: readonly Finding[]): void {
	for (const { index, kind } of findings) {
		const [reason, cure] = said[kind];
		fields.note(`closure[${index}]`, reason, cure, kind === 'useless_cd' ? 'harmless' : 'matters');
	}
}

function readFinalClosure({ fields, parts }: HomeserverFile): void {
	const lines = fields.texts('finalClosure');
	if (lines.length === 0) return;
	fields.note(
		'finalClosure',
		'became `verify`, at the end of the work on each host: upstream runs it when any pool succeeded, its manual says all',
	);
	const { cwd, activate, check } = readClosure(lines.map(plainLine), new Set());
	const commands = [...activate, ...check];
	parts.verify.push(...(cwd === undefined ? commands : commands.map(command => `cd ${shellWord(cwd)} && ${command}`)));
	for (const { index, text } of lines)
		if (commandKind(text) !== 'check' && !/^\s*cd\s/.test(text))
			fields.note(
				`finalClosure[${index}]`,
				'is no mere check, and `verify` runs on every apply',
				'move it to `activate` of a pool',
			);
}

const shellWord = (text: string): string => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
