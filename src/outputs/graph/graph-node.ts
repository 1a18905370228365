import type { UnitAddress } from '../../model/brand.ts';
import type { Decision } from '../../model/plan.ts';
import { type Phase, phases } from '../../model/unit.ts';

/** A unit in the picture; `decision` when the picture is of a plan. */
export interface GraphNode {
	readonly address: UnitAddress;
	readonly needs: readonly UnitAddress[];
	readonly phase: Phase;
	readonly decision?: Decision['kind'];
}

/** The nodes of each phase that has some, in the order of the phases. */
export const byPhase = (nodes: readonly GraphNode[]): readonly (readonly [Phase, readonly GraphNode[]])[] =>
	phases
		.map(phase => [phase, nodes.filter(node => node.phase === phase)] as const)
		.filter(([, members]) => members.length > 0);
