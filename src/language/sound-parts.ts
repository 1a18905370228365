import type { PlaybookDocument } from './generated/playbook.generated.ts';
import { playbook as fitsSchema } from './generated/validators.generated.js';
import type { Parsed } from './parse.ts';

/**
 * The parts of a document that fit the schema, so that what they mean can be checked in the same breath: one misspelt key must
 * not hide every other problem. `isWhole`: the schema has found nothing. Of a section that is a map of entries the entries that fit remain, of any other all or nothing.
 */
export function soundParts({ value }: Parsed, isWhole: boolean): PlaybookDocument {
	const sections = isWhole ? value : Object.fromEntries(sectionsOf(value).flatMap(soundSection));
	// The schema has just said of every part that it has this type, and the parts do not depend on each other.
	return { ...frame, ...(sections as Partial<PlaybookDocument>) };
}

/** What every playbook has to have, for a document that lacks it. */
const frame = { hsctl: 1, name: 'unnamed' } as const;

const sectionsOf = (value: unknown): readonly [string, unknown][] =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];

const mapSections = new Set(['hotfixes', 'pools', 'modules', 'exceptions', 'windows', 'schedules', 'secrets', 'vars']);

function soundSection([name, value]: readonly [string, unknown]): readonly [string, unknown][] {
	const fits = (part: unknown) => fitsSchema({ ...frame, [name]: part });
	if (fits(value)) return [[name, value]];
	if (!mapSections.has(name)) return [];
	return [[name, Object.fromEntries(sectionsOf(value).filter(([id, entry]) => fits({ [id]: entry })))]];
}
