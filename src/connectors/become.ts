import type { Become } from '../model/unit.ts';

/** Words in front of `/bin/sh`. `-n`: fails instead of asking, because a prompt that nobody sees is a hang. */
export const becomeWords: Readonly<Partial<Record<Become, readonly string[]>>> = {
	sudo: ['sudo', '-n', '--'],
	doas: ['doas', '-n', '--'],
};

/** Why a first try did not let us in. `said`: what came back instead, on any stream. */
export function whyNotBecome(become: Become, said: string): string {
	const first = said.trim().split('\n')[0] ?? '';
	return `${become} does not let us in without a password (${first === '' ? 'it says nothing' : first})`;
}
