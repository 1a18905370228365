import { createHash } from 'node:crypto';
import { type Digest, type RepoPath, sha256Digest } from '../model/brand.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Repository } from '../ports/repository.ts';
import type { PlaybookDocument } from './generated/playbook.generated.ts';
import type { LockFile } from './lock-file.ts';
import { type Parsed, parseYaml } from './parse.ts';
import { resolveRepoPath } from './repo-path.ts';
import { schemaProblems } from './schema-problems.ts';
import { checkSource, sourceLimit } from './source.ts';
import { treeDigest } from './tree-digest.ts';

/** The digests of everything that these playbooks can run: scripts, undo scripts, pool files, module trees. */
export function findPinned(playbooks: readonly RepoPath[], repository: Repository): Result<LockFile> {
	const files = new Map<RepoPath, Digest>();
	const trees = new Map<RepoPath, Digest>();
	const problems: Diagnostic[] = [];
	for (const playbook of playbooks) {
		const read = readDocument(playbook, repository);
		if (!read.ok) {
			problems.push(...read.error);
			continue;
		}
		const named = namedPaths(read.value.document);
		const pin = pinner({ playbook, parsed: read.value.parsed, repository, problems });
		for (const { text, path } of named.files) pin(text, path, fileDigest, files);
		for (const { text, path } of named.trees) pin(text, path, treeDigest, trees);
	}
	return problems.length > 0 ? fail(problems) : ok({ files, trees });
}

function readDocument(
	playbook: RepoPath,
	repository: Repository,
): Result<{ readonly parsed: Parsed; readonly document: PlaybookDocument }> {
	const read = repository.readFile(playbook, sourceLimit);
	const shown = repository.display(playbook);
	if (read.kind !== 'file')
		return fail([{ severity: 'error', code: 'HS1001', message: `${shown} cannot be read`, hint: 'check the path' }]);
	const source = checkSource(read.bytes, shown);
	const parsed = source.ok ? parseYaml(source.value) : source;
	if (!parsed.ok) return parsed;
	const structure = schemaProblems(parsed.value, 'playbook');
	// The schema has just said that the value has this type.
	return structure.length > 0
		? fail(structure)
		: ok({ parsed: parsed.value, document: parsed.value.value as PlaybookDocument });
}

interface Named {
	readonly text: string;
	readonly path: readonly (string | number)[];
}

function namedPaths(document: PlaybookDocument): {
	readonly files: readonly Named[];
	readonly trees: readonly Named[];
} {
	const hotfixes = Object.entries(document.hotfixes ?? {}).flatMap(([id, { script, undo }]): Named[] => [
		{ text: script ?? `hotfixes/${id}.sh`, path: script === undefined ? ['hotfixes', id] : ['hotfixes', id, 'script'] },
		...(undo === undefined ? [] : [{ text: undo, path: ['hotfixes', id, 'undo'] }]),
	]);
	const pools = Object.entries(document.pools ?? {}).flatMap(([id, pool]) =>
		pool.files.map((file, index): Named => ({ text: file.src, path: ['pools', id, 'files', index, 'src'] })),
	);
	const trees = Object.entries(document.modules ?? {}).flatMap(([id, { source }]): Named[] =>
		source === undefined ? [] : [{ text: source, path: ['modules', id, 'source'] }],
	);
	return { files: [...hotfixes, ...pools], trees };
}

interface PinnerContext {
	readonly playbook: RepoPath;
	readonly parsed: Parsed;
	readonly repository: Repository;
	readonly problems: Diagnostic[];
}

const pinner =
	({ playbook, parsed, repository, problems }: PinnerContext) =>
	(
		text: string,
		path: Named['path'],
		digestOf: (path: RepoPath, repository: Repository) => Result<Digest, string>,
		into: Map<RepoPath, Digest>,
	): void => {
		const file = resolveRepoPath(text, playbook);
		const digest = file === undefined ? fail('it leaves the repository') : digestOf(file, repository);
		if (file !== undefined && digest.ok) into.set(file, digest.value);
		else if (!digest.ok)
			problems.push({
				severity: 'error',
				code: 'HS1210',
				message: `${text} cannot be pinned: ${digest.error}`,
				at: parsed.at(path),
				hint: 'create it, or correct the path',
			});
	};

const maxFileBytes = 1024 ** 3;

function fileDigest(path: RepoPath, repository: Repository): Result<Digest, string> {
	const read = repository.readFile(path, maxFileBytes);
	if (read.kind === 'file') return ok(sha256Digest(createHash('sha256').update(read.bytes).digest('hex')));
	return fail(read.kind === 'missing' ? read.because : 'it is larger than 1 GiB');
}
