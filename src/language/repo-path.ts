import { type RepoPath, repoPath } from '../model/brand.ts';

/**
 * A path as a playbook writes it: with `./` or `../` it starts at the folder of the file that names it, otherwise at the root of
 * the repository. `undefined`: it is absolute or leaves the repository.
 */
export function resolveRepoPath(text: string, from: RepoPath): RepoPath | undefined {
	if (text.startsWith('/')) return undefined;
	const isRelative = text.startsWith('./') || text.startsWith('../');
	const folder = from.includes('/') ? from.slice(0, from.lastIndexOf('/')).split('/') : [];
	const parts: string[] = isRelative ? folder : [];
	for (const part of text.split('/')) {
		if (part === '' || part === '.') continue;
		if (part !== '..') parts.push(part);
		else if (parts.pop() === undefined) return undefined;
	}
	return repoPath(parts.join('/'));
}
