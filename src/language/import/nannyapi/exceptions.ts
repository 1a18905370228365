import type { Fields } from '../json/fields.ts';
import { giveId } from '../playbook/give-id.ts';
import { words } from '../playbook/plain-text.ts';
import type { PlaybookParts } from '../playbook/playbook-parts.ts';
import type { RowHosts } from './hosts.ts';

/** A row of `package_exceptions`. */
export function readException(row: Fields, hosts: RowHosts, { exceptions, ids }: PlaybookParts): void {
	const name = row.text('package_name');
	const host = hosts.of(row);
	const owner = row.text('user_id');
	const reason = row.text('reason');
	const isActive = row.flag('is_active');
	const expires = readExpiry(row);
	if (name === undefined || !/^[A-Za-z0-9*?_@][A-Za-z0-9+._:*?@/-]{0,254}$/.test(name)) {
		row.note('', 'is left out: its `package_name` is no name of a package', 'write its name');
		return;
	}
	if (host === undefined) return;
	const id = giveId(name, { fields: row, key: 'package_name', kind: 'exception' }, ids.exceptions);
	if (reason === undefined) row.note('reason', 'is not said', 'say why the package is left alone');
	if (isActive === undefined)
		row.note('is_active', 'is not said, which upstream takes for off', 'take `enabled: false` out to switch it on');
	const isOn = isActive === true && expires !== 'unreadable';
	exceptions.set(id, {
		packages: [name],
		hosts: host,
		reason: reason === undefined ? 'None was given.' : words(reason).slice(0, 4096),
		...(owner === undefined ? {} : { owner: owner.slice(0, 256) }),
		...(expires === undefined || expires === 'unreadable' ? {} : { expires }),
		...(isOn ? {} : { enabled: false }),
	});
}

/** As RFC 3339. The database writes a blank between day and time, and means UTC. */
function readExpiry(row: Fields): string | 'unreadable' | undefined {
	const text = row.text('expires_at');
	if (text === undefined) return undefined;
	const [, day = '', time, zone] =
		/^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)(Z|[+-]\d{2}:\d{2})?)?$/i.exec(text.trim()) ?? [];
	const expires = time === undefined ? day : `${day}T${time}${zone?.toUpperCase() ?? 'Z'}`;
	if (isDay(day) && !Number.isNaN(Date.parse(expires))) return expires;
	row.note('expires_at', 'is no date: the exception is switched off', 'write the day, and take `enabled` out');
	return 'unreadable';
}

/** Date.parse takes 31 February for 3 March. */
function isDay(day: string): boolean {
	const time = Date.parse(`${day}T00:00:00Z`);
	return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}
