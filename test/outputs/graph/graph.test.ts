import { expect, it } from 'vitest';
import { asUnitAddress } from '../../../src/model/brand.ts';
import { dotGraph } from '../../../src/outputs/graph/dot.ts';
import type { GraphNode } from '../../../src/outputs/graph/graph-node.ts';
import { mermaidGraph } from '../../../src/outputs/graph/mermaid.ts';

const nodes: readonly GraphNode[] = [
	{ address: asUnitAddress('hotfix.end'), needs: [], phase: 'hotfixes', decision: 'run' },
	{
		address: asUnitAddress('module.a"b\\'),
		needs: [asUnitAddress('hotfix.end'), asUnitAddress('hotfix.not_selected')],
		phase: 'modules',
		decision: 'skip',
	},
];

it("mermaid numbers its boxes and writes names as labels without mermaid's own characters", () => {
	expect(mermaidGraph(nodes)).toMatchInlineSnapshot(`
		"flowchart TD
		  subgraph hotfixes_phase ["hotfixes"]
		    n0["hotfix.end<br/>run"]:::work
		  end
		  subgraph modules_phase ["modules"]
		    n1["module.a#34;b#92;<br/>skip"]:::calm
		  end
		  n0 --> n1
		  classDef work stroke-width:3px
		  classDef calm stroke-dasharray:2 2
		  classDef care stroke:#c00,stroke-width:3px
		"
	`);
});

it('dot quotes names and leaves out what is not in the picture', () => {
	expect(dotGraph(nodes)).toMatchInlineSnapshot(`
		"digraph hsctl {
		  rankdir=LR;
		  node [shape=box];
		  subgraph "cluster_hotfixes" {
		    label="hotfixes";
		    "hotfix.end" [label="hotfix.end\\nrun"];
		  }
		  subgraph "cluster_modules" {
		    label="modules";
		    "module.a\\"b\\\\" [label="module.a\\"b\\\\\\nskip"];
		  }
		  "hotfix.end" -> "module.a\\"b\\\\";
		}
		"
	`);
});
