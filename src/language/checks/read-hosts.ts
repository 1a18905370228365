import type { Selection } from '../../model/selection.ts';
import type { Path } from '../parse.ts';
import type { CheckContext } from './context.ts';
import { notMadeOut } from './selections.ts';

/** What a unit runs on when neither it nor the playbook says so. */
const thisMachine: Selection = { kind: 'name', name: 'localhost' };

/** Parses `hosts:` and checks that its names exist and pick something. Absent: `fallback`. */
export function readHosts(
	text: string | undefined,
	path: Path,
	{ selections, report, parts }: CheckContext,
	fallback: Selection = thisMachine,
): Selection {
	if (text === undefined) return parts.mayHave(path.slice(0, -1), 'hosts') ? notMadeOut : fallback;
	const { selection, problems } = selections.judge(text);
	for (const problem of problems) report.add({ ...problem, path });
	return selection;
}
