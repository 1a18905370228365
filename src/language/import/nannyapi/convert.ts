import { unreachable } from '../../../model/unreachable.ts';
import type { JsonDocuments } from '../json/json-documents.ts';
import type { PlaybookParts } from '../playbook/playbook-parts.ts';
import { readException } from './exceptions.ts';
import { RowHosts } from './hosts.ts';
import { type Row, rowsOf } from './rows.ts';
import { readSchedule } from './schedules.ts';

/** Exceptions and schedules of all files: of patches first, because a host has one schedule. */
export function convertNannyapi(documents: JsonDocuments['rows'], parts: PlaybookParts): void {
	const hosts = new RowHosts(parts);
	const rows = documents.flatMap(({ file, root }) => rowsOf(root, file, parts.notes));
	for (const row of rows) if (row.collection !== 'reboot_schedules') readRow(row, hosts, parts);
	for (const row of rows) if (row.collection === 'reboot_schedules') readRow(row, hosts, parts);
	for (const { fields } of rows) {
		for (const key of ['id', 'collectionId', 'collectionName', 'created', 'updated'])
			fields.leave(key, "is left out: it is the database's own");
		fields.rest();
	}
}

function readRow({ fields, collection }: Row, hosts: RowHosts, parts: PlaybookParts): void {
	switch (collection) {
		case 'package_exceptions':
			readException(fields, hosts, parts);
			break;
		case 'patch_schedules':
			readSchedule(fields, 'patch', hosts, parts);
			break;
		case 'reboot_schedules':
			readSchedule(fields, 'reboot', hosts, parts);
			break;
		case 'patch_operations':
		case 'reboot_operations':
			leaveRow(fields, 'is left out: it is history, and hsctl keeps its own');
			break;
		case 'scripts':
			leaveRow(fields, 'is left out: hsctl brings its own ways to patch');
			break;
		case 'lxc_os_map':
			leaveRow(fields, 'is left out: hsctl asks each host what it runs');
			break;
		case undefined:
			fields.heed(...fields.keys);
			fields.note('', 'is a row of no known kind, and is left out', 'see what it is, and write it by hand');
			break;
		default:
			unreachable(collection);
	}
}

function leaveRow(fields: Row['fields'], reason: string): void {
	fields.heed(...fields.keys);
	fields.note('', reason, undefined, 'harmless');
}
