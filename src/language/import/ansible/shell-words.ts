import { fail, ok, type Result } from '../../../model/result.ts';

/**
 * The words of a host line as Ansible takes them apart: blanks between words, quotes and backslashes as in a shell, and a `#`
 * outside of quotes ends the line, also in the middle of a word.
 */
export function shellWords(line: string): Result<readonly string[], string> {
	const words: string[] = [];
	let word: string | undefined;
	for (let at = 0; at < line.length && line.charAt(at) !== '#'; ) {
		const found = match(blanks, line, at) ?? match(piece, line, at);
		if (found === undefined) return fail(line.charAt(at) === '\\' ? 'it ends in a backslash' : 'a quote is not closed');
		at += found[0].length;
		if (/^\s/.test(found[0])) {
			if (word !== undefined) words.push(word);
			word = undefined;
		} else {
			const [, double, single, escaped, plain] = found;
			word = `${word ?? ''}${double?.replace(/\\(["\\])/g, '$1') ?? single ?? escaped ?? plain ?? ''}`;
		}
	}
	return ok(word === undefined ? words : [...words, word]);
}

const blanks = /[ \t\r\n]+/y;
const piece = /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)|([^ \t\r\n"'\\#]+)/sy;

function match(expression: RegExp, text: string, at: number): RegExpExecArray | undefined {
	expression.lastIndex = at;
	return expression.exec(text) ?? undefined;
}
