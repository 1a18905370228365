import type { TextOut } from '../outputs/text-out.ts';

/** A stream as a place for text: its width, and whether colours and glyphs outside ASCII can be shown there. */
export function textOut(
	stream: NodeJS.WriteStream,
	env: Readonly<Record<string, string | undefined>>,
	wantsColor: boolean | undefined,
): TextOut {
	return {
		write: text => void stream.write(text),
		get columns() {
			// A terminal that was never told its size says 0.
			return stream.columns || Math.max(0, Number(env.COLUMNS)) || defaultColumns;
		},
		color: hasColor(stream, env, wantsColor),
		unicode: hasUnicode(env),
	};
}

/** A pipe has no width, and some terminals do not know theirs; logs are read in wide windows. */
const defaultColumns = 120;

/** https://no-color.org and https://force-color.org: a flag wins over both, NO_COLOR over FORCE_COLOR. */
function hasColor(
	stream: NodeJS.WriteStream,
	env: Readonly<Record<string, string | undefined>>,
	wanted: boolean | undefined,
): boolean {
	if (wanted === false || (env.NO_COLOR ?? '') !== '') return false;
	if ((env.FORCE_COLOR ?? '0') !== '0' && env.FORCE_COLOR !== '') return true;
	return stream.isTTY === true && env.TERM !== 'dumb';
}

/** Anything that does not say otherwise can show UTF-8 today; the C locale says otherwise. */
function hasUnicode(env: Readonly<Record<string, string | undefined>>): boolean {
	const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
	return locale === '' || /utf-?8/i.test(locale) || env.CI === 'true';
}
