import type { Diagnostic } from '../model/diagnostic.ts';
import type { Playbook } from '../model/playbook.ts';
import type { Become } from '../model/unit.ts';
import type { SelectedHost } from './select.ts';

/** What this version refuses about who does the work: two users on one host. */
export const becomeProblems = (playbook: Playbook, selected: readonly SelectedHost[]): readonly Diagnostic[] =>
	selected.flatMap(({ host, units }) => {
		const wanted = [...new Set(units.map(unit => unit.become ?? host.become ?? playbook.become ?? 'none'))];
		return wanted.length > 1 ? [differs(host.name, wanted, units.find(unit => unit.become !== undefined)?.at)] : [];
	});

const differs = (host: string, wanted: readonly Become[], at: Diagnostic['at']): Diagnostic => ({
	severity: 'error',
	code: 'HS1604',
	message: `the units for ${host} want to become ${wanted.join(' and ')}; this version does all work of a host as one user`,
	...(at === undefined ? {} : { at }),
	hint: 'put `become` on the playbook, or split the playbook',
});
