import { type OsRelease, osReleaseLook, parseOsRelease } from '../facts/os-release.ts';
import type { ConditionOptions, Verdict } from '../model/condition.ts';
import { describeBounds } from '../versions/compare.ts';
import type { ConditionType } from './condition-type.ts';
import { claim, judgeVersion, verdict } from './verdict.ts';

/** Which system this is: every one of family, id and version that is asked for has to fit. */
export const os: ConditionType<'os', OsRelease | undefined> = {
	kind: 'os',
	fact: () => 'os',
	rule: ({ family, id, version }) =>
		[
			...(family === undefined ? [] : [`family ${family.join(' or ')}`]),
			...(id === undefined ? [] : [`id ${id.join(' or ')}`]),
			...(version === undefined ? [] : [describeBounds(version, 'loose')]),
		].join(', '),
	probe: () => ({ look: osReleaseLook(), parse: parseOsRelease }),
	judge(options, release) {
		if (release === undefined)
			return verdict('unreadable', 'unknown', 'this host has no os-release that tells its system');
		const answers = judgements(options, release);
		const decided = answers.find(answer => answer.answer !== 'holds');
		if (decided !== undefined) return decided;
		return claim(true, named(release), answers.map(answer => answer.because).join(' and '));
	},
};

function judgements({ family, id, version }: ConditionOptions['os'], release: OsRelease): readonly Verdict[] {
	const name = named(release);
	return [
		...(family === undefined ? [] : [judgeWord(family, release.family, name, 'of family ')]),
		...(id === undefined ? [] : [judgeWord(id, release.id, name, '')]),
		...(version === undefined ? [] : [judgeOsVersion(version, release)]),
	];
}

function judgeWord(wanted: readonly string[], found: string, name: string, what: string): Verdict {
	const fits = wanted.includes(found);
	return claim(fits, name, `${name} is ${what}${found}${fits ? '' : `, not ${wanted.join(' or ')}`}`);
}

function judgeOsVersion(bounds: NonNullable<ConditionOptions['os']['version']>, release: OsRelease): Verdict {
	if (release.version !== '') return judgeVersion(bounds, release.version, 'loose', release.id);
	return verdict('unreadable', release.id, `${release.id} tells no VERSION_ID`);
}

const named = ({ id, version }: OsRelease): string => `${id} ${version}`.trimEnd();
