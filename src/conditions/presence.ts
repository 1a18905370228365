import type { Verdict } from '../model/condition.ts';
import { verdict } from './verdict.ts';

/** What `hs_look_path` and its like print first; `rest` is what a look printed after `there`. */
export type Presence =
	| { readonly kind: 'there'; readonly rest: string }
	| { readonly kind: 'absent' }
	/** A folder on the way is closed to the user who looks, so nobody can tell. */
	| { readonly kind: 'hidden'; readonly folder: string }
	| { readonly kind: 'unreadable'; readonly because: string };

export function readPresence(printed: string): Presence {
	const [, word, text = ''] = /^(there\n|there$|absent$|hidden |unreadable )([\s\S]*)$/.exec(printed) ?? [];
	switch (word?.trim()) {
		case 'there':
			return { kind: 'there', rest: text };
		case 'absent':
			return { kind: 'absent' };
		case 'hidden':
			return { kind: 'hidden', folder: text };
		case 'unreadable':
			return { kind: 'unreadable', because: text };
		default:
			return { kind: 'unreadable', because: 'the look at it told nothing' };
	}
}

/** The verdict on a thing, named `subject`, that is not there to be judged. */
export function judgeAbsence(presence: Exclude<Presence, { kind: 'there' }>, subject: string): Verdict {
	switch (presence.kind) {
		case 'absent':
			return verdict('missing', 'absent', `${subject} does not exist`);
		case 'hidden':
			return verdict(
				'unreadable',
				'hidden',
				`${subject} cannot be looked at, as ${presence.folder} is closed to this user`,
			);
		case 'unreadable':
			return verdict('unreadable', 'unreadable', `${subject} cannot be used: ${presence.because}`);
	}
}
