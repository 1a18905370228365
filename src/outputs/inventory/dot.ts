import { dotText } from '../graph/dot.ts';
import type { GroupPicture } from './group-picture.ts';

/** A Graphviz digraph: an ellipse a group, a box a host, an arrow from a group to what lies in it. */
export function inventoryDot({ groups, hosts }: GroupPicture): string {
	const arrows = [...groups].flatMap(([name, content]) =>
		[...content.groups.filter(inner => groups.has(inner)), ...content.hosts].map(
			inner => `  ${dotText(name)} -> ${dotText(inner)};`,
		),
	);
	return [
		'digraph hsctl {',
		'  rankdir=LR;',
		...[...groups.keys()].map(name => `  ${dotText(name)} [shape=ellipse];`),
		...hosts.map(name => `  ${dotText(name)} [shape=box];`),
		...arrows,
		'}',
		'',
	].join('\n');
}
