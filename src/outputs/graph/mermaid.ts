import type { Decision } from '../../model/plan.ts';
import { visibleLine } from '../visible.ts';
import { byPhase, type GraphNode } from './graph-node.ts';

/** A mermaid flowchart: a box a unit, a frame a phase, an arrow from what is needed to what needs it. */
export function mermaidGraph(nodes: readonly GraphNode[]): string {
	// Addresses may hold words that mean something to mermaid (`end`), so boxes are numbered and addresses are labels.
	const ids = new Map(nodes.map(({ address }, index) => [address, `n${index}`]));
	const frames = byPhase(nodes).flatMap(([phase, members]) => [
		`  subgraph ${phase}_phase ["${phase}"]`,
		...members.map(node => `    ${ids.get(node.address)}["${label(node)}"]${shade(node)}`),
		'  end',
	]);
	const arrows = nodes.flatMap(({ address, needs }) =>
		needs.filter(need => ids.has(need)).map(need => `  ${ids.get(need)} --> ${ids.get(address)}`),
	);
	return ['flowchart TD', ...frames, ...arrows, ...classes(nodes), ''].join('\n');
}

const label = ({ address, decision }: GraphNode): string =>
	decision === undefined ? mermaidText(address) : `${mermaidText(address)}<br/>${decision}`;

/** Mermaid writes characters as `#code;` inside a quoted label. */
export const mermaidText = (value: string): string =>
	visibleLine(value).replace(/[#"<>&;`\\[\]{}()|]/g, character => `#${character.charCodeAt(0)};`);

const shade = ({ decision }: GraphNode): string => (decision === undefined ? '' : `:::${shades[decision]}`);

const shades: Readonly<Record<Decision['kind'], 'work' | 'calm' | 'care'>> = {
	run: 'work',
	skip: 'calm',
	done: 'calm',
	changed_since: 'care',
	ask: 'care',
	fail: 'care',
	unknown: 'care',
	conflict: 'care',
	blocked: 'care',
	refused: 'care',
};

const classes = (nodes: readonly GraphNode[]): readonly string[] =>
	nodes.some(({ decision }) => decision !== undefined)
		? [
				'  classDef work stroke-width:3px',
				'  classDef calm stroke-dasharray:2 2',
				'  classDef care stroke:#c00,stroke-width:3px',
			]
		: [];
