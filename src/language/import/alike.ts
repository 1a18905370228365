import type { Note } from './note.ts';

/** Notes of one file that say the same of different places (`files[3].source`, `files[4].source`), in the order of the first. */
export function alikeNotes(notes: readonly Note[]): readonly (readonly Note[])[] {
	const alike = Map.groupBy(notes, note => {
		const subject = note.owner === undefined ? '' : note.subject.replaceAll(/\[\d+\]/g, '[]');
		return [note.at.file, note.owner?.kind ?? '', subject, reasonOf(note), note.cure].join('\0');
	});
	return [...alike.values()];
}

/** A path in a reason differs from place to place, and is all that does. */
const reasonOf = ({ reason }: Note): string => reason.replace(/: \S*\/\S*$/, '');
