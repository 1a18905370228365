import type { Selection } from '../../model/selection.ts';
import { checkDurations } from '../read-duration.ts';
import type { CheckContext } from './context.ts';
import { readHosts } from './read-hosts.ts';
import { checkReferences } from './references.ts';

/** Waves pick hosts, and each has a name of its own. */
export function checkRollout(context: CheckContext): void {
	const names = new Set<string>();
	for (const [index, wave] of (context.document.rollout?.waves ?? []).entries()) {
		const path = ['rollout', 'waves', index];
		readHosts(wave.hosts, [...path, 'hosts'], context);
		checkDurations(wave, ['bake'], path, context.report);
		if (names.has(wave.name))
			context.report.add({
				code: 'HS1218',
				path: [...path, 'name'],
				message: `there are two waves \`${wave.name}\``,
				hint: 'rename one of them',
			});
		names.add(wave.name);
	}
}

/** The commands that say in the end whether all is well. */
export function checkVerify(hosts: Selection, context: CheckContext): void {
	checkReferences(context.document.verify, ['verify'], { hosts, secrets: 'refused' }, context);
}
