import type { Digest } from '../../model/brand.ts';
import type { FileAction } from '../../model/plan.ts';
import type { Pool, PoolFile } from '../../model/unit.ts';
import { type FileSight, hexOf, type KeptFile, type SeenFile } from './file-look.ts';
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
	/** Of a customised file: what of its owner and mode is not as the playbook says. */
	readonly dress?: string;
	/** Of a customised file: what becomes of its other names, should it be replaced. */
	readonly names?: string;
}

/**
 * `customised`: somebody's change is in the way; what follows from that is decided for the pool as a whole.
 * @param memory `pool.x~playbook`: under this name the host remembers what the pool has put there
 */
export function judgeFile(
	wanted: PoolFileOnHost,
	sight: FileSight,
	{ onDeleted }: Pick<Pool, 'onDeleted'>,
	memory: string,
): FileVerdict {
	const at = sight.at ?? wanted.dest;
	const { seen } = sight;
	switch (seen.kind) {
		case 'link':
			return { action: 'refuse', because: linkWords(seen.target, wanted.file), at };
		case 'folder':
			return { action: 'refuse', because: 'it is a folder', at };
		case 'other':
			return { action: 'refuse', because: 'it is no regular file', at };
		case 'hidden':
			return { action: 'fail', because: `${seen.folder} is closed to this user`, at };
		case 'unseen':
			return { action: 'fail', because: 'the look at it told nothing', at };
		case 'absent':
			return { ...judgeAbsent(wanted.file, sight, onDeleted, memory), at };
		case 'file':
			return { ...judgePresent(wanted, sight, seen, memory), at };
	}
}

/** A link that is to be followed and is still seen as one leads to no place at all. */
const linkWords = (target: string, { follow }: PoolFile): string =>
	follow
		? `it is a symbolic link to ${target}, and that leads nowhere`
		: `it is a symbolic link to ${target}; \`follow: true\` would replace what it leads to`;

type Judged = Omit<FileVerdict, 'at'>;

/** What the playbook says of this very file counts before what it says of all deleted ones. */
function judgeAbsent(file: PoolFile, sight: FileSight, onDeleted: Pool['onDeleted'], memory: string): Judged {
	const deleted = deletedWords(sight, memory);
	const absent = deleted ?? 'it is not there';
	if (file.ifAbsent === 'skip') return { action: 'skip', because: `${absent}; if_absent is skip` };
	if (file.ifAbsent === 'fail') return { action: 'fail', because: `${absent}; if_absent is fail` };
	if (deleted === undefined) return barred(sight) ?? { action: 'create', because: absent };
	if (onDeleted === 'skip') return { action: 'keep', because: `${absent}; on_deleted is skip` };
	if (onDeleted === 'fail') return { action: 'fail', because: `${absent}; on_deleted is fail` };
	return barred(sight) ?? { action: 'create', because: `${absent}; on_deleted is create` };
}

function deletedWords({ kept, package: word }: FileSight, memory: string): string | undefined {
	const own = kept.find(one => isOurs(one, memory));
	if (own !== undefined) return `it was deleted since ${nameOf(own, memory)} put it there`;
	return word?.word === 'gone' ? `it was deleted: the package ${word.name} had installed it` : undefined;
}

/**
 * No two entries of a playbook write the same file of a host. So what another pool of this playbook has put there was handed over
 * to this one since; what a pool of another playbook has put there is that one's.
 */
const isOurs = ({ by }: KeptFile, memory: string): boolean => playbookOf(by) === playbookOf(memory);

const playbookOf = (by: string): string => by.slice(by.indexOf('~'));

const unitOf = ({ by }: KeptFile): string => by.slice(0, by.indexOf('~'));

const nameOf = (kept: KeptFile, memory: string): string => (kept.by === memory ? 'this pool' : unitOf(kept));

function judgePresent(
	{ file, stock }: PoolFileOnHost,
	sight: FileSight,
	seen: SeenFile & { kind: 'file' },
	memory: string,
): Judged {
	const { digest } = seen;
	if (digest === undefined) return { action: 'fail', because: 'it cannot be read' };
	const wanted = file.src.digest;
	const own = sight.kept.find(one => isOurs(one, memory) && one.digest === hexOf(digest));
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
	if (bar !== undefined) return { ...bar, was: digest };
	const names = otherNames(seen);
	const replace = (...because: readonly string[]): Judged => ({
		action: 'replace',
		because: clauses(...because, dress, names),
		was: digest,
	});
	if (isAsWanted) return { ...replace(), ...merged };
	if (own !== undefined && !isMerged) return replace(`${nameOf(own, memory)} put it there`);
	if (stock.includes(digest)) return replace('it is as it was shipped');
	if (sight.package?.word === 'same') return replace(`it is as the package ${sight.package.name} installed it`);
	return {
		action: 'customised',
		because: customisedWords(sight, { hasMerge: own !== undefined, digest, memory }),
		was: digest,
		...(dress === undefined ? {} : { dress }),
		...(names === undefined ? {} : { names }),
	};
}

/** What is said of one file, in one line. */
export const clauses = (...all: readonly (string | undefined)[]): string =>
	all.filter(one => one !== undefined).join('; ');

/** A hard link is another name of the same bytes. A rename gives this name new ones, and leaves the others alone. */
function otherNames({ links }: SeenFile & { kind: 'file' }): string | undefined {
	if (!(links > 1)) return undefined;
	return links === 2
		? 'its other name (a hard link) keeps the old bytes'
		: `its ${links - 1} other names (hard links) keep the old bytes`;
}

function customisedWords(
	{ kept, package: word }: FileSight,
	{ hasMerge, digest, memory }: { readonly hasMerge: boolean; readonly digest: Digest; readonly memory: string },
): string {
	if (hasMerge) return 'it has a change of this host, merged into an older version';
	const other = kept.find(({ digest: theirs }) => theirs === hexOf(digest));
	if (other !== undefined) return `${unitOf(other)} of playbook ${playbookOf(other.by).slice(1)} put it there`;
	const own = kept.find(one => isOurs(one, memory));
	if (own !== undefined) return `it was changed since ${nameOf(own, memory)} put it there`;
	if (word?.word === 'changed') return `it was changed since the package ${word.name} installed it`;
	return 'no baseline, no package and no pool knows this version';
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
	return { action: 'refuse', because: barWords.get(word)?.(detail) ?? `${word} ${detail}`.trim() };
}

const barWords: ReadonlyMap<string, (detail: string) => string> = new Map<string, (detail: string) => string>([
	['mounted', () => 'something is mounted on it, so it cannot be replaced in one step'],
	['no_folder', folder => `${folder} is no folder`],
	['closed', folder => `${folder} takes no writes (read-only, or not this user's)`],
	['open', folder => `everybody may write to ${folder}, so somebody could put another file in its way`],
	['foreign_link', path => `${path} on its way is a link of another user, who may turn it elsewhere`],
	['fixed', path => `${path} is immutable (chattr +i or +a)`],
]);
