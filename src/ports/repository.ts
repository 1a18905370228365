import type { RepoPath } from '../model/brand.ts';

/** The folder of playbooks, scripts and files. Paths are inside it; nothing outside can be named. */
export interface Repository {
	/** How the person would name a path of it, from where they stand. */
	display(path: RepoPath): string;
	/** Refuses (as `missing`, with the reason) what is absent, no regular file, larger than `maxBytes`, or a link that leaves the repository. */
	readFile(path: RepoPath, maxBytes: number): FileRead;
	/** Names of the entries of a folder, sorted by bytes; empty when it is none. */
	list(path: RepoPath): readonly { readonly name: string; readonly kind: 'file' | 'folder' | 'link' | 'other' }[];
	/** The text of a symbolic link that `list` has shown. */
	readLink(path: RepoPath): string;
}

export type FileRead =
	| { readonly kind: 'file'; readonly bytes: Uint8Array; readonly executable: boolean }
	| { readonly kind: 'missing'; readonly because: string }
	| { readonly kind: 'too_large'; readonly size: number };
