import { unreachable } from '../model/unreachable.ts';
import { type Range, replaceRanges } from './ranges.ts';
import { isSwitch } from './secret-name.ts';
import { secretShapes } from './secret-shapes.ts';
import { indentOf, type Open, secretValues } from './secret-values.ts';

/**
 * The lines of a file, from its first one on and without their ends, with `[masked]` in place of what must not be seen: values of
 * names that say secret, private keys, hashes of passwords, headers that let in, passwords in addresses, and the known texts
 * wherever they are. As many lines come out as went in, so in a diff a secret that has changed is still a line taken away and a
 * line put in, and nobody learns more than that.
 *
 * In doubt it hides. What is plainly a switch stays: `token_timeout = 30`, `PasswordAuthentication no`. A secret that no name
 * and no look gives away is not found: a caller who knows it has to say it.
 */
export function maskSecrets(lines: readonly string[], known: readonly string[] = []): readonly string[] {
	const pieces = piecesOf(known);
	let open: Place | undefined;
	return lines.map(line => {
		const read = line.slice(0, longestRead);
		const step = stepOver(read, open);
		open = step.open;
		const unread = line.length > longestRead ? [{ from: firstUnread(read), to: line.length }] : [];
		return replaceRanges(line, [...step.ranges, ...findPieces(line, pieces), ...unread], '[masked]');
	});
}

/** Of a longer line the rest is hidden unread: nobody would look at it, and to look for secrets takes time. */
const longestRead = 4096;

/** A password in an address may go on where the reading ends. */
const firstUnread = (read: string): number => read.length - (/:\/\/[^\s:@/]*:(\S*)$/.exec(read)?.[1]?.length ?? 0);

/** What a line is part of, by the lines before it. A public block is a certificate and the like: base64 that everybody may see. */
type Place = Open | { readonly kind: 'private_block'; readonly end: string } | { readonly kind: 'public_block' };

interface Step {
	readonly ranges: readonly Range[];
	readonly open: Place | undefined;
}

function stepOver(line: string, open: Place | undefined): Step {
	switch (open?.kind) {
		case undefined:
			return readLine(line, false);
		case 'named':
			return readLine(line, true);
		case 'until':
			return { ranges: whole(line), open: line.includes(open.text) ? undefined : open };
		case 'continued':
			return { ranges: whole(line), open: /\\\s*$/.test(line) ? open : undefined };
		case 'deeper':
			if (!isDeeper(line, open.indent)) return readLine(line, false);
			return { ranges: open.whole ? whole(line) : allValues(line), open };
		case 'bracket':
			if (line.trimStart().startsWith(open.closes) && indentOf(line) <= open.indent) return readLine(line, false);
			return { ranges: allValues(line), open };
		case 'private_block':
			return { ranges: whole(line), open: line.includes(open.end) ? undefined : open };
		case 'public_block':
			return /^[\s#]*[\w+/=]+\s*$/.test(line) ? { ranges: [], open } : readLine(line, false);
		default:
			return unreachable(open);
	}
}

/** A list may stand as far left as its name does, and an empty line says nothing. */
const isDeeper = (line: string, indent: number): boolean =>
	indentOf(line) > indent || (/^\s*-\s/.test(line) && line.search(/\S/) >= indent) || line.trim() === '';

function readLine(line: string, named: boolean): Step {
	const values = secretValues(line, named);
	const ranges = [...values.ranges, ...secretShapes(line)];
	const [begin, label = ''] = /-{4,5} ?BEGIN ([^-]{1,60}?) ?-{4,5}/.exec(line) ?? [];
	if (begin === undefined) return { ranges, open: values.opens };
	if (publicLabel.test(label)) return { ranges, open: values.opens ?? { kind: 'public_block' } };
	const from = line.indexOf(begin) + begin.length;
	const end = `END ${label}`;
	return {
		ranges: [...ranges, { from, to: line.trimEnd().length }],
		open: line.includes(end, from) ? values.opens : { kind: 'private_block', end },
	};
}

/** What is not known to be public is private. */
const publicLabel =
	/^(?!.*PRIVATE)(?:.*CERTIFICATE(?: REQUEST)?|.*PUBLIC KEY(?: BLOCK)?|X509 CRL|.*PARAMETERS|.*SIGNATURE|PGP SIGNED MESSAGE)$/;

/** All of a line but the blanks around it. */
function whole(line: string): readonly Range[] {
	const [from, to] = [line.search(/\S/), line.trimEnd().length];
	return from < 0 ? [] : [{ from, to }];
}

/** A line whose value is secret, whatever its name is; a bracket alone is none. */
function allValues(line: string): readonly Range[] {
	const name = /^[\s-]*(?:["']?[\w.$-]+["']?\s*(?:=>|[=:])\s*)?/.exec(line)?.[0] ?? '';
	const value = line.slice(name.length).trimEnd();
	const bare = value.replaceAll(/^["'`]|["'`]?[,;]*$/g, '');
	return isSwitch(bare) || /^[[\]{}(),;\s]*$/.test(value)
		? []
		: [{ from: name.length, to: name.length + value.length }];
}

/** Shorter texts would hide half of every line; nobody could tell what they hide. */
const shortestKnown = 4;

/** What can be found in one line: a text of several lines is hidden line by line. */
const piecesOf = (known: readonly string[]): readonly string[] =>
	known.flatMap(text => text.split(/\r?\n/).map(line => line.trim())).filter(text => text.length >= shortestKnown);

function findPieces(line: string, pieces: readonly string[]): readonly Range[] {
	const found: Range[] = [];
	// One place further each time: a text can overlap itself.
	for (const piece of pieces)
		for (let from = line.indexOf(piece); from >= 0; from = line.indexOf(piece, from + 1))
			found.push({ from, to: from + piece.length });
	return found;
}
