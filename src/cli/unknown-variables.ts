import { nearest } from '../language/suggest.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Playbook } from '../model/playbook.ts';
import type { FoundPlaybook } from './load.ts';
import { commandLineProblem } from './problem.ts';

/** Names given by `--set` that none of the playbooks has or asks for: a misspelt one would have no effect. */
export function unknownVariables(
	given: readonly string[],
	playbooks: readonly { readonly found: FoundPlaybook; readonly playbook: Playbook }[],
): readonly Diagnostic[] {
	const declared = new Set(
		playbooks.flatMap(({ playbook }) => [
			...playbook.vars.keys(),
			...[...playbook.inventory.hosts.values()].flatMap(host => [...host.vars.keys()]),
		]),
	);
	return given
		.filter(name => !declared.has(name) && !playbooks.some(({ found }) => asksFor(name, found)))
		.map(name => {
			const near = nearest(name, [...declared]);
			return commandLineProblem(
				'HS1206',
				`--set ${name}: the playbook has no variable of this name`,
				near === undefined ? 'see `vars` of the playbook and of its inventory' : `did you mean \`${near}\`?`,
			);
		});
}

/** A playbook may ask for a variable that only the command line gives. */
function asksFor(name: string, { path, repository }: FoundPlaybook): boolean {
	const read = repository.readFile(path, Number.MAX_SAFE_INTEGER);
	const references =
		read.kind === 'file' ? new TextDecoder().decode(read.bytes).matchAll(/\$\{\s*vars\.([\w.-]+)\s*\}/g) : [];
	return [...references].some(([, asked]) => asked === name);
}
