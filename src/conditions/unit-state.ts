import { sh } from '../model/command.ts';
import { brokenExit, readBounded } from './bounded-output.ts';
import type { ConditionType } from './condition-type.ts';
import { claim, verdict } from './verdict.ts';

export type UnitState =
	| { readonly kind: 'known'; readonly active: string }
	| { readonly kind: 'absent' }
	| { readonly kind: 'unreadable'; readonly because: string };

/** The ActiveState of a systemd unit. A masked unit is there, and `inactive`. */
export const unitState: ConditionType<'unit_state', UnitState> = {
	kind: 'unit_state',
	fact: ({ unit }) => `unit_state ${unit}`,
	rule: ({ state }) => `is ${state.join(' or ')}`,
	probe: ({ unit }) => ({ look: sh`hs_look_unit ${unit} /run/systemd/system`, parse: readUnit }),
	judge({ unit, state }, found) {
		if (found.kind === 'absent') return verdict('missing', 'absent', `systemd knows no unit ${unit}`);
		if (found.kind === 'unreadable') {
			return verdict('unreadable', 'unreadable', `the state of ${unit} cannot be told: ${found.because}`);
		}
		const fits = state.includes(found.active);
		return claim(fits, found.active, `${unit} is ${found.active}${fits ? '' : `, not ${state.join(' or ')}`}`);
	},
};

function readUnit(printed: string): UnitState {
	if (printed === 'no systemd') return { kind: 'unreadable', because: 'this host has no systemd' };
	const { output, exit } = readBounded(printed);
	const broken = brokenExit(exit, 10);
	if (broken !== undefined) return { kind: 'unreadable', because: `systemctl ${broken}` };
	if (exit !== 0)
		return { kind: 'unreadable', because: `systemctl ended with ${exit}: ${output.split('\n')[0] ?? ''}` };
	const active = /^ActiveState=([a-z-]+)$/m.exec(output)?.[1];
	if (/^LoadState=not-found$/m.test(output)) return { kind: 'absent' };
	return active === undefined
		? { kind: 'unreadable', because: 'systemctl tells no ActiveState' }
		: { kind: 'known', active };
}
