import { createHash } from 'node:crypto';
import { asJobKey, type JobKey } from '../../model/brand.ts';
import type { PoolOnHost } from './pool-on-host.ts';

/**
 * The key of a pool's job: what is to be on the host and how it is put into use. What is there now is no part of it, nor is what
 * only says how careful to be (policies, timeouts, confirmation).
 */
export function poolKey(
	{ pool, files, commands, cwd }: PoolOnHost,
	env: Readonly<Record<string, string>>,
	user: string,
): JobKey {
	const parts = [
		'hsctl/pool/v1',
		pool.address,
		files.map(({ file, dest }) => [dest, file.src.digest, file.mode ?? null, file.owner ?? null, file.group ?? null]),
		commands.map(({ kind, file, words }) => [kind, file, words]),
		cwd ?? null,
		Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1)),
		user,
	];
	return asJobKey(createHash('sha256').update(JSON.stringify(parts)).digest('hex'));
}
