import type { Digest } from '../../model/brand.ts';
import type { FileAction } from '../../model/plan.ts';
import type { Pool, PoolFile } from '../../model/unit.ts';
import { type FileSight, hexOf, type SeenFile } from './file-look.ts';
import type { PoolFileOnHost } from './pool-on-host.ts';

/** What becomes of one file, and why. */
export interface FileVerdict {
	readonly action: Exclude<FileAction, 'merge' | 'remove' | 'restore'> | 'customised';
	readonly because: string;
	/** Where it is: another place than its destination where a link is followed. */
	readonly at: string;
	/** Of what is there now. */
	readonly was?: Digest;
	/** Somebody's change was merged in here before, and it is still there: what was made of it. */
	readonly merged?: Digest;
}

/** `customised`: somebody's change is in the way; what follows from that is decided for the pool as a whole. */
export function judgeFile(wanted: PoolFileOnHost, sight: FileSight, pool: Pool, memory: string): FileVerdict {
	const at = sight.at ?? wanted.dest;
	const { seen } = sight;
	switch (seen.kind) {
		case 'link':
			return {
				action: 'refuse',
				because: `it is a symbolic link to ${seen.target}; \`follow: true\` would replace what it leads to`,
				at,
			};
		case 'folder':
			return { action: 'refuse', because: 'it is a folder', at };
		case 'other':
			return { action: 'refuse', because: 'it is no regular file', at };
		case 'hidden':
			return { action: 'fail', because: `${seen.folder} is closed to this user`, at };
		case 'unseen':
			return { action: 'fail', because: 'the look at it told nothing', at };
		case 'absent':
			return { ...judgeAbsent(wanted.file, sight, pool, memory), at };
		case 'file':
			return { ...judgePresent(wanted, sight, seen, memory), at };
	}
}

type Judged = Omit<FileVerdict, 'at'>;

function judgeAbsent(file: PoolFile, sight: FileSight, { onDeleted }: Pool, memory: string): Judged {
	const deleted = deletedWords(sight, memory);
	if (deleted === undefined) {
		if (file.ifAbsent === 'skip') return { action: 'keep', because: 'it is not there; if_absent is skip' };
		if (file.ifAbsent === 'fail') return { action: 'fail', because: 'it is not there; if_absent is fail' };
		return barred(sight) ?? { action: 'create', because: 'it is not there' };
	}
	if (onDeleted === 'skip') return { action: 'customised', because: `${deleted}; on_deleted is skip` };
	if (onDeleted === 'fail') return { action: 'fail', because: `${deleted}; on_deleted is fail` };
	return barred(sight) ?? { action: 'create', because: `${deleted}; on_deleted is create` };
}

function deletedWords({ kept, package: word }: FileSight, memory: string): string | undefined {
	if (kept.some(({ by }) => by === memory)) return 'it was deleted since this pool put it there';
	return word?.word === 'gone' ? `it was deleted: the package ${word.name} had installed it` : undefined;
}

function judgePresent(
	{ file, stock }: PoolFileOnHost,
	sight: FileSight,
	seen: SeenFile & { kind: 'file' },
	memory: string,
): Judged {
	const { digest } = seen;
	if (digest === undefined) return { action: 'fail', because: 'it cannot be read' };
	const wanted = file.src.digest;
	const own = sight.kept.find(({ by, digest: kept }) => by === memory && kept === hexOf(digest));
	const isMerged = own !== undefined && own.source !== own.digest;
	const isAsWanted = digest === wanted || (isMerged && own.source === hexOf(wanted));
	const merged = isMerged && isAsWanted ? { merged: digest } : {};
	const dress = dressWords(file, seen);
	if (isAsWanted && dress === undefined)
		return {
			action: 'same',
			because: isMerged ? 'it has the new version with the change of this host' : 'it is as it should be',
			was: digest,
			...merged,
		};
	const bar = barred(sight);
	if (bar !== undefined) return bar;
	if (isAsWanted) return { action: 'replace', because: dress ?? '', was: digest, ...merged };
	if (own !== undefined && !isMerged) return { action: 'replace', because: 'this pool put it there', was: digest };
	if (stock.includes(digest)) return { action: 'replace', because: 'it is as it was shipped', was: digest };
	if (sight.package?.word === 'same')
		return { action: 'replace', because: `it is as the package ${sight.package.name} installed it`, was: digest };
	return { action: 'customised', because: customisedWords(sight, own !== undefined, digest), was: digest };
}

function customisedWords({ kept, package: word }: FileSight, hasMerge: boolean, digest: Digest): string {
	if (hasMerge) return 'it has a change of this host, merged into an older version';
	const other = kept.find(({ digest: theirs }) => theirs === hexOf(digest));
	if (other !== undefined) return `${other.by.replace('~', ' of playbook ')} put it there`;
	if (word?.word === 'changed') return `it was changed since the package ${word.name} installed it`;
	return kept.length > 0 ? 'it was changed since this pool put it there' : 'it is no version that is known';
}

/** What of owner and mode is not as the playbook says. */
function dressWords({ mode, owner, group }: PoolFile, seen: SeenFile & { kind: 'file' }): string | undefined {
	const isMode = mode === undefined || Number.parseInt(mode, 8) === Number.parseInt(seen.mode, 8);
	const words = [
		...(isMode ? [] : [`its mode is ${seen.mode.padStart(4, '0')}, not ${mode.padStart(4, '0')}`]),
		...(owner === undefined || owner === seen.user || owner === seen.uid
			? []
			: [`its owner is ${seen.user}, not ${owner}`]),
		...(group === undefined || group === seen.group || group === seen.gid
			? []
			: [`its group is ${seen.group}, not ${group}`]),
	];
	return words.length === 0 ? undefined : words.join(', ');
}

/** What would keep it from being replaced; said before anything is begun. */
function barred({ bars }: FileSight): Judged | undefined {
	const [bar] = bars;
	if (bar === undefined) return undefined;
	const [word, detail] = bar;
	return { action: 'refuse', because: barWords[word]?.(detail) ?? `${word} ${detail}` };
}

const barWords: Readonly<Record<string, (detail: string) => string>> = {
	mounted: () => 'something is mounted on it, so it cannot be replaced in one step',
	no_folder: folder => `${folder} is no folder`,
	closed: folder => `${folder} takes no writes (read-only, or not this user's)`,
	open: folder => `everybody may write to ${folder}, so somebody could put another file in its way`,
	foreign_link: path => `${path} on its way is a link of another user, who may turn it elsewhere`,
	fixed: path => `${path} is immutable (chattr +i or +a)`,
};
