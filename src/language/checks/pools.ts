import type { Selection } from '../../model/selection.ts';
import type { UnsupportedUnit } from '../../model/unit.ts';
import type { Path } from '../parse.ts';
import { checkTimes } from '../read-duration.ts';
import type { CheckContext } from './context.ts';
import { readLaterUnit } from './later-units.ts';
import { checkReferences } from './references.ts';
import { checkFile } from './scripts.ts';

/** Every file of a pool is in the repository, and no two entries of the playbook write the same file of a host. */
export function readPools(fallback: Selection, context: CheckContext): readonly UnsupportedUnit[] {
	const writers = new Map<string, UnsupportedUnit[]>();
	return Object.entries(context.document.pools ?? {}).map(([id, pool]) => {
		const path: Path = ['pools', id];
		const unit = readLaterUnit({ name: 'pools', word: 'pool', id }, pool, fallback, context);
		for (const [index, { src, dest }] of pool.files.entries()) {
			checkReferences(dest, [...path, 'files', index, 'dest'], { hosts: unit.hosts, secrets: 'refused' }, context);
			checkFile(src, [...path, 'files', index, 'src'], context);
			checkWriter({ dest, path: [...path, 'files', index, 'dest'], unit }, writers, context);
		}
		checkTimes(pool, ['confirm', 'timeout'], path, context.report);
		const place = { hosts: unit.hosts, secrets: 'refused' } as const;
		for (const key of ['cwd', 'activate', 'check', 'env'] as const)
			checkReferences(pool[key], [...path, key], place, context);
		return unit;
	});
}

function checkWriter(
	{ dest, path, unit }: { readonly dest: string; readonly path: Path; readonly unit: UnsupportedUnit },
	writers: Map<string, UnsupportedUnit[]>,
	{ selections, report }: CheckContext,
): void {
	const others = writers.get(dest) ?? [];
	const other = others.find(writer => writer === unit || selections.shareHost(writer.hosts, unit.hosts));
	writers.set(dest, [...others, unit]);
	if (other === undefined) return;
	report.add({
		code: 'HS1218',
		path,
		message: other === unit ? `\`${dest}\` is written twice` : `\`${dest}\` is also written by ${other.address}`,
		hint: 'keep one of the two',
	});
}
