import type { Digest } from '../../model/brand.ts';
import { sha256Digest } from '../../model/brand.ts';
import { type Command, sh } from '../../model/command.ts';

/** A file of a pool, as the host is asked about it. */
export interface WantedFile {
	/** Absolute, with the host's values in place. */
	readonly dest: string;
	readonly follow: boolean;
	readonly digest: Digest;
	/** Digests that tell all there is to know: no package manager is asked about them. */
	readonly known: readonly Digest[];
}

/** One look for all files of a pool: see src/host/files.sh. */
export const lookAtFiles = (files: readonly WantedFile[]): Command =>
	sh`hs_look_files ${files.flatMap(({ dest, follow, digest, known }) => [dest, yesNo(follow), [digest, ...known].map(hexOf).join(',')])}`;

/** Directly after the look: the bytes of files that are not as they should be, as frames `text:INDEX:N`. */
export const showTexts = (index: number, files: readonly WantedFile[]): Command =>
	sh`hs_look_texts ${index} ${files.flatMap(({ dest, follow, digest }) => [dest, yesNo(follow), hexOf(digest)])}`;

const yesNo = (is: boolean): string => (is ? 'yes' : 'no');

export const hexOf = (digest: Digest): string => digest.replace(/^sha256:/, '');

/** What is at a path, and what is known of it. */
export interface FileSight {
	readonly seen: SeenFile;
	/** Where a link leads that is followed. */
	readonly at?: string;
	/** What keeps it from being replaced: a word, and what it is about. */
	readonly bars: readonly (readonly [word: string, detail: string])[];
	/** What pools have put there, by the host's own records. */
	readonly kept: readonly KeptFile[];
	readonly package?: PackageWord;
}

export type SeenFile =
	| {
			readonly kind: 'file';
			/** Octal digits without leading zeros. */
			readonly mode: string;
			readonly user: string;
			readonly uid: string;
			readonly group: string;
			readonly gid: string;
			readonly links: number;
			readonly bytes: number;
			/** Absent: it could not be read. */
			readonly digest?: Digest;
	  }
	| { readonly kind: 'absent' }
	| { readonly kind: 'folder' }
	| { readonly kind: 'link'; readonly target: string }
	/** A pipe, a device, a socket. */
	| { readonly kind: 'other' }
	/** A folder on the way is closed to the user who looks. */
	| { readonly kind: 'hidden'; readonly folder: string }
	| { readonly kind: 'unseen' };

export interface KeptFile {
	readonly digest: string;
	/** Of the repository's file it was made from: another one where somebody's change was merged in. */
	readonly source: string;
	/** `pool.x~playbook`. */
	readonly by: string;
}

/** The package manager's word on a path: whether the file is as its package has it. */
export interface PackageWord {
	readonly manager: string;
	readonly name: string;
	readonly word: string;
}

/**
 * Makes of the look's print a sight for each file, in their order. What no line tells of is `unseen`. Of what is at a path the first
 * word counts, and a line of another form says nothing: whoever gives a link or a user a strange name makes no second file of it.
 */
export function readSights(printed: string, files: readonly Pick<WantedFile, 'dest'>[]): readonly FileSight[] {
	const drafts = files.map((): Draft => ({ seen: { kind: 'unseen' }, bars: [], kept: [] }));
	const fixed = new Set<string>();
	for (const line of printed.split('\n')) {
		const [word, rest] = cut(line);
		if (word === 'fixed') fixed.add(rest);
		const [number, detail] = cut(rest);
		const draft = /^[1-9]\d*$/.test(number) ? drafts[Number(number) - 1] : undefined;
		if (draft !== undefined) take(draft, word, detail);
	}
	for (const [index, draft] of drafts.entries()) {
		const path = draft.at ?? files[index]?.dest ?? '';
		const folder = path.slice(0, path.lastIndexOf('/') + 1);
		for (const place of [path, folder]) if (fixed.has(place)) draft.bars.push(['fixed', place]);
	}
	return drafts;
}

interface Draft {
	seen: SeenFile;
	at?: string;
	readonly bars: (readonly [string, string])[];
	readonly kept: KeptFile[];
	package?: PackageWord;
}

function take(draft: Draft, word: string, detail: string): void {
	switch (word) {
		case 'path':
		case 'link':
		case 'file':
			if (draft.seen.kind === 'unseen') draft.seen = readSeen[word](detail);
			return;
		case 'at':
			// A link that leads nowhere has no other place.
			if (detail.startsWith('/')) draft.at ??= detail;
			return;
		case 'bar':
			draft.bars.push(cut(detail));
			return;
		case 'kept': {
			const [, digest, source, by] = /^([0-9a-f]{64}) ([0-9a-f]{64}) (\S+~.+)$/.exec(detail) ?? [];
			if (digest !== undefined && source !== undefined && by !== undefined) draft.kept.push({ digest, source, by });
			return;
		}
		case 'package': {
			const [, manager, name, says] = /^(\S+) (\S+) (\S+)$/.exec(detail) ?? [];
			if (manager !== undefined && name !== undefined && says !== undefined)
				draft.package ??= { manager, name, word: says };
		}
	}
}

const readSeen: Readonly<Record<'path' | 'link' | 'file', (detail: string) => SeenFile>> = {
	path: readPath,
	link: target => ({ kind: 'link', target }),
	file: readFile,
};

function readPath(detail: string): SeenFile {
	const [kind = '', folder = ''] = cut(detail);
	if (kind === 'absent' || kind === 'folder' || kind === 'other') return { kind };
	return kind === 'hidden' ? { kind, folder } : { kind: 'unseen' };
}

/**
 * MODE USER UID GROUP GID LINKS BYTES SHA256: names of users and groups may hold blanks where a directory service gives them. What is
 * too long for a name is none: to try all ways to take it apart would take for ever.
 */
function readFile(detail: string): SeenFile {
	const [, mode = '', user = '', uid = '', group = '', gid = '', links, bytes, digest] =
		/^([0-7]{1,4}) (.{1,256}?) (\d+) (.{1,256}?) (\d+) (\d+) (\d+) ([0-9a-f]{64}|-)$/.exec(detail) ?? [];
	if (digest === undefined) return { kind: 'unseen' };
	const sum = digest === '-' ? {} : { digest: sha256Digest(digest) };
	return { kind: 'file', mode, user, uid, group, gid, links: Number(links), bytes: Number(bytes), ...sum };
}

function cut(line: string): readonly [string, string] {
	const blank = line.indexOf(' ');
	return blank === -1 ? [line, ''] : [line.slice(0, blank), line.slice(blank + 1)];
}
