import { Document, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { fail, type Result } from '../../model/result.ts';
import { formatYaml } from '../format.ts';
import type { DraftGroup, DraftHost, DraftSettings, InventoryDraft } from './draft.ts';
import { problemOf } from './problem.ts';

/** The draft as a file, as `hsctl fmt` would leave it. Fails where the file would be larger than one that can be read. */
export function writeInventory({ groups, comments }: InventoryDraft): Result<string> {
	const document = new Document();
	const entries = groups.map(group => entry(group.name, groupMap(group), group.comments));
	document.contents = mapOf([entry('groups', mapOf(entries))]);
	if (comments.length > 0) document.commentBefore = commentText(comments);
	const text = document.toString({ indent: 2, lineWidth: 0, flowCollectionPadding: true });
	const formatted = formatYaml(new TextEncoder().encode(text), 'the inventory that was made');
	if (formatted.ok) return formatted;
	const because = formatted.error[0]?.message ?? 'it cannot be read again';
	return fail([problemOf('HS1002', because, 'import a part of the hosts at a time')]);
}

type Entry = Pair<Scalar<string>, Scalar | YAMLMap | YAMLSeq>;

function entry(key: string, value: Scalar | YAMLMap | YAMLSeq, comments: readonly string[] = []): Entry {
	const name = textScalar(key);
	if (comments.length > 0) name.commentBefore = commentText(comments);
	return new Pair(name, value);
}

/** One line each, whatever is in them. */
const commentText = (comments: readonly string[]): string =>
	comments.map(comment => ` ${comment.replace(/[\p{C}\u2028\u2029]/gu, '?').slice(0, 300)}`).join('\n');

function mapOf(entries: readonly Entry[], isFlow = entries.length === 0): YAMLMap {
	const map = new YAMLMap<Scalar<string>, Scalar | YAMLMap | YAMLSeq>();
	for (const one of entries) map.items.push(one);
	map.flow = isFlow;
	return map;
}

function listOf(names: readonly string[]): YAMLSeq {
	const list = new YAMLSeq<Scalar<string>>();
	for (const name of names) list.items.push(textScalar(name));
	list.flow = true;
	return list;
}

/** In quotes where YAML, now or in an older version, would take it for something else than text. */
function textScalar(text: string): Scalar<string> {
	const scalar = new Scalar(text);
	if (/^(?:y|n|yes|no|on|off|true|false|null|~|)$/i.test(text) || /^[-+.]?[0-9]/.test(text))
		scalar.type = Scalar.QUOTE_DOUBLE;
	return scalar;
}

function groupMap(group: DraftGroup): YAMLMap {
	const hosts = group.hosts.map(host => entry(host.name, hostMap(host), host.comments));
	return mapOf([
		...settings(group),
		...(hosts.length === 0 ? [] : [entry('hosts', mapOf(hosts))]),
		...(group.groups.length === 0 ? [] : [entry('groups', listOf(group.groups))]),
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
