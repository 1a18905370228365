import type { Selection } from '../../model/selection.ts';
import type { UnsupportedUnit } from '../../model/unit.ts';
import type { PlaybookDocument } from '../generated/playbook.generated.ts';
import { checkDurations, checkTimes } from '../read-duration.ts';
import type { CheckContext } from './context.ts';
import { readLaterUnit } from './later-units.ts';
import { checkReferences } from './references.ts';

type Patch = NonNullable<PlaybookDocument['patch']>;

/** The one unit of the section `patch`. */
export function readPatch(fallback: Selection, context: CheckContext): readonly UnsupportedUnit[] {
	const { patch } = context.document;
	if (patch === undefined) return [];
	checkDurations(patch, ['soak'], ['patch'], context.report);
	checkTimes(patch, ['timeout'], ['patch'], context.report);
	warnOfFreeze(patch.freeze, context);
	return [readLaterUnit({ name: 'patch', word: 'patch' }, patch, fallback, context)];
}

/** Without waves there is no first one. */
function warnOfFreeze(freeze: Patch['freeze'], { document, parts, report }: CheckContext): void {
	if (freeze !== 'first_wave' || document.rollout?.waves !== undefined) return;
	if (parts.mayHave([], 'rollout') || parts.mayHave(['rollout'], 'waves')) return;
	report.add({
		code: 'HS1706',
		path: ['patch', 'freeze'],
		severity: 'warning',
		message: '`freeze: first_wave` has no effect: the playbook has no waves',
		hint: 'add `rollout` with `waves`, or remove it',
	});
}

/** The one unit of the section `reboot`. `when: never` is the default and asks for nothing. */
export function readReboot(fallback: Selection, context: CheckContext): readonly UnsupportedUnit[] {
	const { reboot } = context.document;
	if (reboot === undefined) return [];
	const { when, ...common } = reboot;
	checkTimes(reboot, ['timeout'], ['reboot'], context.report);
	const unit = readLaterUnit({ name: 'reboot', word: 'reboot' }, common, fallback, context);
	for (const key of ['reason', 'verify'] as const)
		checkReferences(reboot[key], ['reboot', key], { hosts: unit.hosts, secrets: 'refused' }, context);
	return when === undefined || when === 'never' ? [] : [unit];
}
