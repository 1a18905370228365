import { createHash } from 'node:crypto';
import { type Digest, type RepoPath, sha256Digest } from '../model/brand.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Repository } from '../ports/repository.ts';
import type { PlaybookDocument } from './generated/playbook.generated.ts';
import type { LockFile } from './lock-file.ts';
import type { Parsed, Path } from './parse.ts';
import { readYaml } from './read-yaml.ts';
import { resolveRepoPath } from './repo-path.ts';
import { schemaProblems } from './schema-problems.ts';
import { treeDigest } from './tree-digest.ts';

/** The digests of everything that these playbooks can run: scripts, undo scripts, pool files, module trees. */
export function findPinned(playbooks: readonly RepoPath[], repository: Repository): Result<LockFile> {
	const pins: Pins = { repository, files: new Map(), trees: new Map(), problems: [] };
	for (const playbook of playbooks) {
		const parsed = readPlaybook(playbook, repository);
		if (parsed.ok) pinAll(playbook, parsed.value, pins);
		else pins.problems.push(...parsed.error);
	}
	const { files, trees, problems } = pins;
	return problems.length > 0 ? fail(problems) : ok({ files, trees });
}

interface Pins {
	readonly repository: Repository;
	readonly files: Map<RepoPath, Digest>;
	readonly trees: Map<RepoPath, Digest>;
	readonly problems: Diagnostic[];
}

function readPlaybook(playbook: RepoPath, repository: Repository): Result<Parsed> {
	const parsed = readYaml(playbook, repository);
	const structure = parsed.ok ? schemaProblems(parsed.value, 'playbook') : [];
	return structure.length > 0 ? fail(structure) : parsed;
}

function pinAll(playbook: RepoPath, parsed: Parsed, pins: Pins): void {
	// The schema has just said that the value has this type.
	for (const { text, path, what, kind } of namedPaths(parsed.value as PlaybookDocument)) {
		const file = resolveRepoPath(text, playbook);
		const problem = file === undefined ? 'it leaves the repository' : pin(file, kind, pins);
		if (problem !== undefined)
			pins.problems.push({
				severity: 'error',
				code: 'HS1210',
				message: `${text} cannot be pinned: ${problem}`,
				at: parsed.at(path, what),
				hint: 'create it, or correct the path',
			});
	}
}

interface Named {
	readonly text: string;
	readonly path: Path;
	readonly what?: 'key';
	readonly kind: 'file' | 'tree';
}

function namedPaths({ hotfixes = {}, pools = {}, modules = {} }: PlaybookDocument): readonly Named[] {
	return [
		...Object.entries(hotfixes).flatMap(([id, { script, undo }]): Named[] => [
			script === undefined
				? { text: `hotfixes/${id}.sh`, path: ['hotfixes', id], what: 'key', kind: 'file' }
				: { text: script, path: ['hotfixes', id, 'script'], kind: 'file' },
			...(undo === undefined ? [] : [{ text: undo, path: ['hotfixes', id, 'undo'], kind: 'file' } as const]),
		]),
		...Object.entries(pools).flatMap(([id, { files }]) =>
			files.flatMap(({ src, base }, index): Named[] => [
				{ text: src, path: ['pools', id, 'files', index, 'src'], kind: 'file' },
				...(base === undefined
					? []
					: [{ text: base, path: ['pools', id, 'files', index, 'base'], kind: 'file' } as const]),
			]),
		),
		...Object.entries(modules).flatMap(([id, { source }]): Named[] =>
			source === undefined ? [] : [{ text: source, path: ['modules', id, 'source'], kind: 'tree' }],
		),
	];
}

/** Digests a file or a folder once, however often it is named. One clause when that is not possible. */
function pin(path: RepoPath, kind: Named['kind'], { repository, files, trees }: Pins): string | undefined {
	const pinned = kind === 'file' ? files : trees;
	if (pinned.has(path)) return undefined;
	const digest = kind === 'file' ? fileDigest(path, repository) : treeDigest(path, repository);
	if (!digest.ok) return digest.error;
	pinned.set(path, digest.value);
	return undefined;
}

const maxFileBytes = 1024 ** 3;

function fileDigest(path: RepoPath, repository: Repository): Result<Digest, string> {
	const read = repository.readFile(path, maxFileBytes);
	if (read.kind === 'file') return ok(sha256Digest(createHash('sha256').update(read.bytes).digest('hex')));
	return fail(read.kind === 'missing' ? read.because : 'it is larger than 1 GiB');
}
