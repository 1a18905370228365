import { type Loaded, type LoadOptions, loadPlaybook } from '../../src/language/playbook.ts';
import { repoPath } from '../../src/model/brand.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type { Playbook } from '../../src/model/playbook.ts';
import type { Hotfix } from '../../src/model/unit.ts';
import { type MemoryEntry, memoryRepository } from '../fakes/memory-repository.ts';

/** A day in the middle of a year, for everything that has dates. */
export const today = new Date('2026-06-15T12:00:00Z');

/** Five hosts in nested groups. */
export const homeInventory = `inventory:
  groups:
    pve: { hosts: { pve1: { address: 10.0.0.11, user: root }, pve2: {} } }
    web: { hosts: { web1: { port: 2222 }, web2: {} }, vars: { health: /up } }
    lxc: { on: pve1, hosts: { dns: { vmid: 101 } } }
    home: { groups: [pve, web, lxc] }
`;

/** Loads a playbook from memory. The first two lines and `fix.sh` as a script are there already; a lock that pins nothing is not. */
export function load(
	body: string,
	files: Readonly<Record<string, MemoryEntry>> = {},
	options: Partial<LoadOptions> = {},
): Loaded {
	const text = `hsctl: 1\nname: home\n${body}`;
	return loadText(text, files, options);
}

/** Loads a playbook from memory, word for word. */
export function loadText(
	text: string,
	files: Readonly<Record<string, MemoryEntry>> = {},
	options: Partial<LoadOptions> = {},
): Loaded {
	const repository = memoryRepository({ 'fix.sh': 'exit 0\n', 'playbooks/p.yaml': text, ...files });
	return loadPlaybook(repoPath('playbooks/p.yaml'), repository, {
		set: new Map(),
		today,
		allowEmpty: false,
		...options,
	});
}

/** `HS1201 hotfix.gti_cve: there is no unit …`: code, what the caret is under, what it says. The missing lock file is no news. */
export const said = ({ diagnostics }: Loaded): readonly string[] =>
	diagnostics
		.filter(({ code }) => code !== 'HS1401')
		.map(problem => `${problem.code} ${underlined(problem)}: ${problem.message}`);

/** Only what each says to do. */
export const cures = ({ diagnostics }: Loaded): readonly (string | undefined)[] =>
	diagnostics.filter(({ code }) => code !== 'HS1401').map(problem => problem.hint);

/** The stretch of the first line that the problem points at. */
export function underlined({ at }: Diagnostic): string {
	if (at === undefined) return '(nowhere)';
	return at.sourceLine.slice(at.column - 1, at.endLine > at.line ? undefined : at.endColumn - 1);
}

/** The playbook, or an exception with everything that is wrong. */
export function loadedOrThrow(loaded: Loaded): Playbook {
	if (loaded.playbook === undefined) throw new Error(said(loaded).join('\n'));
	return loaded.playbook;
}

/** The one hotfix of a playbook whose section `hotfixes` has these lines (indented by four) under `fix`. */
export function hotfix(lines: string, files: Readonly<Record<string, MemoryEntry>> = {}): Hotfix {
	const loaded = load(`hotfixes:\n  fix:\n    script: fix.sh\n${lines}`, files);
	const unit = loadedOrThrow(loaded).units[0];
	if (unit?.kind !== 'hotfix') throw new Error('there is no hotfix');
	return unit;
}
