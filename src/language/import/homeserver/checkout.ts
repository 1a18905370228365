import type { Fields } from '../json/fields.ts';

/** Upstream fetches these files on each host; here they lie in a folder of the repository. `where`: as what, in a few words. */
export function noteCheckout(repo: Fields, folder: string, where: string): void {
	const url = plain(repo.text('url')) ?? 'URL';
	const branch = plain(repo.text('branch')) ?? plain(repo.text('default_branch'));
	repo.leave('default_branch', 'is left out: a checkout has one branch');
	repo.note(
		'url',
		`is where upstream fetches the files on each host; here they are ${where}`,
		`check it out: git clone${branch === undefined ? '' : ` --branch ${branch}`} ${url} ${folder}`,
	);
}

/** People copy the line into a shell: nothing but plain words of the file is put into it. */
const plain = (text: string | undefined): string | undefined =>
	text !== undefined && /^\w[\w@:/.+~-]{0,200}$/.test(text) ? text : undefined;
