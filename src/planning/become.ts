import type { Diagnostic } from '../model/diagnostic.ts';
import type { Playbook } from '../model/playbook.ts';
import type { Become } from '../model/unit.ts';
import type { SelectedHost } from './select.ts';

/** What this version refuses about who does the work: two users on one host, and `su`, which asks for a password. */
export const becomeProblems = (playbook: Playbook, selected: readonly SelectedHost[]): readonly Diagnostic[] =>
	selected.flatMap(({ host, units }) => {
		const byBecome = new Map(
			units.map(unit => [unit.become ?? host.become ?? playbook.become ?? 'none', unit] as const),
		);
		const wanted = [...byBecome.keys()];
		const su = byBecome.get('su');
		if (wanted.length > 1) return [differs(host.name, wanted, units.find(unit => unit.become !== undefined)?.at)];
		return su === undefined ? [] : [cannotSu(su.at)];
	});

const differs = (host: string, wanted: readonly Become[], at: Diagnostic['at']): Diagnostic => ({
	severity: 'error',
	code: 'HS1604',
	message: `the units for ${host} want to become ${wanted.join(' and ')}; this version does all work of a host as one user`,
	...(at === undefined ? {} : { at }),
	hint: 'put `become` on the playbook, or split the playbook',
});

const cannotSu = (at: Diagnostic['at']): Diagnostic => ({
	severity: 'error',
	code: 'HS1603',
	message: '`become: su` asks for a password, which this version cannot give yet',
	...(at === undefined ? {} : { at }),
	hint: 'use `become: sudo` with a rule that needs no password, or start hsctl as root',
});
