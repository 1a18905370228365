import { matchesGlob } from '../../../src/language/glob.ts';
import type { FolderEntry, ImportFiles } from '../../../src/language/import/import-files.ts';
import { sourceLimit } from '../../../src/language/source.ts';

/** Files by path; folders are there when something is in them. What is included starts in `~/.ssh`, which is `ssh`. */
export function memoryFiles(entries: Readonly<Record<string, string | Uint8Array>>): ImportFiles {
	const paths = Object.keys(entries);
	return {
		look(path) {
			const entry = entries[path];
			if (entry !== undefined) {
				const bytes = typeof entry === 'string' ? new TextEncoder().encode(entry) : entry;
				return bytes.length > sourceLimit ? { kind: 'too_large', size: bytes.length } : { kind: 'file', bytes };
			}
			const below =
				path === '.' ? paths : paths.filter(one => one.startsWith(`${path}/`)).map(one => one.slice(path.length + 1));
			if (below.length === 0) return { kind: 'missing', because: 'it does not exist' };
			return { kind: 'folder', entries: entriesOf(below) };
		},
		included: pattern => paths.filter(path => matchesGlob(`ssh/${pattern}`, path)).toSorted(),
	};
}

function entriesOf(below: readonly string[]): readonly FolderEntry[] {
	const kinds = new Map(below.map(path => [path.split('/')[0] ?? '', path.includes('/') ? 'folder' : 'file'] as const));
	return [...kinds].map(([name, kind]) => ({ name, kind }));
}
