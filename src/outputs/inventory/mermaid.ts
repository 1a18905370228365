import { mermaidText } from '../graph/mermaid.ts';
import type { GroupPicture } from './group-picture.ts';

/** A mermaid flowchart: a round box a group, a box a host, an arrow from a group to what lies in it. */
export function inventoryMermaid({ groups, hosts }: GroupPicture): string {
	const groupIds = new Map([...groups.keys()].map((name, index) => [name, `g${index}`]));
	const hostIds = new Map(hosts.map((name, index) => [name, `h${index}`]));
	const arrows = [...groups].flatMap(([name, content]) =>
		[...content.groups.map(inner => groupIds.get(inner)), ...content.hosts.map(host => hostIds.get(host))]
			.filter(id => id !== undefined)
			.map(id => `  ${groupIds.get(name)} --> ${id}`),
	);
	return [
		'flowchart LR',
		...[...groupIds].map(([name, id]) => `  ${id}(["${mermaidText(name)}"])`),
		...[...hostIds].map(([name, id]) => `  ${id}["${mermaidText(name)}"]`),
		...arrows,
		'',
	].join('\n');
}
