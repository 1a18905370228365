import type { Condition } from '../../generated/playbook.generated.ts';
import { both } from '../playbook/conditions.ts';
import type { HomeserverFile } from './homeserver-file.ts';
import { serviceName } from './interactables.ts';

/**
 * Of the modules of a group upstream runs the first one whose service is active. As conditions: its service is active, and none of
 * those before it is. By the file that says so.
 */
export function groupConditions(files: readonly HomeserverFile[]): ReadonlyMap<HomeserverFile, Condition> {
	const members = Map.groupBy(files.flatMap(memberOf), ({ group }) => group);
	const conditions = new Map<HomeserverFile, Condition>();
	for (const group of members.values()) {
		const inOrder = group.toSorted((a, b) => a.order - b.order);
		for (const [index, { file, service }] of inOrder.entries()) {
			const before = inOrder.slice(0, index).map(other => ({ not: isActive(other.service) }));
			const condition = both(isActive(service), ...before);
			if (condition !== undefined) conditions.set(file, condition);
		}
	}
	return conditions;
}

interface Member {
	readonly file: HomeserverFile;
	readonly group: string;
	readonly order: number;
	readonly service: string;
}

/** Last where the file does not say, as upstream has it. */
const usualOrder = 99;

function memberOf(file: HomeserverFile): readonly Member[] {
	const metadata = file.fields.map('metadata');
	const group = metadata?.text('group');
	const service = metadata?.text('service_name');
	const order = metadata?.amount('group_order') ?? usualOrder;
	if (metadata === undefined || group === undefined || !file.isEnabled) return [];
	if (service === undefined || !/^[A-Za-z0-9_][A-Za-z0-9:_.@\\-]{0,240}$/.test(service)) {
		metadata.note('group', 'is left out: no service says which module of the group is used', 'write its `when`');
		return [];
	}
	return [{ file, group, order, service: serviceName(service) }];
}

const isActive = (unit: string): Condition => ({ unit_state: { unit, state: 'active', if_missing: 'skip' } });
