import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import type { Playbook } from '../../model/playbook.ts';
import type { Phase, Unit } from '../../model/unit.ts';
import { dotGraph } from '../../outputs/graph/dot.ts';
import type { GraphNode } from '../../outputs/graph/graph-node.ts';
import { mermaidGraph } from '../../outputs/graph/mermaid.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { findPlaybooks, loadFound, readRequest } from '../load.ts';
import { commandLineProblem, refuse } from '../problem.ts';

export interface GraphOptions extends GlobalOptions {
	readonly format?: string;
}

const formats: Readonly<Record<string, (nodes: readonly GraphNode[]) => string>> = {
	mermaid: mermaidGraph,
	dot: dotGraph,
};

/** The picture of a playbook: which unit needs which. Offline. */
export async function graph(playbook: string, options: GraphOptions, context: CliContext): Promise<ExitCode> {
	const draw = formats[options.format ?? 'mermaid'];
	if (draw === undefined)
		return refuse(
			[commandLineProblem('HS1801', `there is no format \`${options.format}\``, 'formats are mermaid, dot')],
			context,
		);
	const found = await findPlaybooks([playbook], context);
	if (!found.ok) return refuse(found.error, context);
	for (const one of found.value) {
		const request = await readRequest(options, one.root, context);
		if (!request.ok) return refuse(request.error, context);
		const loaded = loadFound(one, request.value, context);
		if (!loaded.ok) return refuse(loaded.error, context);
		context.stdout.write(draw(nodesOf(loaded.value)));
	}
	return exitCodes.success;
}

function phaseOf(unit: Unit): Phase {
	switch (unit.kind) {
		case 'hotfix':
			return 'hotfixes';
		case 'pool':
			return 'pools';
		case 'unsupported':
			return phaseOfSection[unit.section] ?? 'hotfixes';
	}
}

const phaseOfSection: Readonly<Record<string, Phase>> = {
	modules: 'modules',
	patch: 'patch',
	reboot: 'reboot',
};

const nodesOf = ({ units }: Playbook): readonly GraphNode[] =>
	units.map(unit => ({
		address: unit.address,
		needs: unit.needs.map(need => need.unit),
		phase: phaseOf(unit),
	}));
