import { Composer, type CST, type Document, Lexer, Parser, type YAMLParseError } from 'yaml';
import type { Diagnostic } from '../model/diagnostic.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { SourceText } from './source.ts';
import { yamlProblems } from './yaml-problems.ts';

/** Levels of lists and maps. A `when` inside a hotfix begins at level 4. */
export const deepest = 100;

// What the reader needs for a token is a hundred times its length, so the size of the file alone bounds little. A playbook of
// 10,000 hotfixes has 600,000 tokens, and 110,000 of the marks that are cheap to count before.
const mostTokens = 800_000;
const mostMarks = 250_000;

/** The one YAML 1.2 document of the text, syntax checked; what its tags, keys and aliases mean is not looked at. */
export function readDocument(source: SourceText): Result<Document> {
	const surplus = markBeyond(mostMarks, source.text);
	if (surplus !== undefined) return fail([tooMuch(source, surplus)]);
	const tokens = tokensOf(source);
	if (!tokens.ok) return tokens;
	const second = tokens.value.filter(token => token.type === 'document')[1];
	if (second) return fail([severalDocuments(source, second.offset)]);
	const [document] = new Composer({
		version: '1.2',
		schema: 'core',
		merge: false,
		// Compares each key with each; parse.ts looks keys up instead.
		uniqueKeys: false,
		prettyErrors: false,
		logLevel: 'silent',
	}).compose(tokens.value);
	if (document === undefined) return fail([emptyFile(source)]);
	return checked(document, source);
}

function checked(document: Document.Parsed, source: SourceText): Result<Document> {
	const { errors, directives, contents } = document;
	if (errors.length > 0) return fail(yamlProblems(errors satisfies readonly YAMLParseError[], source));
	if (directives.yaml.explicit && directives.yaml.version !== '1.2') return fail([otherVersion(source)]);
	const isEmpty = contents === null || contents.range[0] === contents.range[1];
	return isEmpty ? fail([emptyFile(source)]) : ok(document);
}

/** Line ends, commas, opening brackets, quotes, anchors, aliases and tags: each makes tokens. */
const marks: ReadonlySet<number> = new Set([...'\n,[{"\'&*!'].map(mark => mark.charCodeAt(0)));

/** Where the first mark is that is too many. By character codes: a match object for each would be the flood itself. */
function markBeyond(limit: number, text: string): number | undefined {
	let count = 0;
	for (let offset = 0; offset < text.length; offset++) {
		if (marks.has(text.charCodeAt(offset)) && ++count > limit) return offset;
	}
	return undefined;
}

/** Stops at the first token that is too many or too deep: nothing after this step is safe for such text. */
function tokensOf(source: SourceText): Result<readonly CST.Token[]> {
	const parser = new Parser();
	const tokens: CST.Token[] = [];
	let count = 0;
	for (const lexeme of new Lexer().lex(source.text)) {
		if (++count > mostTokens) return fail([tooMuch(source, parser.offset)]);
		for (const token of parser.next(lexeme)) tokens.push(token);
		// The stack holds the document, the open lists and maps, and at times a scalar.
		if (parser.stack.length > deepest + 2) return fail([tooDeep(source, parser.offset)]);
	}
	for (const token of parser.end()) tokens.push(token);
	return ok(tokens);
}

const tooMuch = (source: SourceText, offset: number): Diagnostic => ({
	severity: 'error',
	code: 'HS1002',
	message: 'the file has too many entries: the limit is reached here',
	at: source.span(offset, offset + 1),
	hint: 'check that this is the file you meant, or split the playbook',
});

const tooDeep = (source: SourceText, offset: number): Diagnostic => ({
	severity: 'error',
	code: 'HS1010',
	message: `lists and maps are nested more than ${deepest} levels deep here`,
	at: source.span(offset, offset + 1),
	hint: 'check brackets and indentation; nothing in the language nests that deep',
});

const severalDocuments = (source: SourceText, offset: number): Diagnostic => ({
	severity: 'error',
	code: 'HS1013',
	message: 'a second YAML document begins here, and a file holds only one',
	at: source.span(offset, offset + 3),
	hint: 'split the file at the `---` line',
});

const otherVersion = (source: SourceText): Diagnostic => {
	const offset = Math.max(source.text.indexOf('%YAML'), 0);
	return {
		severity: 'error',
		code: 'HS1005',
		message: 'the file declares a version of YAML other than 1.2',
		at: source.span(offset, offset + 9),
		hint: 'remove the %YAML line',
	};
};

const emptyFile = (source: SourceText): Diagnostic => ({
	severity: 'error',
	code: 'HS1012',
	message: source.text.trim() === '' ? 'the file is empty' : 'the file holds nothing but comments',
	at: source.span(0, 0),
	hint: 'a playbook starts with `hsctl: 1` and `name: …`; `hsctl init` writes a first one',
});
