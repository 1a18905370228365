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
	message: 'the text is not valid YAML here',
	hint: 'compare the indentation with the lines around it, and look for a missing quote or bracket',
} as const;

const sameColumn = 'start all keys of a map, and all items of a list, in the same column';

/** The first that fits is taken. */
const sayings: readonly Saying[] = [
	{
		when: 'TAB_AS_INDENT',
		code: 'HS1014',
		message: 'there is a tab in the indentation',
		hint: 'replace it with spaces; YAML allows no tabs there',
	},
	{
		when: 'MISSING_CHAR',
		saying: /closing/,
		message: 'a quote is opened here or above and never closed',
		hint: "close it; a quote inside a text is written as \\\" in double quotes and as '' in single ones",
	},
	{
		when: 'MISSING_CHAR',
		saying: /Implicit map keys need/,
		message: 'a key with a colon is expected here',
		hint: 'write `key: value`, with a space after the colon, or indent the line if it continues the one above',
	},
	{
		when: 'MISSING_CHAR',
		saying: /without - indicator/,
		message: 'a line of this list does not begin with `- `',
		hint: 'put `- ` in front of it, or correct the indentation',
	},
	{
		when: 'MISSING_CHAR',
		saying: /must end with|expected/i,
		message: 'a bracket is opened and never closed',
		hint: 'add the missing } or ]',
	},
	{
		when: 'MISSING_CHAR',
		saying: /Missing ,|Missing space after :/,
		message: 'a comma, or a space after a colon, is missing between the brackets',
		hint: 'write `{ key: value, other: value }` and `[one, two]`',
	},
	{
		when: 'MISSING_CHAR',
		saying: /[Cc]omment/,
		message: 'a comment needs a space in front of its #',
		hint: 'add the space, or put the text in quotes if the # is part of it',
	},
	{
		when: 'BAD_INDENT',
		saying: /Flow (map|sequence)/,
		message: 'lines between brackets have to be indented further than the key they belong to',
		hint: 'indent them, and check that every bracket is closed',
	},
	{ when: 'BAD_INDENT', message: 'the indentation does not fit the lines above', hint: sameColumn },
	{
		when: 'BLOCK_AS_IMPLICIT_KEY',
		saying: /compact mappings/,
		message: 'a second colon in this line makes it unclear which key the value belongs to',
		hint: 'put the value in quotes, or start a new line',
	},
	{ when: 'BLOCK_AS_IMPLICIT_KEY', message: 'a list begins where a key is expected', hint: sameColumn },
	{
		when: 'MULTILINE_IMPLICIT_KEY',
		message: 'a key has to be on one line, followed by its colon',
		hint: 'look for a missing colon in the line above, or a line that is not indented enough',
	},
	{
		when: 'BAD_SCALAR_START',
		message: 'a value cannot start with this character without quotes',
		hint: 'put the value in quotes',
	},
	{
		when: 'BAD_DQ_ESCAPE',
		message: 'the backslash does not begin an escape that YAML knows',
		hint: 'write the backslash twice, or use single quotes',
	},
	{
		when: 'TAG_RESOLVE_FAILED',
		code: 'HS1008',
		message: 'this tag (!…) is not understood: a playbook is data',
		hint: 'remove the tag; put text that starts with an exclamation mark in quotes',
	},
	{
		when: 'BAD_COLLECTION_TYPE',
		code: 'HS1008',
		message: 'this tag (!…) does not fit the value',
		hint: 'remove the tag',
	},
	{
		when: 'BLOCK_IN_FLOW',
		message: 'between brackets, keys and items cannot be indented like a block',
		hint: 'write `{ key: value }` and `[one, two]` there',
	},
	{
		when: 'KEY_OVER_1024_CHARS',
		message: 'a key has more than 1024 characters',
		hint: 'shorten it; perhaps a quote is missing',
	},
	{
		when: 'BAD_ALIAS',
		message: 'an anchor (&) or alias (*) needs a name',
		hint: 'write &name and *name, or put the text in quotes',
	},
	{
		when: 'ALIAS_PROPS',
		message: 'an alias (*name) cannot have a tag or an anchor of its own',
		hint: 'remove the tag or the anchor',
	},
	{
		when: 'UNEXPECTED_TOKEN',
		message: 'this does not belong here',
		hint: 'look for a bracket, quote or colon that is missing, or one too many',
	},
	{ when: 'RESOURCE_EXHAUSTION', code: 'HS1010', message: 'this is nested too deeply', hint: 'check the brackets' },
];
