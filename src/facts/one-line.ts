/**
 * Text of a host, fit to be shown in a sentence: control characters (a terminal would obey them) and runs of blanks become
 * one blank each, and what is longer than `longest` characters ends in `…`.
 */
export function oneLine(text: string, longest = 120): string {
	const line = text.replace(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
	return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}
