import type { Inventory } from '../../model/inventory.ts';
import type { Selection } from '../../model/selection.ts';
import type { Path } from '../parse.ts';
import { parseSelection, selectHosts, unknownNames } from '../selection.ts';
import { nearest } from '../suggest.ts';
import type { CheckContext } from './context.ts';

/** What a unit runs on when neither it nor the playbook says so. */
const thisMachine: Selection = { kind: 'name', name: 'localhost' };

/** Parses `hosts:` and checks that its names exist and pick something. Absent: `fallback`. A wrong one picks nothing. */
export function readHosts(
	text: string | undefined,
	path: Path,
	context: CheckContext,
	fallback: Selection = thisMachine,
): Selection {
	if (text === undefined) return fallback;
	const parsed = parseSelection(text);
	if (!parsed.ok) {
		context.report.add({
			code: 'HS1204',
			path,
			message: `in \`${text}\`, ${parsed.error}`,
			hint: 'write names joined by `,` (or), `&` (and) and ` - ` (without), such as "web - web1"',
		});
		return fallback;
	}
	const unknown = unknownNames(parsed.value, context.inventory);
	for (const name of unknown)
		context.report.add({
			code: 'HS1203',
			path,
			message: `the inventory has no host and no group \`${name}\``,
			hint: nameHint(name, context.inventory),
		});
	const isEmpty = unknown.length === 0 && selectHosts(parsed.value, context.inventory).length === 0;
	if (isEmpty && !context.allowEmpty) {
		context.report.add({
			code: 'HS1205',
			path,
			message: `\`${text}\` matches no host`,
			hint: 'correct it, or give --allow-empty when that is meant',
		});
	}
	return parsed.value;
}

function nameHint(name: string, { hosts, groups }: Inventory): string {
	const near = nearest(name, [...hosts.keys(), ...groups.keys()]);
	if (near !== undefined) return `did you mean \`${near}\`?`;
	return groups.size === 0
		? 'the playbook has no inventory: add `inventory: ../inventory.yaml`, or use localhost'
		: `groups are ${[...groups.keys()].join(', ')}`;
}
