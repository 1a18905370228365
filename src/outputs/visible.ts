/**
 * The one filter between text that others made (hosts, scripts, playbooks) and anything a person looks at.
 * Keeps LF and TAB. CR LF becomes LF, a lone CR ends the line: it must not be able to overwrite what stands there.
 * Every other control character (C0, DEL, C1, and so each escape sequence) and every mark that reorders or breaks
 * a line without being seen becomes a visible form such as `\x1b` or `\u202e`.
 */
export function visible(text: string): string {
	if (!suspicious.test(text)) return text;
	return text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').replace(unseen, form);
}

/** The same for a place of one line: line ends become `\n`, a tab a space. */
export const visibleLine = (text: string): string =>
	visible(text.trimEnd()).replaceAll('\n', '\\n').replaceAll('\t', ' ');

/**
 * The same for JSON, whose own escapes JSON.stringify writes below U+0020 only: a terminal obeys others too. Outside of texts JSON
 * has none of these, so the document says the same as before.
 */
export const escapeUnseen = (json: string): string =>
	suspicious.test(json)
		? json.replace(unseen, character => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
		: json;

// U+061C, U+200E-F, U+202A-E, U+2066-9 reorder (UAX #9); U+2028-9 end a line for some readers; U+FEFF hides;
// a lone surrogate is no character and would change on the way out.
const unseenSet =
	'\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff\\ud800-\\udfff';
const unseen = new RegExp(`[${unseenSet}]`, 'gu');
// Without the global flag: `test` of a global expression remembers where it stopped.
const suspicious = new RegExp(`[${unseenSet}]`, 'u');

function form(character: string): string {
	const code = character.codePointAt(0) ?? 0;
	return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
