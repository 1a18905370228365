import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { isPlanFile } from './saved-plan.ts';

/** Whether a file that was named holds a plan that `plan -o` saved. */
export const isSavedPlan = (file: string): boolean => isPlanFile(beginning(file));

/** Whether it is a playbook: it has the key `hsctl` and no groups of hosts. Only where something else is wanted: the language decides. */
export function isPlaybookFile(file: string): boolean {
	const text = beginning(file);
	return /^\uFEFF?["']?hsctl["']?\s*:/m.test(text) && !/^["']?groups["']?\s*:/m.test(text);
}

/** Enough of a file to see what it is; '' for what is no file. */
function beginning(file: string): string {
	try {
		// What comes through a pipe can be read only once, and not by us.
		if (!statSync(file).isFile()) return '';
		const descriptor = openSync(file, 'r');
		try {
			const bytes = Buffer.alloc(64 * 1024);
			return bytes.toString('utf8', 0, readSync(descriptor, bytes));
		} finally {
			closeSync(descriptor);
		}
	} catch {
		return '';
	}
}
