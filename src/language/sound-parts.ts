import { type Diagnostic, isError } from '../model/diagnostic.ts';
import type { PlaybookDocument } from './generated/playbook.generated.ts';
import type { Parsed, Path } from './parse.ts';

/** Sections that are maps of entries: a problem in one entry leaves the others sound. */
const mapSections = new Set(['hotfixes', 'pools', 'modules', 'exceptions', 'windows', 'schedules', 'secrets', 'vars']);

/**
 * The parts of a document that fit the schema, so that what they mean can be checked in the same breath: one misspelt key must
 * not hide every other problem. An entry in which the schema found something is left out.
 */
export function soundParts(parsed: Parsed, problems: readonly Diagnostic[]): PlaybookDocument {
	const wrongLines = new Set(problems.filter(isError).map(problem => problem.at?.line ?? 0));
	const whole = { hsctl: 1, name: 'unnamed' };
	const sections = parsed.keys([]).map(section => [section, soundSection(parsed, section, wrongLines)] as const);
	// What remains has been looked at by the schema and no problem lies in it.
	return { ...whole, ...Object.fromEntries(sections.filter(([, value]) => value !== undefined)) } as PlaybookDocument;
}

function soundSection(parsed: Parsed, section: string, wrongLines: ReadonlySet<number>): unknown {
	const value = at(parsed.value, section);
	if (wrongLines.size === 0) return value;
	if (!mapSections.has(section) || typeof value !== 'object' || value === null)
		return hasProblem(parsed, [section], wrongLines) ? undefined : value;
	return Object.fromEntries(Object.entries(value).filter(([id]) => !hasProblem(parsed, [section, id], wrongLines)));
}

function hasProblem(parsed: Parsed, path: Path, wrongLines: ReadonlySet<number>): boolean {
	const from = parsed.at(path, 'key').line;
	const to = parsed.at(path, 'value').endLine;
	return [...wrongLines].some(line => line >= from && line <= to);
}

/** Values come from our own reader: maps are objects without a prototype. */
const at = (value: unknown, key: string): unknown =>
	typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(key) : undefined;
