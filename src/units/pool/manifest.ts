import { createHash } from 'node:crypto';
import { type Digest, type JobKey, repoPath, sha256Digest, type UnitAddress } from '../../model/brand.ts';
import type { PoolWork } from '../../model/pool-work.ts';
import { hexOf } from './file-look.ts';

/** Stands where other jobs name their script's file. */
export const poolPath = repoPath('hsctl:pool');

export interface ManifestOf {
	readonly key: JobKey;
	readonly attempt: number;
	readonly address: UnitAddress;
	readonly playbook: string;
}

/** What src/host/pool.sh reads: shell text, and every value in it one quoted word. */
export function poolManifest(work: PoolWork, { key, attempt, address, playbook }: ManifestOf): string {
	if (work.kind === 'undo') return setting('pool_undoes', work.job);
	return [
		setting('pool_id', `${key.slice(0, 12)}-${attempt}`),
		setting('pool_unit', address),
		setting('pool_memory', `${address}~${playbook}`),
		setting('pool_cwd', work.cwd ?? ''),
		setting('pool_confirm_ms', String(work.confirmMs)),
		setting('pool_keep', String(work.keep)),
		...work.files.flatMap(({ digest, source }, index) =>
			digest === source ? [] : [setting(`pool_source_${index + 1}`, hexOf(source))],
		),
		...work.files.map(({ act, dest, digest, was, mode, owner, group }, index) => {
			const sums = [hexOf(digest), was === undefined ? '-' : hexOf(was)];
			return call('hs_pool_file', [String(index + 1), act, dest, ...sums, mode ?? '-', owner ?? '-', group ?? '-']);
		}),
		...work.commands.map(({ kind, file, words }, index) =>
			call('hs_pool_command', [kind, String(index + 1), String(file), ...words]),
		),
	].join('');
}

const setting = (name: string, value: string): string => `${name}=${quoteAlways(value)}\n`;

const call = (name: string, words: readonly string[]): string => `${[name, ...words.map(quoteAlways)].join(' ')}\n`;

const quoteAlways = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

export const manifestDigest = (manifest: string): Digest =>
	sha256Digest(createHash('sha256').update(manifest).digest('hex'));
