import type { ErrorCode, YAMLParseError } from 'yaml';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { DiagnosticCode } from '../model/diagnostic-code.ts';
import type { SourceText } from './source.ts';

/** What the YAML library complains of, in sentences for people; one per line and few in all, because one slip makes many. */
export function yamlProblems(errors: readonly YAMLParseError[], source: SourceText): readonly Diagnostic[] {
	const problems = new Map<number, Diagnostic>();
	for (const error of errors.toSorted((one, other) => one.pos[0] - other.pos[0])) {
		const problem = yamlProblem(error, source);
		const line = problem.at?.line ?? 0;
		if (!problems.has(line)) problems.set(line, problem);
		if (problems.size === mostProblems) break;
	}
	return [...problems.values()];
}

const mostProblems = 10;

function yamlProblem(error: YAMLParseError, source: SourceText): Diagnostic {
	const [start, end] = error.pos;
	const saying = sayings.find(
		({ when, saying }) => when === error.code && (saying === undefined || saying.test(error.message)),
	);
	const { code = 'HS1005', message, hint } = saying ?? unknown;
	return { severity: 'error', code, message, at: source.span(start, end), hint };
}

interface Saying {
	readonly when: ErrorCode;
	/** Part of the library's own words, where its code stands for several things. */
	readonly saying?: RegExp;
	readonly code?: DiagnosticCode;
	readonly message: string;
	readonly hint: string;
}

const unknown = {
	code: 'HS1005',
	message: 'The text is not valid YAML here.',
	hint: 'Compare the indentation with the lines around it, and look for a missing quote or bracket.',
} as const;

const sameColumn = 'Keys of one map, and items of one list, start in the same column.';

/** The first that fits is taken. */
const sayings: readonly Saying[] = [
	{
		when: 'TAB_AS_INDENT',
		code: 'HS1014',
		message: 'There is a tab in the indentation.',
		hint: 'Replace it by spaces; YAML knows no tabs there.',
	},
	{
		when: 'MISSING_CHAR',
		saying: /closing/,
		message: 'A quote is opened here or above and never closed.',
		hint: "Close it; a quote inside of a text is written as \\\" in double quotes and as '' in single ones.",
	},
	{
		when: 'MISSING_CHAR',
		saying: /Implicit map keys need/,
		message: 'There is a word here where a key with a colon has to be.',
		hint: 'Write `key: value`, with a space behind the colon, or indent the line if it continues the one above.',
	},
	{
		when: 'MISSING_CHAR',
		saying: /without - indicator/,
		message: 'A line of this list does not begin with `- `.',
		hint: 'Put `- ` in front of it, or correct the indentation.',
	},
	{
		when: 'MISSING_CHAR',
		saying: /must end with|expected/i,
		message: 'A bracket is opened and never closed.',
		hint: 'Add the missing } or ].',
	},
	{
		when: 'MISSING_CHAR',
		saying: /Missing ,|Missing space after :/,
		message: 'A comma or a space behind a colon is missing between the brackets.',
		hint: 'Write `{ key: value, other: value }` and `[one, two]`.',
	},
	{
		when: 'MISSING_CHAR',
		saying: /[Cc]omment/,
		message: 'A comment has to have a space in front of its #.',
		hint: 'Add the space, or put the text in quotes if the # is part of it.',
	},
	{
		when: 'BAD_INDENT',
		saying: /Flow (map|sequence)/,
		message: 'Lines between brackets have to be indented further than the key they belong to.',
		hint: 'Indent them, and check that every bracket is closed.',
	},
	{ when: 'BAD_INDENT', message: 'The indentation does not fit the lines above.', hint: sameColumn },
	{
		when: 'BLOCK_AS_IMPLICIT_KEY',
		saying: /compact mappings/,
		message: 'There is a second colon in this line, so it cannot be told which key the value belongs to.',
		hint: 'Put the value in quotes, or start a new line.',
	},
	{ when: 'BLOCK_AS_IMPLICIT_KEY', message: 'A list begins where a key has to be.', hint: sameColumn },
	{
		when: 'MULTILINE_IMPLICIT_KEY',
		message: 'A key has to be on one line, followed by its colon.',
		hint: 'Most often a colon is missing in the line above, or a line is not indented enough.',
	},
	{
		when: 'BAD_SCALAR_START',
		message: 'A value cannot start with this character without quotes.',
		hint: 'Put the value in quotes.',
	},
	{
		when: 'BAD_DQ_ESCAPE',
		message: 'The backslash does not begin an escape that YAML knows.',
		hint: 'Write the backslash twice, or use single quotes.',
	},
	{
		when: 'TAG_RESOLVE_FAILED',
		code: 'HS1008',
		message: 'The tag (!…) here is not understood: a playbook is data.',
		hint: 'Remove the tag; text that starts with an exclamation mark goes in quotes.',
	},
	{
		when: 'BAD_COLLECTION_TYPE',
		code: 'HS1008',
		message: 'The tag (!…) here does not fit the value.',
		hint: 'Remove the tag.',
	},
	{
		when: 'BLOCK_IN_FLOW',
		message: 'Between brackets, keys and items cannot be indented like a block.',
		hint: 'Write `{ key: value }` and `[one, two]` there.',
	},
	{
		when: 'KEY_OVER_1024_CHARS',
		message: 'A key has more than 1024 characters.',
		hint: 'Shorten it; perhaps a quote is missing.',
	},
	{
		when: 'BAD_ALIAS',
		message: 'An anchor (&) or alias (*) needs a name.',
		hint: 'Write &name and *name, or put the text in quotes.',
	},
	{
		when: 'ALIAS_PROPS',
		message: 'An alias (*name) cannot have a tag or an anchor of its own.',
		hint: 'Remove the tag or the anchor.',
	},
	{
		when: 'UNEXPECTED_TOKEN',
		message: 'There is something here that does not belong here.',
		hint: 'Look for a bracket, quote or colon that is missing or one too many.',
	},
	{ when: 'RESOURCE_EXHAUSTION', code: 'HS1010', message: 'This is nested too deeply.', hint: 'Check the brackets.' },
];
