import type { Digest } from '../../model/brand.ts';
import type { PoolCommand } from '../../model/pool-work.ts';
import type { Pool, PoolFile } from '../../model/unit.ts';
import type { Put } from '../shell-line.ts';
import { commandsOf } from './commands.ts';
import { isSensitive } from './sensitive.ts';

/** A pool with one host's values in place of its references. */
export interface PoolOnHost {
	readonly pool: Pool;
	/** In the pool's order. */
	readonly files: readonly PoolFileOnHost[];
	readonly commands: readonly PoolCommand[];
	readonly cwd?: string;
}

export interface PoolFileOnHost {
	readonly file: PoolFile;
	readonly dest: string;
	/** Digests of what was shipped: nobody has customised such a file. */
	readonly stock: readonly Digest[];
}

export function poolOnHost(pool: Pool, put: Put): PoolOnHost {
	const files = pool.files.map((file): PoolFileOnHost => {
		const base = file.base === undefined ? [] : [file.base.digest];
		return { file, dest: put(file.dest), stock: [...file.baseline, ...base] };
	});
	return {
		pool,
		files,
		commands: commandsOf(pool, put),
		...(pool.cwd === undefined ? {} : { cwd: put(pool.cwd) }),
	};
}

/**
 * How long a new connection may take to confirm; 0: none has to.
 * @param places where links lead, beside the destinations: what counts is the file that is replaced
 */
export function confirmMs({ pool, files }: PoolOnHost, places: readonly string[] = []): number {
	if (pool.confirmMs !== undefined) return pool.confirmMs;
	if (pool.together) return togetherMs;
	return [...files.map(({ dest }) => dest), ...places].some(isSensitive) ? sensitiveMs : 0;
}

/** All hosts wait for the slowest of them. */
const togetherMs = 5 * 60_000;
const sensitiveMs = 60_000;
