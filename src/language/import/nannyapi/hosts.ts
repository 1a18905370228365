import type { Fields } from '../json/fields.ts';
import { Names } from '../names.ts';
import type { PartHost, PlaybookParts } from '../playbook/playbook-parts.ts';

/** The machines that rows speak of, by agent and container: upstream knows them by ids of its own. */
export class RowHosts {
	readonly #parts: PlaybookParts;
	readonly #names = new Names();
	readonly #byIds = new Map<string, string>();

	constructor(parts: PlaybookParts) {
		this.#parts = parts;
	}

	/** The name of the row's host, as it stands in the inventory; `undefined`: the row names none, which is noted. */
	of(row: Fields): string | undefined {
		const agent = row.text('agent_id');
		const guest = row.version('lxc_id');
		const vmid = row.version('vmid');
		if (agent === undefined) {
			row.note('', 'is left out: its `agent_id` names no machine', 'say which machine it is about');
			return undefined;
		}
		const node = this.#give(agent, {}, row);
		return guest === undefined ? node : this.#guest({ agent, guest, node, vmid }, row);
	}

	#guest(
		{ agent, guest, node, vmid }: { agent: string; guest: string; node: string; vmid: string | undefined },
		row: Fields,
	): string {
		const number = Number(/^(?:lxc[:/_-]?)?(\d{3,9})$/.exec(vmid ?? guest)?.[1] ?? 0);
		const isNumber = number >= 100;
		if (!isNumber && !this.#byIds.has(`${agent}\0${guest}`))
			row.note(
				'lxc_id',
				`is an id of upstream: the number of the container on \`${node.slice(0, 60)}\` is not said`,
				'write `on` and `vmid` of the host into the inventory',
			);
		return this.#give(`${agent}\0${guest}`, isNumber ? { on: node, vmid: number } : {}, row);
	}

	#give(ids: string, place: Pick<PartHost, 'on' | 'vmid'>, row: Fields): string {
		const known = this.#byIds.get(ids);
		if (known !== undefined) return known;
		const name = this.#names.give(ids.replace('\0', '-'), 'host');
		this.#byIds.set(ids, name);
		this.#parts.hosts.set(name, { ...place, role: 'other' });
		if (!ids.includes('\0'))
			row.note(
				'agent_id',
				`became the host \`${name.slice(0, 60)}\`: upstream knows machines by ids of its own`,
				'give it its name and address, or use your own inventory',
			);
		return name;
	}
}

/** A host that is patched at times is not also restarted at others: it has one schedule. */
export function giveRole(host: PartHost | undefined, role: 'patched' | 'rebooted'): void {
	if (host !== undefined && host.role !== 'patched') host.role = role;
}
