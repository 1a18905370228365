import { type CommandKind, commandKind } from './command-kind.ts';

/** The commands that upstream runs behind a pool, as the language has them. */
export interface Closure {
	readonly cwd?: string;
	readonly activate: readonly string[];
	readonly check: readonly string[];
	readonly findings: readonly Finding[];
}

/** What a person should know of a command; `index` is its place in the list. */
export interface Finding {
	readonly index: number;
	readonly kind: 'is_the_fix' | 'effect' | 'lost_cd' | 'one_shell' | 'npm_build' | 'useless_cd';
}

/** A command of the list. */
export interface Line {
	readonly index: number;
	readonly text: string;
}

/**
 * Upstream gives each line to a shell of its own, where `cd` and `export` are lost; here they hold for what follows, as they are
 * meant. The lines stay in their order: the checks at the end decide, all in front of them puts the files into use.
 * `destinations`: the files of the pool.
 */
export function readClosure(lines: readonly Line[], destinations: ReadonlySet<string>): Closure {
	const findings = lines.flatMap(line => findingsOf(line, destinations));
	if (lines.some(({ text }) => setsShell.test(text))) return inOneShell(lines, findings);
	const { cwd, commands, cds } = withoutCds(lines);
	const end = commands.findLastIndex(({ kind }) => kind !== 'check') + 1;
	return {
		...(cwd === undefined ? {} : { cwd }),
		activate: commands.slice(0, end).map(({ text }) => text),
		check: commands.slice(end).map(({ text }) => text),
		findings: [...cds, ...findings].toSorted((a, b) => a.index - b.index),
	};
}

function findingsOf({ index, text }: Line, destinations: ReadonlySet<string>): readonly Finding[] {
	if (setsShell.test(text) && !/\$\(|`/.test(text)) return [];
	const named = text.split(/[\s;|&"']+/).some(word => destinations.has(word));
	const kind = commandKind(text);
	if (kind === 'effect' && named) return [{ index, kind: 'is_the_fix' }];
	const npm: readonly Finding[] = /(?:^|[\s;&|])npm build(?:$|[\s;&|])/.test(text)
		? [{ index, kind: 'npm_build' }]
		: [];
	return kind === 'effect' ? [{ index, kind: 'effect' }, ...npm] : npm;
}

/** What holds for the lines that follow, too. */
const setsShell = /^\s*(?:export|unset|set|umask|ulimit|alias|trap|source|\.)\s|^\s*[A-Za-z_]\w*=\S*\s*$/;

function inOneShell(lines: readonly Line[], findings: readonly Finding[]): Closure {
	const text = ['set -e', ...lines.map(line => line.text)].join('\n');
	const [first] = lines;
	const isCheck = lines.every(line => setsShell.test(line.text) || commandKind(line.text) === 'check');
	return {
		activate: isCheck ? [] : [text],
		check: isCheck ? [text] : [],
		findings: [...(first === undefined ? [] : [{ index: first.index, kind: 'one_shell' } as const]), ...findings],
	};
}

interface Cleared {
	readonly cwd?: string;
	readonly commands: readonly { readonly text: string; readonly kind: CommandKind }[];
	readonly cds: readonly Finding[];
}

/** A folder at the beginning is that of all commands; a later `cd` stands in front of each command that follows. */
function withoutCds(lines: readonly Line[]): Cleared {
	let cwd: string | undefined;
	let before: readonly string[] = [];
	const commands: { text: string; kind: CommandKind }[] = [];
	const cds: { index: number; behind: number }[] = [];
	for (const { index, text } of lines) {
		const folder = folderOfCd(text);
		if (folder === undefined) {
			commands.push({ text: [...before, text].join(' && '), kind: commandKind(text) });
			continue;
		}
		cds.push({ index, behind: commands.length });
		const isAbsolute = folder.startsWith('/');
		if (isAbsolute && commands.length === 0) cwd = folder;
		before = isAbsolute && commands.length === 0 ? [] : [...(isAbsolute ? [] : before), text.trim()];
	}
	return {
		...(cwd === undefined || commands.length === 0 ? {} : { cwd }),
		commands,
		cds: cds.map(({ index, behind }) => ({ index, kind: behind < commands.length ? 'lost_cd' : 'useless_cd' })),
	};
}

/** Of a line that does nothing else. */
function folderOfCd(text: string): string | undefined {
	const word = /^\s*cd\s+(?:--\s+)?("[^"$`\\]+"|'[^']+'|[^\s;&|<>"'$`\\()*?~]+)\s*$/.exec(text)?.[1];
	return word?.replace(/^(["'])(.*)\1$/, '$2');
}
