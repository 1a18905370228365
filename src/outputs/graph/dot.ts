import { visibleLine } from '../visible.ts';
import { byPhase, type GraphNode } from './graph-node.ts';

/** A Graphviz digraph: a box a unit, a cluster a phase, an arrow from what is needed to what needs it. */
export function dotGraph(nodes: readonly GraphNode[]): string {
	const known = new Set(nodes.map(({ address }) => address));
	const clusters = byPhase(nodes).flatMap(([phase, members]) => [
		`  subgraph ${dotText(`cluster_${phase}`)} {`,
		`    label=${dotText(phase)};`,
		...members.map(node => `    ${dotText(node.address)}${label(node)};`),
		'  }',
	]);
	const arrows = nodes.flatMap(({ address, needs }) =>
		needs.filter(need => known.has(need)).map(need => `  ${dotText(need)} -> ${dotText(address)};`),
	);
	return ['digraph hsctl {', '  rankdir=LR;', '  node [shape=box];', ...clusters, ...arrows, '}', ''].join('\n');
}

const label = ({ address, decision }: GraphNode): string =>
	decision === undefined ? '' : ` [label=${dotText(address, `\\n${decision}`)}]`;

/** A quoted id: a backslash would start one of dot's own escapes. `after` is dot text already. */
export const dotText = (text: string, after = ''): string =>
	`"${visibleLine(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}${after}"`;
