import type { Host } from '../../model/inventory.ts';
import type { Selection } from '../../model/selection.ts';
import { findReferences, hostValue, type Reference } from '../interpolate.ts';
import type { Path } from '../parse.ts';
import { selectHosts } from '../selection.ts';
import { nearest } from '../suggest.ts';
import type { CheckContext } from './context.ts';

/** Where a text may come from. A secret goes to a stdin and nowhere else. */
export interface ReferencePlace {
	readonly hosts: Selection;
	readonly secrets: 'allowed' | 'refused';
}

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

/** For places that are read before any value is known: a reference there would stay as it is. */
export function refuseReferences(text: string, path: Path, { report }: CheckContext): void {
	const [first] = findReferences(text).references;
	if (first === undefined) return;
	report.add({
		code: 'HS1208',
		path,
		message: `\`${first.text}\` cannot stand here: this is read before values are known`,
		hint: 'write the value itself',
	});
}

function checkText(text: string, path: Path, place: ReferencePlace, context: CheckContext): void {
	const { references, malformed } = findReferences(text);
	for (const piece of malformed) {
		context.report.add({
			code: 'HS1207',
			path,
			message: `\`${piece}\` is no reference`,
			hint: 'write ${vars.x}, ${host.x} or ${secret.x}; or $${ for the characters themselves',
		});
	}
	for (const reference of references) checkers[reference.scope](reference, path, place, context);
}

type Checker = (reference: Reference, path: Path, place: ReferencePlace, context: CheckContext) => void;

const checkers: Readonly<Record<Reference['scope'], Checker>> = {
	vars(reference, path, { hosts }, context) {
		const defined = Object.keys(context.document.vars ?? {});
		if (context.set.has(reference.name) || defined.includes(reference.name)) return;
		const selected = hostsOf(hosts, context);
		const without = selected.filter(host => !host.vars.has(reference.name));
		if (without.length === 0 && selected.length > 0) return;
		const candidates = [...defined, ...selected.flatMap(host => [...host.vars.keys()])];
		context.report.add({
			code: 'HS1206',
			path,
			message: `${reference.text} is not defined${onHosts(without, selected)}`,
			hint:
				near(reference, candidates) ??
				`add \`${reference.name}\` under vars, to the hosts in the inventory, or give --set ${reference.name}=…`,
		});
	},
	host(reference, path, { hosts }, context) {
		const selected = hostsOf(hosts, context);
		const without = selected.filter(host => hostValue(host, reference.name) === undefined);
		if (without.length === 0) return;
		const candidates = ['name', 'address', 'port', 'user', ...selected.flatMap(host => [...host.vars.keys()])];
		context.report.add({
			code: 'HS1206',
			path,
			message: `${reference.text} is not defined${onHosts(without, selected)}`,
			hint: near(reference, candidates) ?? 'a host has name, address, port, user and its own vars',
		});
	},
	secret(reference, path, { secrets }, context) {
		const defined = Object.keys(context.document.secrets ?? {});
		if (!defined.includes(reference.name)) {
			context.report.add({
				code: 'HS1214',
				path,
				message: `${reference.text} is not defined`,
				hint: near(reference, defined) ?? `add \`${reference.name}\` under secrets`,
			});
		}
		if (secrets === 'refused') {
			context.report.add({
				code: 'HS1208',
				path,
				message: `${reference.text} cannot stand here: others could see it there`,
				hint: 'pass it by `stdin`',
			});
		}
	},
};

function near(reference: Reference, candidates: readonly string[]): string | undefined {
	const name = nearest(reference.name, candidates);
	return name === undefined ? undefined : `did you mean \${${reference.scope}.${name}}?`;
}

const hostsOf = (selection: Selection, { inventory }: CheckContext): readonly Host[] =>
	selectHosts(selection, inventory).flatMap(name => inventory.hosts.get(name) ?? []);

function onHosts(without: readonly Host[], selected: readonly Host[]): string {
	if (without.length === 0 || without.length === selected.length) return '';
	const names = without
		.slice(0, 3)
		.map(host => host.name)
		.join(', ');
	return ` on ${names}${without.length > 3 ? ` and ${without.length - 3} more` : ''}`;
}
