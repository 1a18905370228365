import type { Selection } from '../../model/selection.ts';
import type { UnsupportedUnit } from '../../model/unit.ts';
import { checkDurations } from '../read-duration.ts';
import type { CheckContext } from './context.ts';
import { readLaterUnit } from './later-units.ts';
import { checkReferences } from './references.ts';

/** The one unit of the section `patch`. */
export function readPatch(fallback: Selection, context: CheckContext): readonly UnsupportedUnit[] {
	const { patch } = context.document;
	if (patch === undefined) return [];
	checkDurations(patch, ['soak', 'timeout'], ['patch'], context.report);
	return [readLaterUnit({ name: 'patch', word: 'patch' }, patch, fallback, context)];
}

/** The one unit of the section `reboot`. `when: never` is the default and asks for nothing. */
export function readReboot(fallback: Selection, context: CheckContext): readonly UnsupportedUnit[] {
	const { reboot } = context.document;
	if (reboot === undefined) return [];
	const { when, ...common } = reboot;
	checkDurations(reboot, ['timeout'], ['reboot'], context.report);
	const unit = readLaterUnit({ name: 'reboot', word: 'reboot' }, common, fallback, context);
	for (const key of ['reason', 'verify'] as const)
		checkReferences(reboot[key], ['reboot', key], { hosts: unit.hosts, secrets: 'refused' }, context);
	return when === undefined || when === 'never' ? [] : [unit];
}
