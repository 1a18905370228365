import { isForHost, wordsOf } from './read-config.ts';

/**
 * Which `Host` lines of config files are about a name, a digit each: what ssh says of two names with the same digits differs in the
 * names alone. `undefined`: nobody but ssh can tell, because of a Match, a conditional Include, or a name that is made from another.
 * @param texts the files that ssh has read for one of the names, in its order
 */
export function hostLinesAbout(texts: readonly string[], name: string): string | undefined {
	// ssh writes names in lower case.
	if (name !== name.toLowerCase()) return undefined;
	const lines = texts.flatMap(configLines);
	if (lines.some(onlySshKnows)) return undefined;
	return lines.flatMap(({ key, words }) => (key === 'host' ? [isForHost(words, name) ? '1' : '0'] : [])).join('');
}

function onlySshKnows({ key, rest, isInBlock }: ConfigLine): boolean {
	if (key === 'match') return rest.toLowerCase() !== 'all';
	if (key === 'include') return isInBlock;
	return key.startsWith('canonical') || dependsOnName(key, rest);
}

/** ssh writes these as they stand; elsewhere it may have put the name in. */
const dependsOnName = (key: string, rest: string): boolean => /%[^%]/.test(rest) && !writtenAsTheyStand.has(key);

const writtenAsTheyStand = new Set([
	'certificatefile',
	'controlpath',
	'identityagent',
	'identityfile',
	'knownhostscommand',
	'localcommand',
	'proxycommand',
	'userknownhostsfile',
]);

interface ConfigLine {
	readonly key: string;
	readonly words: readonly string[];
	readonly rest: string;
	/** Behind a Host or a Match of the same file. */
	readonly isInBlock: boolean;
}

function configLines(text: string): readonly ConfigLine[] {
	let isInBlock = false;
	return text.split('\n').flatMap(line => {
		const [, keyword, rest = ''] = /^\s*([A-Za-z]\w*)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(line) ?? [];
		if (keyword === undefined) return [];
		const key = keyword.toLowerCase();
		isInBlock ||= key === 'host' || key === 'match';
		return [{ key, words: wordsOf(rest), rest, isInBlock }];
	});
}

/** What ssh would say of `name`, from what it has said of `asked`. */
export const answerFor = (name: string, asked: string, text: string): string =>
	text.replaceAll(/^(host|hostname) (.*)$/gm, (line, key: string, value: string) =>
		value === asked ? `${key} ${name}` : line,
	);
