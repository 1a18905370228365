import { readFileSync } from 'node:fs';

/** The text of a file of this machine; one that is not there, or cannot be read, says nothing. */
export function textOf(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return '';
	}
}
