/** A line of a file that was imported, counting from 1. */
export interface Place {
	/** As the person named it, or as it was found from there. */
	readonly file: string;
	readonly line: number;
}

/** Whom a note is about, by the name in what was imported. */
export interface Owner {
	readonly kind: 'host' | 'group' | 'hotfix' | 'pool' | 'module' | 'exception' | 'schedule';
	readonly name: string;
	/** How many more hosts the same line is about. */
	readonly more?: number;
}

/** Something that could not be carried over as it was. `<subject> of <owner> <reason>; <cure>` is a sentence. */
export interface Note {
	readonly at: Place;
	/** What it is, in backticks where it is a name: `` `ansible_ssh_pass` ``. */
	readonly subject: string;
	readonly owner?: Owner;
	/** A clause such as `is left out: it is a password`. Never holds the value. */
	readonly reason: string;
	/** Absent where there is nothing to do. */
	readonly cure?: string;
	/** Nobody will miss it: said once to the person, and not written beside the host. */
	readonly isHarmless?: boolean;
}

/** What happened, in one clause and without the cure. */
export const noteSentence = ({ subject, owner, reason }: Note): string =>
	`${subject}${owner === undefined ? '' : ` of ${ownerText(owner)}`} ${reason}`;

function ownerText({ kind, name, more = 0 }: Owner): string {
	const shown = `\`${name.length > 80 ? `${name.slice(0, 79)}…` : name}\``;
	return kind === 'host' ? `${shown}${more === 0 ? '' : ` and ${more} more`}` : `the ${kind} ${shown}`;
}
