import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { type RepoPath, repoPath } from '../model/brand.ts';

/** Files that mark the root of a repository of playbooks; `.git` counts where none of the others is on the way up. */
const marks = ['hsctl.config.yaml', 'hsctl.lock'];

/** Where a file or folder lies: the repository around it, and its path in there. */
export interface Place {
	readonly root: string;
	readonly path: RepoPath;
}

/**
 * Finds the repository around `file` (as given, from the folder `from`): the nearest folder upwards with hsctl.config.yaml or
 * hsctl.lock, else with .git, else the file's own folder (one further up when that is called `playbooks`).
 * `undefined`: there is no such file or folder.
 */
export function findPlace(file: string, from: string): Place | undefined {
	const full = resolve(from, file);
	if (!existsSync(full)) return undefined;
	const real = realpathSync(full);
	const start = statSync(real).isDirectory() ? real : dirname(real);
	const root = nearestWith(marks, start) ?? nearestWith(['.git'], start) ?? withoutMarks(start);
	return { root, path: repoPath(relative(root, real)) };
}

function nearestWith(names: readonly string[], start: string): string | undefined {
	for (let folder = start; ; folder = dirname(folder)) {
		if (names.some(name => existsSync(join(folder, name)))) return folder;
		if (folder === dirname(folder)) return undefined;
	}
}

const withoutMarks = (start: string): string => (basename(start) === 'playbooks' ? dirname(start) : start);
