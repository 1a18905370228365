import type { Origin } from '../../model/inventory.ts';
import { jsonDocument } from '../text/json.ts';
import type { GroupPicture } from './group-picture.ts';
import type { HostValues } from './host.ts';

/** `hsctl/inventory/v1`: hosts with all that holds for them, and groups with what they hold themselves. `null`: nobody says it. */
export const inventoryJson = (
	shown: string,
	hosts: readonly HostValues[],
	{ groups }: Pick<GroupPicture, 'groups'>,
): string =>
	jsonDocument({
		format: 'hsctl/inventory/v1',
		inventory: shown,
		hosts: hosts.map(hostDocument),
		groups: [...groups].map(([name, content]) => ({ name, ...content })),
	});

const hostDocument = ({ host, become, from }: HostValues): object => ({
	name: host.name,
	connection: host.connection,
	address: host.address ?? null,
	port: host.port ?? null,
	user: host.user ?? null,
	on: host.on ?? null,
	vmid: host.vmid ?? null,
	become,
	stateDir: host.stateDir ?? null,
	groups: host.groups,
	needs: host.needs,
	vars: Object.fromEntries(host.vars),
	at: host.at === undefined ? null : placeOf({ at: host.at }),
	from: [...from].map(([key, origin]) => ({ key, ...placeOf(origin), group: origin.group ?? null })),
});

const placeOf = ({ at }: Origin): object => ({ file: at.file, line: at.line });
