import { type StructuredPatchHunk, structuredPatch } from 'diff';
import type { UnifiedDiff } from '../model/unified-diff.ts';
import { maskSecrets } from './mask-secrets.ts';
import { isSecretFile } from './secret-file.ts';
import { type NoText, textLines } from './text-lines.ts';

/** One file, before and after. */
export interface Comparison {
	readonly path: string;
	/** Its bytes; `undefined` when there is no such file. */
	readonly before: Uint8Array | undefined;
	readonly after: Uint8Array | undefined;
	/** Texts that nobody may see, wherever they are. Other secrets are masked without being asked for. */
	readonly secrets?: readonly string[];
	/** How many lines are given at most. */
	readonly mostLines?: number;
}

/**
 * What differs, for people; no lines when nothing does. A file that is not there is empty and called `/dev/null`. Secrets are
 * masked before anything is cut: none is shown by half. A carriage return is shown as `\r`, and a long line is cut and says so,
 * so this is to be read and not to be fed to `patch`. The same bytes give the same result everywhere: what would take too long
 * is found by counting changes, not by a clock.
 */
export function unifiedDiff({ path, before, after, secrets = [], mostLines = 400 }: Comparison): UnifiedDiff {
	if (isSame(before, after)) return { kind: 'text', lines: [], omitted: 0 };
	if (isSecretFile(path)) return unshown('all of it is secret');
	const older = textLines(before ?? new Uint8Array());
	const newer = textLines(after ?? new Uint8Array());
	if (!older.ok) return unshown(older.error);
	if (!newer.ok) return unshown(newer.error);
	const hunks = compare(older.value, newer.value);
	if (hunks === undefined) return unshown('too much of it differs');

	const nameOf = (bytes: Uint8Array | undefined): string => (bytes === undefined ? '/dev/null' : inOneLine(path));
	const [from, to] = [sideOf(older.value, secrets), sideOf(newer.value, secrets)];
	const lines = [`--- ${nameOf(before)}`, `+++ ${nameOf(after)}`, ...hunks.flatMap(hunk => linesOf(hunk, from, to))];
	return { kind: 'text', lines: lines.slice(0, mostLines), omitted: Math.max(0, lines.length - mostLines) };
}

/** A clause for people. */
type Unshown = NoText | 'too much of it differs' | 'all of it is secret';

const unshown = (because: Unshown): UnifiedDiff => ({ kind: 'unshown', because });

const isSame = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
	a === b || (a?.length === b?.length && a?.every((byte, index) => byte === b?.[index]) === true);

/** Lines taken away and put in. The work grows with the square of it: this many take half a second. */
const mostChanges = 2000;

function compare(older: readonly string[], newer: readonly string[]): readonly StructuredPatchHunk[] | undefined {
	// From nothing, or to nothing, there is nothing to search for.
	const maxEditLength = older.length === 0 || newer.length === 0 ? older.length + newer.length : mostChanges;
	return structuredPatch('', '', older.join(''), newer.join(''), '', '', { context: 3, maxEditLength })?.hunks;
}

interface Side {
	/** Masked, and fit for one line. */
	readonly lines: readonly string[];
	/** The number of its last line, from 0, when that has no line end. */
	readonly unended: number | undefined;
}

function sideOf(lines: readonly string[], secrets: readonly string[]): Side {
	const bare = lines.map(line => (line.endsWith('\n') ? line.slice(0, -1) : line));
	const unended = lines.at(-1)?.endsWith('\n') === false ? lines.length - 1 : undefined;
	return { lines: maskSecrets(bare, secrets).map(line => cut(inOneLine(line))), unended };
}

const inOneLine = (text: string): string => text.replaceAll('\r', '\\r').replaceAll('\n', '\\n');

/** In characters: two lines of a wide terminal. */
const longestLine = 400;

const cut = (line: string): string =>
	line.length <= longestLine
		? line
		: `${line.slice(0, longestLine).replace(/[\ud800-\udbff]$/, '')}… [cut: ${line.length} characters]`;

function linesOf(hunk: StructuredPatchHunk, older: Side, newer: Side): readonly string[] {
	const lines = [`@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`];
	const add = (sign: string, { text, unended }: Line): void => {
		lines.push(sign + text);
		if (unended) lines.push('\\ No newline at end of file');
	};
	let [from, to] = [hunk.oldStart - 1, hunk.newStart - 1];
	for (const [sign] of hunk.lines) {
		if (sign === '-') add(sign, lineAt(older, from++));
		else if (sign === '+') add(sign, lineAt(newer, to++));
		else if (sign === ' ') add(sign, inBoth(lineAt(older, from++), lineAt(newer, to++)));
	}
	return lines;
}

const range = (start: number, count: number): string =>
	count === 1 ? `${start}` : `${count === 0 ? start - 1 : start},${count}`;

interface Line {
	readonly text: string;
	/** It ends with the file and has no line end. */
	readonly unended: boolean;
}

const lineAt = ({ lines, unended }: Side, at: number): Line => ({ text: lines[at] ?? '', unended: at === unended });

/** What is a secret where it stands in one version is none to be read in the other. */
const inBoth = (older: Line, newer: Line): Line =>
	older.text === newer.text ? newer : { text: '[masked]', unended: newer.unended };
