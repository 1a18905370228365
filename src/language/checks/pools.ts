import type { Selection } from '../../model/selection.ts';
import type { UnsupportedUnit } from '../../model/unit.ts';
import type { Path } from '../parse.ts';
import type { CheckContext } from './context.ts';
import { readLaterUnit } from './later-units.ts';
import { checkReferences } from './references.ts';
import { findFile } from './scripts.ts';

/** Every file of a pool is in the repository, and no two entries of the playbook write the same file of a host. */
export function readPools(fallback: Selection, context: CheckContext): readonly UnsupportedUnit[] {
	const writers = new Map<string, string>();
	return Object.entries(context.document.pools ?? {}).map(([id, pool]) => {
		const path: Path = ['pools', id];
		const unit = readLaterUnit({ name: 'pools', word: 'pool', id }, pool, fallback, context);
		for (const [index, file] of pool.files.entries()) {
			const filePath = [...path, 'files', index];
			findFile(file.src, [...filePath, 'src'], { code: 'HS1210', what: 'the file' }, context);
			const writer = writers.get(file.dest);
			if (writer !== undefined) {
				context.report.add({
					code: 'HS1218',
					path: [...filePath, 'dest'],
					message: `${file.dest} is written by pool.${writer} too`,
					hint: 'keep one of the two',
				});
			}
			writers.set(file.dest, id);
		}
		const place = { hosts: unit.hosts, secrets: 'refused' } as const;
		for (const key of ['cwd', 'activate', 'check', 'env'] as const)
			checkReferences(pool[key], [...path, key], place, context);
		return unit;
	});
}
