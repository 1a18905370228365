import type { Host } from '../../model/inventory.ts';
import { visibleLine } from '../visible.ts';

/** How a host is reached, as far as the inventory says: `deploy@192.0.2.1:2222`, `this machine`, `guest 101 on pve1`. */
export function whereOf({ name, connection, address, port, user, on, vmid }: Host): string {
	if (connection === 'local') return 'this machine';
	if (connection === 'lxc') return visibleLine(`guest ${vmid ?? '?'} on ${on ?? '?'}`);
	const target = address ?? name;
	const place = port === undefined ? target : `${target.includes(':') ? `[${target}]` : target}:${port}`;
	return visibleLine(user === undefined ? place : `${user}@${place}`);
}
