import { compareDigits } from './digits.ts';
import { splitVersion } from './epoch-version-release.ts';
import type { VersionOrder } from './order.ts';

/** Debian's order, as deb-version(7) describes it. An absent revision counts as an empty one, an absent epoch as 0. */
export const debOrder: VersionOrder = {
	isVersion: text => shape.test(text),
	compare(a, b) {
		const left = splitVersion(a);
		const right = splitVersion(b);
		return (
			compareDigits(left.epoch, right.epoch) ||
			comparePart(left.version, right.version) ||
			comparePart(left.release ?? '', right.release ?? '')
		);
	},
};

/** A colon may stand in the version only where an epoch leaves no doubt; a revision, where there is one, is not empty. */
const shape = /^(?:\d+:\d[A-Za-z0-9.+:~-]*|\d[A-Za-z0-9.+~-]*)(?<!-)$/;

/** Text and number take turns, text first; either may be empty. */
function comparePart(a: string, b: string): number {
	const left = turns(a);
	const right = turns(b);
	for (let turn = 0; turn < Math.max(left.length, right.length); turn++) {
		const [leftText = '', leftDigits = ''] = left[turn] ?? [];
		const [rightText = '', rightDigits = ''] = right[turn] ?? [];
		const order = compareNonDigits(leftText, rightText) || compareDigits(leftDigits, rightDigits);
		if (order !== 0) return order;
	}
	return 0;
}

const turns = (part: string): readonly (readonly [string, string])[] =>
	Array.from(part.matchAll(/(\D*)(\d*)/g), ([, text = '', digits = '']) => [text, digits] as const);

function compareNonDigits(a: string, b: string): number {
	for (let index = 0; index < Math.max(a.length, b.length); index++) {
		const order = weight(a[index]) - weight(b[index]);
		if (order !== 0) return order;
	}
	return 0;
}

/** `~` is below the end, the end below letters, letters below everything else. */
function weight(character: string | undefined): number {
	if (character === undefined) return 0;
	if (character === '~') return -1;
	const code = character.charCodeAt(0);
	return /[A-Za-z]/.test(character) ? code : code + 256;
}
