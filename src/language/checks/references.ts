import type { Host } from '../../model/inventory.ts';
import type { Selection } from '../../model/selection.ts';
import { findReferences, hostValue, hostValueNames, type Reference } from '../interpolate.ts';
import type { Path } from '../parse.ts';
import type { Report } from '../report.ts';
import { nearest } from '../suggest.ts';
import { type CheckContext, mayDeclare } from './context.ts';

/** Where a text may come from. A secret goes to a stdin and nowhere else. */
export interface ReferencePlace {
	readonly hosts: Selection;
	readonly secrets: 'allowed' | 'refused';
	/** Where a secret could go instead; absent: into the `stdin` of the unit. */
	readonly secretCure?: string;
}

/** For what has no `stdin`. */
export const noStdin =
	'let a hotfix get it through its `stdin` and put it into a file that only root can read, and read it from there';

/** Checks every `${…}` in a value and in all that is inside it, against what each selected host has. */
export function checkReferences(value: unknown, path: Path, place: ReferencePlace, context: CheckContext): void {
	if (typeof value === 'string') {
		if (value.includes('${')) checkText(value, path, place, context);
	} else if (Array.isArray(value)) {
		for (const [index, item] of value.entries()) checkReferences(item, [...path, index], place, context);
	} else if (typeof value === 'object' && value !== null) {
		for (const [key, item] of Object.entries(value)) checkReferences(item, [...path, key], place, context);
	}
}

/** For places that are read before any value is known, where a reference would stay as it is. True: there was one. */
export function refuseReferences(text: string | readonly string[] | undefined, path: Path, report: Report): boolean {
	if (text === undefined) return false;
	if (typeof text !== 'string')
		return text.filter((item, index) => refuseReferences(item, [...path, index], report)).length > 0;
	const [first] = findReferences(text).references;
	if (first === undefined) return false;
	report.add({
		code: 'HS1208',
		path,
		piece: first.text,
		message: `\`${first.text}\` cannot be used here: this is read before values are known`,
		hint: 'write the value itself, or `$${` to get these characters themselves',
	});
	return true;
}

function checkText(text: string, path: Path, place: ReferencePlace, context: CheckContext): void {
	const { references, malformed } = findReferences(text);
	for (const piece of new Set(malformed)) {
		context.report.add({
			code: 'HS1207',
			path,
			piece,
			message: `\`${piece}\` is not a reference`,
			hint: 'write `${vars.x}`, `${host.x}` or `${secret.x}`; or `$${` to get these characters themselves',
		});
	}
	const distinct = new Map(references.map(reference => [reference.text, reference]));
	for (const reference of distinct.values()) checkers[reference.scope](reference, path, place, context);
}

type Checker = (reference: Reference, path: Path, place: ReferencePlace, context: CheckContext) => void;

const checkers: Readonly<Record<Reference['scope'], Checker>> = {
	vars(reference, path, { hosts }, { declared, unread, set, selections, report }) {
		const isGiven = set.has(reference.name) || mayDeclare({ declared, unread }, 'vars', reference.name);
		if (isGiven || !selections.areHostsKnown) return;
		const selected = selections.hostsOf(hosts) ?? [];
		if (selections.numberWithVar(hosts, reference.name) === selected.length) return;
		const without = () => selected.filter(host => !host.vars.has(reference.name));
		report.add({
			code: 'HS1206',
			path,
			piece: reference.text,
			message: () => `\`${reference.text}\` is not defined${onHosts(without(), selected)}`,
			hint: () =>
				someHaveIt(reference, without(), selected) ??
				near(reference, [...declared.vars, ...varsOf(selected)]) ??
				`add \`${reference.name}\` under \`vars\` of the playbook or of the hosts, or give --set ${reference.name}=…`,
		});
	},
	host(reference, path, { hosts }, { selections, report }) {
		if (!selections.areHostsKnown) return;
		const selected = selections.hostsOf(hosts) ?? [];
		const hasValue = (host: Host) => hostValue(host, reference.name) !== undefined;
		const isEverywhere = hostValueNames.includes(reference.name)
			? selected.every(hasValue)
			: selections.numberWithVar(hosts, reference.name) === selected.length;
		if (isEverywhere) return;
		const without = () => selected.filter(host => !hasValue(host));
		report.add({
			code: 'HS1206',
			path,
			piece: reference.text,
			message: () => `\`${reference.text}\` is not defined${onHosts(without(), selected)}`,
			hint: () =>
				someHaveIt(reference, without(), selected) ??
				leftOut(reference) ??
				near(reference, [...hostValueNames, ...varsOf(selected)]) ??
				`a host has ${hostValueNames.join(', ')} (where the inventory gives them) and its own vars`,
		});
	},
	secret(reference, path, { secrets, secretCure }, { declared, unread, report }) {
		if (secrets === 'refused') {
			report.add({
				code: 'HS1208',
				path,
				piece: reference.text,
				message: `\`${reference.text}\` cannot be used here: others on the host could see it`,
				hint: secretCure ?? 'pass it through `stdin`',
			});
		} else if (!mayDeclare({ declared, unread }, 'secrets', reference.name)) {
			report.add({
				code: 'HS1214',
				path,
				piece: reference.text,
				message: `\`${reference.text}\` is not defined`,
				hint: () => near(reference, declared.secrets) ?? `add \`${reference.name}\` under \`secrets\``,
			});
		}
	},
};

/** Then it is not misspelt. */
const someHaveIt = ({ name }: Reference, without: readonly Host[], selected: readonly Host[]): string | undefined =>
	without.length === selected.length
		? undefined
		: `add \`${name}\` to the other hosts, or leave them out with \`hosts\``;

/** A value that the inventory leaves out is spelt right: the nearest name would be its own. */
const leftOut = ({ name }: Reference): string | undefined =>
	hostValueNames.includes(name) ? `add \`${name}\` to the hosts in the inventory` : undefined;

const varsOf = (hosts: readonly Host[]): ReadonlySet<string> => new Set(hosts.flatMap(host => [...host.vars.keys()]));

function near(reference: Reference, candidates: Iterable<string>): string | undefined {
	const name = nearest(reference.name, candidates);
	return name === undefined ? undefined : `did you mean \`\${${reference.scope}.${name}}\`?`;
}

function onHosts(without: readonly Host[], selected: readonly Host[]): string {
	if (without.length === selected.length) return '';
	const names = without.slice(0, 3).map(host => host.name);
	return ` on ${names.join(', ')}${without.length > 3 ? ` and ${without.length - 3} more` : ''}`;
}
