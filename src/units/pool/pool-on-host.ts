import type { Digest } from '../../model/brand.ts';
import type { PoolCommand } from '../../model/pool-work.ts';
import type { CommandText, Pool, PoolFile } from '../../model/unit.ts';
import { commandsOf } from './commands.ts';
import { isSensitive } from './sensitive.ts';

/** A pool with one host's values in place of its references. */
export interface PoolOnHost {
	readonly pool: Pool;
	/** In the pool's order. */
	readonly files: readonly PoolFileOnHost[];
	readonly commands: readonly PoolCommand[];
	readonly cwd?: string;
	/** 0: no new connection has to confirm. */
	readonly confirmMs: number;
}

export interface PoolFileOnHost {
	readonly file: PoolFile;
	readonly dest: string;
	/** Digests of what was shipped: nobody has customised such a file. */
	readonly stock: readonly Digest[];
}

export function poolOnHost(pool: Pool, put: (text: string) => string): PoolOnHost {
	const files = pool.files.map((file): PoolFileOnHost => {
		const base = file.base === undefined ? [] : [file.base.digest];
		return { file, dest: put(file.dest), stock: [...file.baseline, ...base] };
	});
	const fill = (command: CommandText): CommandText => (typeof command === 'string' ? put(command) : command.map(put));
	return {
		pool,
		files,
		commands: commandsOf(pool, fill),
		...(pool.cwd === undefined ? {} : { cwd: put(pool.cwd) }),
		confirmMs: pool.confirmMs ?? usualConfirmMs(pool, files),
	};
}

/** All hosts wait for the slowest of them. */
const togetherMs = 5 * 60_000;
const sensitiveMs = 60_000;

function usualConfirmMs({ together }: Pool, files: readonly PoolFileOnHost[]): number {
	if (together) return togetherMs;
	return files.some(({ dest }) => isSensitive(dest)) ? sensitiveMs : 0;
}
