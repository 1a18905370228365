/** The files that an import may read. Paths are absolute, or start where the person stands. */
export interface ImportFiles {
	look(path: string): Looked;
	/** The files that an `Include` of an ssh config names, in the order of their names; `from` is the file that it stands in. */
	included(pattern: string, from: string): readonly string[];
}

export type Looked =
	| { readonly kind: 'file'; readonly bytes: Uint8Array }
	| { readonly kind: 'folder'; readonly entries: readonly FolderEntry[] }
	/** More bytes than `sourceLimit`. */
	| { readonly kind: 'too_large'; readonly size: number }
	/** `because` is one clause. */
	| { readonly kind: 'missing'; readonly because: string };

export interface FolderEntry {
	readonly name: string;
	/** What a link leads to. */
	readonly kind: 'file' | 'folder' | 'other';
}

/** The path of something inside a folder. */
export const inside = (folder: string, name: string): string =>
	folder === '.' || folder === '' ? name : `${folder.replace(/\/+$/, '')}/${name}`;

/** The folder that a file lies in. */
export function folderOf(path: string): string {
	const end = path.replace(/\/+$/, '').lastIndexOf('/');
	if (end === -1) return '.';
	return end === 0 ? '/' : path.slice(0, end);
}

/** The last part of a path. */
export const nameOf = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) ?? '';
