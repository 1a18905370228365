import { selectHosts, unknownNames } from '../language/selection.ts';
import { nearest } from '../language/suggest.ts';
import { hostName } from '../model/brand.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Host, Inventory } from '../model/inventory.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { Selection } from '../model/selection.ts';

const everyHost: Selection = { kind: 'name', name: 'all' };

/** The hosts of an inventory that are meant, in its order; absent: all that are written down. */
export function chooseHosts(selection: Selection | undefined, inventory: Inventory): Result<readonly Host[]> {
	const wanted = selection ?? everyHost;
	const unknown = unknownNames(wanted, inventory);
	if (unknown.length > 0) return fail(unknown.map(name => unknownHost(name, inventory)));
	return ok(selectHosts(wanted, inventory).flatMap(name => inventory.hosts.get(hostName(name)) ?? []));
}

/** A name of the command line that is no host and no group. */
export function unknownHost(name: string, inventory: Inventory): Diagnostic {
	const near = nearest(name, [...inventory.hosts.keys(), ...inventory.groups.keys()]);
	return {
		severity: 'error',
		code: 'HS1203',
		message: `the inventory has no host or group \`${name}\``,
		hint: near === undefined ? 'see `hsctl inventory list` for the names' : `did you mean \`${near}\`?`,
	};
}
