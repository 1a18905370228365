/**
 * Puts the values of references into a text.
 * @param as what stands in the text for a value, by the environment variable that holds it on the host; absent: the value itself
 */
export type Put = (text: string, as?: (value: string, variable: string) => string) => string;

/**
 * A line for `/bin/sh -c` with its references made whole. A value that could mean something to a shell does not become part of the
 * line: there it comes as a variable, so it is one word wherever it stands and never a command, whatever it holds.
 */
export const shellLine = (text: string, put: Put): string => quoteHoles(put(text, valueOrHole));

export const valueOrHole = (value: string, variable: string): string =>
	/^[A-Za-z0-9_./:@%+,=-]+$/.test(value) ? value : hole(variable);

/** No text of a playbook has a NUL in it, so nothing else can look like a hole. */
export const hole = (variable: string): string => `\0${variable}\0`;

/** Fills each hole with its variable, quoted as the place calls for: people quote what may hold blanks, and others do not. */
export function quoteHoles(line: string): string {
	const open: Context[] = [];
	return line.replace(signs, (sign: string, variable: string | undefined) => {
		const context = open.at(-1) ?? 'none';
		if (variable !== undefined) return quoted[context](variable);
		// Between single quotes a backslash is none.
		const turn = turns[context].get(context === 'single' ? sign.slice(-1) : sign);
		if (turn === 'end') open.pop();
		else if (turn !== undefined) open.push(turn);
		return sign === beforeHole ? bare[context] : sign;
	});
}

type Context = 'none' | 'single' | 'double' | 'comment';

const signs = /\0([A-Z0-9_]+)\0|\\[^\0]|\\(?=\0)|\$\(|(?<![^\s;&|(])#|['"()\n]/g;

const beforeHole = '\\';

/** A backslash in front of a hole: it must not take away the meaning of a quote of ours. */
const bare: Readonly<Record<Context, string>> = { none: '', single: '\\', double: '\\\\', comment: '\\' };

const turns: Readonly<Record<Context, ReadonlyMap<string, Context | 'end'>>> = {
	none: new Map([
		["'", 'single'],
		['"', 'double'],
		['$(', 'none'],
		['(', 'none'],
		[')', 'end'],
		['#', 'comment'],
	]),
	single: new Map([["'", 'end']]),
	double: new Map([
		['"', 'end'],
		['$(', 'none'],
	]),
	comment: new Map([['\n', 'end']]),
};

const quoted: Readonly<Record<Context, (variable: string) => string>> = {
	none: variable => `"$${variable}"`,
	single: variable => `'"$${variable}"'`,
	double: variable => `\${${variable}}`,
	comment: () => '',
};
