import type { Host } from '../model/inventory.ts';
import type { SecretText } from '../model/secret.ts';

/** `${vars.x}`, `${host.x}` or `${secret.x}` in a string of the playbook. */
export interface Reference {
	readonly scope: 'vars' | 'host' | 'secret';
	readonly name: string;
	/** As written, with `${` and `}`. */
	readonly text: string;
}

/** The references in a text, and the pieces that begin like one and are none. `$${` stands for the characters `${`. */
export function findReferences(text: string): {
	readonly references: readonly Reference[];
	readonly malformed: readonly string[];
} {
	const references: Reference[] = [];
	const malformed: string[] = [];
	for (const match of text.matchAll(anyReference)) {
		const [whole, scope, name] = match;
		if (whole === '$${') continue;
		if (isScope(scope) && name !== undefined) references.push({ scope, name, text: whole });
		else malformed.push(whole);
	}
	return { references, malformed };
}

/** Puts the values in. References that `lookUp` does not know stay as they are: validation has refused them before. */
export function fill(text: string, lookUp: (reference: Reference) => string | undefined): string {
	if (!text.includes('${')) return text;
	return text.replace(anyReference, (whole: string, scope: string | undefined, name: string | undefined) => {
		if (whole === '$${') return '${';
		return isScope(scope) && name !== undefined ? (lookUp({ scope, name, text: whole }) ?? whole) : whole;
	});
}

/** The same with holes where secrets go: values are put in around them, and none of these can make a hole of its own. */
export function fillAroundSecrets(text: string, lookUp: (reference: Reference) => string | undefined): SecretText {
	const parts: (string | { readonly secret: string })[] = [];
	let from = 0;
	for (const { 0: hole, 1: scope, 2: name, index } of text.matchAll(anyReference)) {
		if (scope !== 'secret' || name === undefined) continue;
		parts.push(fill(text.slice(from, index), lookUp), { secret: name });
		from = index + hole.length;
	}
	return [...parts, fill(text.slice(from), lookUp)].filter(part => part !== '');
}

/** What `${host.…}` can name beside the host's own variables; a value that the inventory leaves out is `undefined`. */
const hostValues: Readonly<Record<string, (host: Host) => string | number | undefined>> = {
	name: host => host.name,
	address: host => host.address ?? host.name,
	port: host => host.port,
	user: host => host.user,
	connection: host => host.connection,
	on: host => host.on,
	vmid: host => host.vmid,
};

export const hostValueNames: readonly string[] = Object.keys(hostValues);

/** The value of `${host.<name>}`. The keys of a host win over its variables of the same name. */
export function hostValue(host: Host, name: string): string | undefined {
	if (!Object.hasOwn(hostValues, name)) return host.vars.get(name);
	return hostValues[name]?.(host)?.toString();
}

/** The value of a variable on a host: `--set` wins over the inventory, the inventory over the playbook. */
export const varValue = (
	name: string,
	sources: {
		readonly set: ReadonlyMap<string, string>;
		readonly host: Host;
		readonly playbook: ReadonlyMap<string, string>;
	},
): string | undefined => sources.set.get(name) ?? sources.host.vars.get(name) ?? sources.playbook.get(name);

const anyReference = /\$\$\{|\$\{(?:\s*(vars|host|secret)\.([A-Za-z0-9_][A-Za-z0-9_.-]*)\s*\}|[^}]{0,80}\}?)/g;

const isScope = (word: string | undefined): word is Reference['scope'] =>
	word === 'vars' || word === 'host' || word === 'secret';
