import { Document, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { fail, type Result } from '../../model/result.ts';
import { formatYaml } from '../format.ts';
import { problemOf } from './problem.ts';

/** A value of a file that is made here. */
export type YamlValue = Scalar | YAMLMap | YAMLSeq;

export type Entry = Pair<Scalar<string>, YamlValue>;

/** A key and its value, with comments in front of it. */
export function entry(key: string, value: YamlValue, comments: readonly string[] = []): Entry {
	const name = textScalar(key);
	if (comments.length > 0) name.commentBefore = commentText(comments);
	return new Pair(name, value);
}

/** One line each, whatever is in them. */
export const commentText = (comments: readonly string[]): string =>
	comments.map(comment => ` ${comment.replace(/[\p{C}\u2028\u2029]/gu, '?').slice(0, 300)}`).join('\n');

export function mapOf(entries: readonly Entry[], isFlow = entries.length === 0): YAMLMap {
	const map = new YAMLMap<Scalar<string>, YamlValue>();
	for (const one of entries) map.items.push(one);
	map.flow = isFlow;
	return map;
}

export function listOf(items: readonly YamlValue[], isFlow = true): YAMLSeq {
	const list = new YAMLSeq<YamlValue>();
	for (const item of items) list.items.push(item);
	list.flow = isFlow;
	return list;
}

/** In quotes where YAML, now or in an older version, would take it for something else than text. */
export function textScalar(text: string): Scalar<string> {
	const scalar = new Scalar(text);
	if (/^(?:y|n|yes|no|on|off|true|false|null|~|)$/i.test(text) || /^[-+.]?[0-9]/.test(text))
		scalar.type = Scalar.QUOTE_DOUBLE;
	return scalar;
}

/**
 * The file, as `hsctl fmt` would leave it. Fails where it would be larger than one that can be read; `what` names it, `cure` says
 * what helps then.
 */
export function writeYaml(
	contents: YAMLMap,
	comments: readonly string[],
	{ what, cure }: { readonly what: string; readonly cure: string },
): Result<string> {
	const document = new Document();
	document.contents = contents;
	if (comments.length > 0) document.commentBefore = commentText(comments);
	const text = document.toString({ indent: 2, lineWidth: 0, flowCollectionPadding: true });
	const formatted = formatYaml(new TextEncoder().encode(text), what);
	if (formatted.ok) return formatted;
	const because = formatted.error[0]?.message ?? 'it cannot be read again';
	return fail([problemOf('HS1002', because, cure)]);
}
