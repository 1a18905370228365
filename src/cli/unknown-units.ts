import { nearest } from '../language/suggest.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Playbook } from '../model/playbook.ts';
import type { Request } from './load.ts';
import { commandLineProblem } from './problem.ts';

/** Answers for units that none of the playbooks has: a misspelt one would answer nothing. */
export function unknownAnswers(
	playbooks: readonly { readonly request: Request; readonly playbook: Playbook }[],
): readonly Diagnostic[] {
	const units = playbooks.flatMap(({ playbook }) => playbook.units.map(unit => String(unit.address)));
	const answered = Object.keys(playbooks[0]?.request.answers ?? {});
	return answered
		.filter(unit => !units.includes(unit))
		.map(unit =>
			commandLineProblem(
				'HS1805',
				`--answer ${unit}: the playbook has no unit \`${unit}\``,
				hint(unit, units, 'its units are'),
			),
		);
}

/** Tags that no unit has. They choose nothing; what that leaves is for the selection to say. */
export function unknownTags(
	tags: readonly string[],
	playbooks: readonly { readonly playbook: Playbook }[],
): readonly Diagnostic[] {
	const known = [...new Set(playbooks.flatMap(({ playbook }) => playbook.units.flatMap(unit => unit.tags)))].sort();
	return tags
		.filter(tag => !known.includes(tag))
		.map(tag =>
			commandLineProblem('HS1219', `--tags: no unit has the tag \`${tag}\``, hint(tag, known, 'the tags are')),
		);
}

function hint(word: string, known: readonly string[], these: string): string {
	const near = nearest(word, known);
	if (near !== undefined) return `did you mean \`${near}\`?`;
	return known.length === 0 ? 'the playbook has none' : `${these} ${known.slice(0, 8).join(', ')}`;
}
