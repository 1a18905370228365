import type { Diagnostic } from '../../model/diagnostic.ts';
import { checkSource, type SourceText, tooLarge } from '../source.ts';
import type { ImportFiles } from './import-files.ts';
import type { Note, Place } from './note.ts';

/** The hosts of ssh configs: by name, with where each is named first. */
export class SshHosts {
	readonly hosts = new Map<string, Place>();
	readonly notes: Note[] = [];
	/** What makes a machine: name or address, port and the way there → the name that is taken already. */
	readonly machines = new Map<string, string>();
}

/**
 * Gathers the names that `Host` lines of an ssh config spell out, `Include` followed. Only the name of a host is taken: whatever
 * else the config says of it counts at each run, as it does for ssh.
 */
export function readSshConfig(source: SourceText, into: SshHosts, files: ImportFiles): readonly Diagnostic[] {
	const reading: Reading = { into, files, problems: [], open: [], isForAll: true, block: undefined };
	readFile(source, reading);
	return reading.problems;
}

interface Reading {
	readonly into: SshHosts;
	readonly files: ImportFiles;
	readonly problems: Diagnostic[];
	/** The files that are being read, the outermost first. */
	readonly open: string[];
	/** Do the lines that follow count for every host? */
	isForAll: boolean;
	block: Block | undefined;
}

/** A `Host` line and what is said below it, as far as it matters here. */
interface Block {
	readonly names: readonly string[];
	readonly at: Place;
	readonly values: Map<string, string>;
}

/** As ssh has it: files that include each other must end somewhere. */
const deepest = 16;

function readFile(source: SourceText, reading: Reading): void {
	reading.open.push(source.file);
	for (const [index, text] of source.text.split('\n').entries()) {
		const [, keyword = '', rest = ''] = /^\s*([A-Za-z]\w*)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(text) ?? [];
		if (keyword !== '') readLine(keyword.toLowerCase(), wordsOf(rest), { file: source.file, line: index + 1 }, reading);
	}
	closeBlock(reading);
	reading.open.pop();
}

/** Words apart by blanks, with `"…"` around those that hold blanks; `#` begins a comment. */
const wordsOf = (text: string): readonly string[] =>
	(text.replace(/(^|\s)#.*$/, '').match(/"[^"]*"|[^\s"]+/g) ?? []).map(word => word.replace(/^"(.*)"$/, '$1'));

function readLine(key: string, words: readonly string[], at: Place, reading: Reading): void {
	if (key === 'host') openBlock(words, at, reading);
	else if (key === 'match') {
		closeBlock(reading);
		reading.isForAll = words.length === 1 && words[0]?.toLowerCase() === 'all';
		if (!reading.isForAll) byItself(`\`Match ${words.join(' ').slice(0, 80)}\``, at, reading);
	} else if (key === 'include') include(words, at, reading);
	// The first value counts, as it does for ssh.
	else if (reading.block !== undefined && words[0] !== undefined && !reading.block.values.has(key))
		reading.block.values.set(key, words.join(' '));
}

function byItself(subject: string, at: Place, { into }: Reading): void {
	const cure = 'a host that it names and no `Host` line spells out is added by hand';
	into.notes.push({
		at,
		subject,
		reason: 'names no host by itself: it counts at each run, as it does for ssh',
		cure,
		isHarmless: true,
	});
}

function openBlock(words: readonly string[], at: Place, reading: Reading): void {
	closeBlock(reading);
	reading.isForAll = words.length === 1 && words[0] === '*';
	const names = words.filter(word => !/[*?!]/.test(word));
	if (names.length > 0) reading.block = { names, at, values: new Map() };
	if (names.length < words.length)
		byItself(
			`\`Host ${words
				.filter(word => /[*?!]/.test(word))
				.join(' ')
				.slice(0, 80)}\``,
			at,
			reading,
		);
}

function closeBlock(reading: Reading): void {
	const { block, into } = reading;
	reading.block = undefined;
	if (block === undefined) return;
	for (const name of block.names) {
		const left = whyLeftOut(name, block, into);
		if (left !== undefined)
			into.notes.push({ at: block.at, subject: `the host \`${name.slice(0, 80)}\``, ...left, isHarmless: true });
		else if (!into.hosts.has(name)) into.hosts.set(name, block.at);
	}
}

const forges = new Set(['github.com', 'gitlab.com', 'bitbucket.org', 'codeberg.org', 'git.sr.ht', 'ssh.dev.azure.com']);

function whyLeftOut(
	name: string,
	{ values }: Block,
	into: SshHosts,
): { readonly reason: string; readonly cure?: string } | undefined {
	const address = values.get('hostname') ?? name;
	if (values.get('user') === 'git' || forges.has(address.toLowerCase()))
		return {
			reason: 'is left out: it is a place for git repositories',
			cure: 'add it by hand if it is a machine of yours',
		};
	if (name === 'localhost') return { reason: 'is left out: localhost is always there' };
	if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,252}$/.test(name) || name.startsWith('x-') || forbidden.has(name))
		return {
			reason: 'is left out: that name cannot be in an inventory',
			cure: 'give it a plain name beside this one in its `Host` line',
		};
	const machine = [
		address.replaceAll('%h', name),
		values.get('port'),
		values.get('proxyjump'),
		values.get('proxycommand'),
	].join('\0');
	const other = into.machines.get(machine);
	if (other !== undefined && other !== name)
		return {
			reason: `is left out: it is the same machine as \`${other}\``,
			cure: 'one name for each machine is enough',
		};
	into.machines.set(machine, name);
	return undefined;
}

const forbidden: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

function include(patterns: readonly string[], at: Place, reading: Reading): void {
	const { block, isForAll, files, open, into } = reading;
	const say = (reason: string, cure: string) =>
		void into.notes.push({ at, subject: `\`Include ${patterns.join(' ').slice(0, 80)}\``, reason, cure });
	if (block !== undefined || !isForAll) {
		say('is not followed: it counts for some hosts only', 'import the file by itself if it names hosts');
		return;
	}
	for (const pattern of patterns) {
		if (/[%$]/.test(pattern)) say('is not followed: only ssh can fill it in', 'import the file by itself');
		else for (const path of files.included(pattern, open[0] ?? at.file)) readIncluded(path, say, reading);
	}
	// A Host line in an included file ends with that file.
	reading.isForAll = true;
}

function readIncluded(path: string, say: (reason: string, cure: string) => void, reading: Reading): void {
	if (reading.open.length >= deepest || reading.open.includes(path)) {
		say('is not followed: the files include each other', 'remove one of the lines');
		return;
	}
	const found = reading.files.look(path);
	if (found.kind === 'folder') return;
	if (found.kind === 'missing') {
		say(`is not followed: ${path} cannot be read, ${found.because}`, 'check the path');
		return;
	}
	const source = found.kind === 'file' ? checkSource(found.bytes, path) : undefined;
	if (source === undefined || !source.ok) reading.problems.push(...(source?.error ?? [tooLarge(0, path)]));
	else readFile(source.value, { ...reading, isForAll: true, block: undefined });
}
