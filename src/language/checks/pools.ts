import { repoPath, sha256Digest, unitAddress } from '../../model/brand.ts';
import type { Condition } from '../../model/condition.ts';
import type { Selection } from '../../model/selection.ts';
import type { CommandText, Pool, PoolFile, RepoFile } from '../../model/unit.ts';
import { readCondition } from '../condition.ts';
import type { PoolFile as FileDocument, Pool as PoolDocument } from '../generated/playbook.generated.ts';
import { isPlainPath } from '../host-path.ts';
import type { Path } from '../parse.ts';
import { readTimeout } from '../read-duration.ts';
import type { CheckContext } from './context.ts';
import { readNeeds } from './needs.ts';
import { readHosts } from './read-hosts.ts';
import { checkReferences, noStdin, refuseReferences } from './references.ts';
import { readRepoFile } from './scripts.ts';

/** As with a hotfix. */
const defaultTimeoutMs = 5 * 60_000;
/** What a host keeps of each pool, unless the playbook says otherwise. */
const defaultKeep = 5;
const always: Condition = { kind: 'always' };

/** Stands for one that is not there. That has been reported, so no plan will see it; the other checks want a whole unit. */
const noFile: RepoFile = { path: repoPath(''), digest: sha256Digest(''), bytes: new Uint8Array(), pin: 'missing' };

/** Every file of a pool is in the repository, and no two entries of the playbook write the same file of a host. */
export function readPools(fallback: Selection, context: CheckContext): readonly Pool[] {
	const pools = new Map(Object.entries(context.document.pools ?? {}));
	const writers = new Map<string, Pool[]>();
	return [...context.declared.pools].flatMap(id => {
		const document = pools.get(id);
		if (document === undefined) return [];
		const pool = readPool(id, document, fallback, context);
		for (const [index, { dest }] of pool.files.entries())
			checkWriter({ dest, path: ['pools', id, 'files', index, 'dest'], pool }, writers, context);
		return [pool];
	});
}

function readPool(id: string, document: PoolDocument, fallback: Selection, context: CheckContext): Pool {
	const path: Path = ['pools', id];
	const { report, inventory } = context;
	const hosts = readHosts(document.hosts, [...path, 'hosts'], context, fallback);
	const place = { hosts, secrets: 'refused', secretCure: noStdin } as const;
	for (const key of ['when', 'cwd', 'validate', 'activate', 'check', 'env'] as const)
		checkReferences(document[key], [...path, key], place, context);
	refuseReferences(document.description, [...path, 'description'], report);
	const confirmMs = readConfirm(document.confirm, [...path, 'confirm'], context);
	const pool: Pool = {
		kind: 'pool',
		address: unitAddress('pool', id),
		at: report.at(path, 'key'),
		...(document.description === undefined ? {} : { description: document.description }),
		hosts,
		needs: readNeeds(document.needs, [...path, 'needs'], context),
		tags: document.tags ?? [],
		...(document.become === undefined ? {} : { become: document.become }),
		when:
			document.when === undefined
				? always
				: readCondition(document.when, [...path, 'when'], { report, moduleSchemaPath: inventory.moduleSchemaPath }),
		files: document.files.map((file, index) => readFile(file, [...path, 'files', index], hosts, context)),
		onCustomised: document.on_customised ?? 'skip',
		onDeleted: document.on_deleted ?? 'skip',
		...(document.cwd === undefined ? {} : { cwd: document.cwd }),
		env: new Map(Object.entries(document.env ?? {})),
		validate: document.validate ?? [],
		activate: document.activate ?? [],
		check: document.check ?? [],
		...(confirmMs === undefined ? {} : { confirmMs }),
		together: document.together ?? false,
		keep: document.keep ?? defaultKeep,
		timeoutMs: readTimeout(document.timeout, [...path, 'timeout'], report, defaultTimeoutMs),
	};
	checkValidate(document, path, context);
	checkTogether(document, path, context);
	checkMerge(document, path, context);
	return pool;
}

function readConfirm(text: string | undefined, path: Path, { report }: CheckContext): number | undefined {
	if (text === undefined) return undefined;
	return text === 'off' ? 0 : readTimeout(text, path, report, 60_000);
}

/** A command that never mentions what it is to judge passes by what lies on the host already: everybody would trust it. */
function checkValidate({ files, validate = [] }: PoolDocument, path: Path, { report }: CheckContext): void {
	const textOf = (command: CommandText): string => (typeof command === 'string' ? command : command.join(' '));
	for (const [index, { validate: command }] of files.entries()) {
		if (command === undefined || /%s|HSCTL_FILE|HSCTL_STAGED/.test(textOf(command))) continue;
		report.add({
			code: 'HS1221',
			path: [...path, 'files', index, 'validate'],
			message: 'this command does not name the new file, so it judges what lies on the host already',
			hint: 'write `%s` where its path belongs',
		});
	}
	for (const [index, command] of validate.entries()) {
		if (!/%s/.test(textOf(command)) || /HSCTL_STAGED/.test(textOf(command))) continue;
		report.add({
			code: 'HS1221',
			path: [...path, 'validate', index],
			piece: '%s',
			message: '`%s` stands for the new file in the `validate` of one file, and this one is for all of them',
			hint: 'put it under `validate` of the file, or name files below `$HSCTL_STAGED`, the folder of all new files',
		});
	}
}

/** The hosts decide together by what they wait for. */
function checkTogether({ together, confirm }: PoolDocument, path: Path, { report }: CheckContext): void {
	if (together !== true || confirm !== 'off') return;
	report.add({
		code: 'HS1220',
		path: [...path, 'confirm'],
		message: '`together` needs a time in which all hosts come to the same end, and `confirm` is off',
		hint: 'give `confirm` a time such as `5m`, or leave it out',
	});
}

/** A file that no version was shipped of needs no `base`: nobody can have changed one. */
function checkMerge({ on_customised, files }: PoolDocument, path: Path, { report, parts }: CheckContext): void {
	if (on_customised !== 'merge') return;
	const places = files.map((_, index): Path => [...path, 'files', index]);
	const hasBase = files.map(({ base }, index) => base !== undefined || parts.mayHave(places[index] ?? path, 'base'));
	const common = { code: 'HS1220', severity: 'warning' } as const;
	if (!hasBase.includes(true)) {
		report.add({
			...common,
			path: [...path, 'on_customised'],
			message:
				'no file of this pool can be merged: none has a `base`, so where somebody has changed one, the pool is a conflict',
			hint: 'add `base` to a file: the shipped version that the new one was made from',
		});
		return;
	}
	for (const [index, { baseline = [] }] of files.entries()) {
		const place = places[index];
		if (place === undefined || hasBase[index] === true || baseline.length === 0) continue;
		report.add({
			...common,
			path: [...place, 'baseline'],
			message:
				'this file cannot be merged: a digest tells no bytes, so where somebody has changed it, the pool is a conflict',
			hint: 'add `base`, the shipped version that the new one was made from',
		});
	}
}

function readFile(document: FileDocument, path: Path, hosts: Selection, context: CheckContext): PoolFile {
	const { src, dest, mode, owner, group, baseline, base, validate, if_absent, follow } = document;
	const place = { hosts, secrets: 'refused', secretCure: noStdin } as const;
	checkReferences(dest, [...path, 'dest'], place, context);
	checkReferences(validate, [...path, 'validate'], place, context);
	checkDest(dest, [...path, 'dest'], context);
	const baseFile = base === undefined ? undefined : readRepoFile(base, { path: [...path, 'base'] }, context);
	return {
		src: readRepoFile(src, { path: [...path, 'src'] }, context) ?? noFile,
		dest,
		at: context.report.at([...path, 'dest']),
		...(mode === undefined ? {} : { mode }),
		...(owner === undefined ? {} : { owner }),
		...(group === undefined ? {} : { group }),
		baseline: (baseline ?? []).map(digest => sha256Digest(digest.replace(/^sha256:/, '').toLowerCase())),
		...(baseFile === undefined ? {} : { base: baseFile }),
		...(validate === undefined ? {} : { validate }),
		ifAbsent: if_absent ?? 'create',
		follow: follow ?? false,
	};
}

function checkDest(dest: string, path: Path, { report }: CheckContext): void {
	if (dest === '/') {
		report.add({
			code: 'HS1315',
			path,
			message: '`/` is the folder of everything, and not the path of a file',
			hint: 'write the path of the file, such as `/etc/motd`',
		});
	}
	if (isPlainPath(dest)) return;
	report.add({
		code: 'HS1315',
		path,
		message: `\`${dest}\` is not the plain path of a file`,
		hint: 'write it without `.`, `..`, double slashes or a slash at its end',
	});
}

function checkWriter(
	{ dest, path, pool }: { readonly dest: string; readonly path: Path; readonly pool: Pool },
	writers: Map<string, Pool[]>,
	{ selections, report }: CheckContext,
): void {
	const others = writers.get(dest) ?? [];
	const other = others.find(
		writer => writer.address === pool.address || selections.shareHost(writer.hosts, pool.hosts),
	);
	writers.set(dest, [...others, pool]);
	if (other === undefined) return;
	report.add({
		code: 'HS1218',
		path,
		message: other === pool ? `\`${dest}\` is written twice` : `\`${dest}\` is also written by ${other.address}`,
		hint: 'keep one of the two',
	});
}
