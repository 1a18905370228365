import type { RepoPath } from '../model/brand.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { fail, type Result } from '../model/result.ts';
import type { Repository } from '../ports/repository.ts';
import { type Parsed, parseYaml } from './parse.ts';
import { checkSource, sourceLimit, tooLarge } from './source.ts';

/** A YAML file of the repository as values with places; every problem of its text at once. */
export function readYaml(path: RepoPath, repository: Repository): Result<Parsed> {
	const shown = repository.display(path);
	const read = repository.readFile(path, sourceLimit);
	if (read.kind === 'missing') return fail([unreadable(shown, read.because)]);
	if (read.kind === 'too_large') return fail([tooLarge(read.size, shown)]);
	const source = checkSource(read.bytes, shown);
	return source.ok ? parseYaml(source.value) : source;
}

const unreadable = (shown: string, because: string): Diagnostic => ({
	severity: 'error',
	code: 'HS1001',
	message: `${shown} cannot be read: ${because}`,
	hint: 'check the path',
});
