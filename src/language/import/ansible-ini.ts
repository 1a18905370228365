import type { Diagnostic } from '../../model/diagnostic.ts';
import type { SourceText } from '../source.ts';
import { type PatternProblem, readHostPattern } from './ansible/host-pattern.ts';
import { mostHosts } from './ansible/most-hosts.ts';
import { readLiteral } from './ansible/python-literal.ts';
import { shellWords } from './ansible/shell-words.ts';
import type { AnsibleGroup, AnsibleTree, AnsibleValue } from './ansible/tree.ts';
import type { Place } from './note.ts';
import { problemInLine } from './problem.ts';

/** Reads an Ansible inventory in the format INI into the tree; all lines that are wrong at once, as far as they are independent. */
export function readAnsibleIni(source: SourceText, tree: AnsibleTree): readonly Diagnostic[] {
	const reading: Reading = {
		source,
		tree,
		problems: [],
		declared: new Set(['all', 'ungrouped', ...tree.groups.keys()]),
		awaited: new Map(),
		kind: 'hosts',
		group: undefined,
		line: 0,
	};
	for (const text of source.text.split(/\r?\n|[\x85\u2028\u2029]/)) {
		reading.line += 1;
		const line = text.trim();
		if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
		readLine(line, reading);
		if (reading.problems.length >= mostProblems) return reading.problems;
	}
	for (const [name, { line, section }] of reading.awaited)
		if (!reading.declared.has(name)) report(reading, undeclared(name, section), line);
	return reading.problems;
}

const mostProblems = 20;

interface Reading {
	readonly source: SourceText;
	readonly tree: AnsibleTree;
	readonly problems: Diagnostic[];
	/** Groups that an earlier file has, and those with a section of hosts or children in this one. */
	readonly declared: Set<string>;
	/** Groups that are spoken of and have to be declared somewhere. */
	readonly awaited: Map<string, { readonly line: number; readonly section: string }>;
	/** What the lines that follow are; `nothing` after a section that cannot be understood. */
	kind: 'hosts' | 'children' | 'vars' | 'nothing';
	/** Absent before the first section: the hosts are in no group. */
	group: AnsibleGroup | undefined;
	line: number;
}

const place = ({ source, line }: Reading): Place => ({ file: source.file, line });

interface Wrong {
	readonly code?: 'HS1904';
	readonly message: string;
	readonly hint: string;
}

function report(reading: Reading, { code, message, hint }: Wrong, line = reading.line): void {
	reading.problems.push(problemInLine(reading.source, line, { code: code ?? 'HS1903', message, hint }));
}

function readLine(line: string, reading: Reading): void {
	const section = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/.exec(line);
	if (section !== null) openSection(section[1] ?? '', section[2] ?? 'hosts', reading);
	else if (line.startsWith('[') && line.endsWith(']')) {
		reading.kind = 'nothing';
		report(reading, { message: `\`${cut(line)}\` is no heading of a section`, hint: headings });
	} else if (reading.kind === 'hosts') readHosts(line, reading);
	else if (reading.kind === 'children') readChild(line, reading);
	else if (reading.kind === 'vars') readVariable(line, reading);
}

const headings = 'headings are `[name]`, `[name:children]` and `[name:vars]`, without blanks';

const cut = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text);

function openSection(name: string, kind: string, reading: Reading): void {
	if (kind !== 'hosts' && kind !== 'children' && kind !== 'vars') {
		reading.kind = 'nothing';
		report(reading, { message: `\`[${cut(`${name}:${kind}`)}]\` is no heading of a section`, hint: headings });
		return;
	}
	reading.kind = kind;
	reading.group = reading.tree.group(name, place(reading));
	if (kind !== 'vars') reading.declared.add(name);
	else speakOf(name, `${name}:vars`, reading);
}

/** To speak of a group does not declare it. */
function speakOf(name: string, section: string, { awaited, line }: Reading): void {
	if (!awaited.has(name)) awaited.set(name, { line, section });
}

const undeclared = (name: string, section: string): Wrong => ({
	message: `\`[${section}]\` speaks of the group \`${name}\`, which is declared nowhere`,
	hint: `correct the name, or add a section \`[${name}]\``,
});

function readHosts(line: string, reading: Reading): void {
	const words = shellWords(line);
	if (!words.ok) {
		report(reading, {
			message: `the words of this line cannot be told apart: ${words.error}`,
			hint: 'correct the quotes',
		});
		return;
	}
	const [word = '', ...assignments] = words.value;
	const pattern = word === '---' ? undefined : readHostPattern(word, mostHosts - reading.tree.hosts.size);
	if (pattern === undefined || !pattern.ok) {
		report(reading, pattern === undefined ? looksLikeYaml : patternWrong(pattern.error));
		return;
	}
	const vars = assignments.map(readAssignment);
	const wrong = vars.indexOf(undefined);
	if (wrong !== -1) {
		const hint = 'after the name of a host come only `key=value`, with quotes around a value that holds blanks';
		report(reading, { message: `\`${cut(assignments[wrong] ?? '')}\` is no \`key=value\``, hint });
		return;
	}
	const at = place(reading);
	const { names, port } = pattern.value;
	if (names.length === 0)
		report(reading, { message: `the range in \`${cut(word)}\` ends before it begins`, hint: 'correct it' });
	const group = reading.group ?? reading.tree.group('ungrouped', at);
	for (const [index, name] of names.entries()) {
		const host = reading.tree.host(name, group, at, port);
		for (const [key, value] of vars.flatMap(one => (one === undefined ? [] : [one])))
			host.vars.set(key, { value, at, shared: names.length, isRepeated: index > 0 });
	}
}

const looksLikeYaml: Wrong = { message: '`---` is no host', hint: 'if this is YAML, say so with --from ansible-yaml' };

/** What is wrong with the word that stands for hosts. */
export const patternWrong = (problem: PatternProblem): Wrong =>
	problem.kind === 'malformed'
		? { message: problem.message, hint: 'correct it; a host looks like `web1`, `web[1:9].example.org` or `web1:2222`' }
		: {
				code: 'HS1904',
				message: `there would be ${problem.count} hosts here, and an inventory takes at most ${mostHosts}`,
				hint: 'correct the range, or import a part of the inventory at a time',
			};

function readAssignment(word: string): readonly [string, AnsibleValue] | undefined {
	const at = word.indexOf('=');
	return at === -1 ? undefined : [word.slice(0, at), readLiteral(word.slice(at + 1))];
}

function readChild(line: string, reading: Reading): void {
	const child = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line)?.[1];
	if (child === undefined) {
		report(reading, {
			message: `\`${cut(line)}\` is no name of a group`,
			hint: 'in `:children` each line is one group',
		});
		return;
	}
	const { group } = reading;
	if (group === undefined) return;
	speakOf(child, `${group.name}:children`, reading);
	if (!group.children.has(child)) group.children.set(child, place(reading));
}

function readVariable(line: string, reading: Reading): void {
	const at = line.indexOf('=');
	if (at === -1) {
		report(reading, {
			message: `\`${cut(line)}\` is no \`key=value\``,
			hint: 'in `:vars` each line is one `key=value`',
		});
		return;
	}
	const { group, tree } = reading;
	if (group === undefined) return;
	tree.setGroupVariable(group, line.slice(0, at).trim(), readLiteral(line.slice(at + 1).trim()), place(reading));
}
