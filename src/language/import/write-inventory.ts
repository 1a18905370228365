import { Scalar, type YAMLMap } from 'yaml';
import type { Result } from '../../model/result.ts';
import type { DraftGroup, DraftHost, DraftSettings, InventoryDraft } from './draft.ts';
import { type Entry, entry, listOf, mapOf, textScalar, writeYaml } from './yaml-parts.ts';

/** The draft as a file, as `hsctl fmt` would leave it. Fails where the file would be larger than one that can be read. */
export function writeInventory({ groups, comments }: InventoryDraft): Result<string> {
	const entries = groups.map(group => entry(group.name, groupMap(group), group.comments));
	return writeYaml(mapOf([entry('groups', mapOf(entries))]), comments, {
		what: 'the inventory that was made',
		cure: 'import a part of the hosts at a time',
	});
}

function groupMap(group: DraftGroup): YAMLMap {
	const hosts = group.hosts.map(host => entry(host.name, hostMap(host), host.comments));
	return mapOf([
		...settings(group),
		...(hosts.length === 0 ? [] : [entry('hosts', mapOf(hosts))]),
		...(group.groups.length === 0 ? [] : [entry('groups', listOf(group.groups.map(textScalar)))]),
		...vars(group),
	]);
}

/** A host without variables takes one line. */
const hostMap = (host: DraftHost): YAMLMap =>
	mapOf(
		[
			...(host.address === undefined ? [] : [entry('address', textScalar(host.address))]),
			...settings(host),
			...vars(host),
		],
		host.vars.size === 0,
	);

const settings = ({ port, user, connection, become }: DraftSettings): readonly Entry[] => [
	...(port === undefined ? [] : [entry('port', new Scalar(port))]),
	...(user === undefined ? [] : [entry('user', textScalar(user))]),
	...(connection === undefined ? [] : [entry('connection', textScalar(connection))]),
	...(become === undefined ? [] : [entry('become', textScalar(become))]),
];

const vars = ({ vars: named }: DraftSettings): readonly Entry[] =>
	named.size === 0 ? [] : [entry('vars', mapOf([...named].map(([name, value]) => entry(name, textScalar(value)))))];
