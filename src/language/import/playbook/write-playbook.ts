import { Scalar } from 'yaml';
import { fail, ok, type Result } from '../../../model/result.ts';
import type { ModuleDocument } from '../../generated/module.generated.ts';
import { alikeNotes } from '../alike.ts';
import { type Note, noteSentence, type Owner } from '../note.ts';
import { type Entry, entry, listOf, mapOf, textScalar, writeYaml, type YamlValue } from '../yaml-parts.ts';
import type { PartHost, PlaybookParts } from './playbook-parts.ts';

const cure = 'import a part of the files at a time';

/** The playbook as a file, as `hsctl fmt` would leave it, with what is not in it as comments beside the units. */
export function writePlaybook(name: string, parts: PlaybookParts, notes: readonly Note[]): Result<string> {
	const comments = new UnitComments(notes);
	const section = (key: string, units: ReadonlyMap<string, object>, kind?: Owner['kind']): readonly Entry[] =>
		units.size === 0
			? []
			: [
					entry(
						key,
						mapOf(
							[...units].map(([id, unit]) =>
								entry(id, blockMap(unit), kind === undefined ? [] : comments.of({ kind, name: id })),
							),
						),
					),
				];
	const contents = [
		entry('hsctl', new Scalar(1)),
		entry('name', textScalar(name)),
		...(parts.description === undefined ? [] : [entry('description', textScalar(parts.description))]),
		...(parts.vars.size === 0 ? [] : [entry('vars', blockMap(Object.fromEntries(parts.vars)))]),
		...inventoryEntry(parts.hosts),
		...section('hotfixes', parts.hotfixes, 'hotfix'),
		...section('pools', parts.pools, 'pool'),
		...section('modules', parts.modules, 'module'),
		...section('exceptions', parts.exceptions, 'exception'),
		...patchEntries(parts),
		...section('windows', parts.windows),
		...section('schedules', parts.schedules, 'schedule'),
		...(parts.verify.length === 0 ? [] : [entry('verify', yamlOf([...parts.verify], false))]),
	];
	return writeYaml(mapOf(contents), comments.ofNobody(), { what: 'the playbook that was made', cure });
}

/** The module.yaml of each folder, by the folder. */
export function writeModules(modules: ReadonlyMap<string, ModuleDocument>): Result<ReadonlyMap<string, string>> {
	const texts = new Map<string, string>();
	for (const [folder, document] of modules) {
		const written = writeYaml(blockMap(document), [], { what: `the module.yaml of ${folder}`, cure });
		if (!written.ok) return fail(written.error);
		texts.set(folder, written.value);
	}
	return ok(texts);
}

/** Beside whom something was left out; alike ones once. */
class UnitComments {
	readonly #notes: readonly Note[];

	constructor(notes: readonly Note[]) {
		this.#notes = notes.filter(note => note.isHarmless !== true);
	}

	of({ kind, name }: Owner): readonly string[] {
		return linesOf(this.#notes.filter(({ owner }) => owner?.kind === kind && owner.name === name));
	}

	ofNobody(): readonly string[] {
		return linesOf(this.#notes.filter(({ owner }) => owner === undefined));
	}
}

function linesOf(notes: readonly Note[]): readonly string[] {
	return alikeNotes(notes).flatMap(([first, ...more]) => {
		if (first === undefined) return [];
		const { owner: _, ...said } = first;
		const others = more.length === 0 ? '' : `, and ${more.length} more alike`;
		return [`${noteSentence(said)} (${first.at.file}:${first.at.line}${others})`];
	});
}

const roleGroups: Readonly<Record<PartHost['role'], string>> = {
	patched: 'patched',
	rebooted: 'rebooted',
	other: 'others',
};

function inventoryEntry(hosts: ReadonlyMap<string, PartHost>): readonly Entry[] {
	if (hosts.size === 0) return [];
	const groups = roles(hosts).map(role => {
		const members = [...hosts].filter(([, host]) => host.role === role);
		const entries = members.map(([name, { on, vmid }]) =>
			entry(name, yamlOf({ ...(on === undefined ? {} : { on }), ...(vmid === undefined ? {} : { vmid }) }, true)),
		);
		return entry(groupName(role, hosts), mapOf([entry('hosts', mapOf(entries))]));
	});
	return [entry('inventory', mapOf([entry('groups', mapOf(groups))]))];
}

const roles = (hosts: ReadonlyMap<string, PartHost>): readonly PartHost['role'][] =>
	(['patched', 'rebooted', 'other'] as const).filter(role => [...hosts.values()].some(host => host.role === role));

/** A host and a group cannot share a name. */
function groupName(role: PartHost['role'], hosts: ReadonlyMap<string, PartHost>): string {
	let name = roleGroups[role];
	while (hosts.has(name)) name += '_';
	return name;
}

/** What the schedules are for. */
function patchEntries({ hosts, rebootReason }: PlaybookParts): readonly Entry[] {
	const there = roles(hosts);
	const reason = rebootReason === undefined ? {} : { reason: rebootReason };
	return [
		...(there.includes('patched')
			? [entry('patch', yamlOf({ hosts: groupName('patched', hosts), scope: 'all' }, true))]
			: []),
		...(there.includes('rebooted')
			? [
					entry(
						'reboot',
						yamlOf({ hosts: groupName('rebooted', hosts), when: 'always', timeout: '300s', ...reason }, false),
					),
				]
			: []),
	];
}

const blockMap = (value: object) =>
	mapOf(Object.entries(value).map(([key, inner]: [string, unknown]) => entry(key, yamlOf(inner, isShort(inner)))));

/** On one line, as far as it fits there. */
function yamlOf(value: unknown, isFlow: boolean): YamlValue {
	if (typeof value === 'string') return textScalar(value);
	if (Array.isArray(value))
		return listOf(
			value.map(item => yamlOf(item, isFlow || isShort(item))),
			isFlow,
		);
	if (typeof value !== 'object' || value === null) return new Scalar(value);
	const entries = Object.entries(value).map(([key, inner]: [string, unknown]) =>
		entry(key, yamlOf(inner, isFlow || isShort(inner))),
	);
	return mapOf(entries, isFlow || entries.length === 0);
}

/** Characters, beside what stands in front. */
const mostOnALine = 100;

function isShort(value: unknown): boolean {
	const text = JSON.stringify(value);
	return text.length <= mostOnALine && !text.includes('\\n');
}
