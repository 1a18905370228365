import { readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { nearest } from '../language/suggest.ts';

/** The cure for a playbook that is not there: the nearest one that is, also without its ending or its folder. */
export function hintForMissing(word: string, cwd: string): string {
	const folder = dirname(word);
	const name = basename(word);
	const inFolder = (of: string): string | undefined => {
		const near = nearestOf(name, playbooksOf(resolve(cwd, of)));
		return near === undefined ? undefined : join(of, near);
	};
	const near = inFolder(folder) ?? inFolder(join(folder, 'playbooks'));
	return near === undefined
		? 'check the path, or let `hsctl init` write a first playbook'
		: `did you mean \`${near}\`?`;
}

/** `first` is `first.yaml`, and `frist` too. */
const nearestOf = (name: string, files: readonly string[]): string | undefined => {
	const bare = (file: string) => file.replace(/\.ya?ml$/, '');
	return (
		files.find(file => bare(file) === bare(name)) ??
		files.find(file => bare(file) === nearest(bare(name), files.map(bare)))
	);
};

function playbooksOf(folder: string): readonly string[] {
	try {
		return readdirSync(folder).filter(name => /\.ya?ml$/.test(name) && name !== 'hsctl.config.yaml');
	} catch {
		return [];
	}
}
