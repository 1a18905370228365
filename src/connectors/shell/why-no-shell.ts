import type { Become } from '../../model/unit.ts';
import { noTerminal } from './start-words.ts';
import { visible } from './visible.ts';

/** What came instead of our shell. */
export interface NoShell {
	readonly become: Become;
	readonly code: number | null;
	readonly said: string;
}

/** Why there is no shell for us there, as one clause. */
export function whyNoShell({ become, code, said }: NoShell): string {
	if (said.includes(noTerminal))
		return 'doas takes a password from a terminal only, and the host has no script program of util-linux to make one: install it, or give doas nopass';
	const answer =
		said
			.trim()
			.split('\n')
			.map(line => line.trim())
			.filter(line => line !== '')
			.at(-1) ?? '';
	const shown = visible(answer).slice(0, 160);
	if (
		become !== 'none' &&
		/must have a tty|terminal is required|from a terminal/i.test(said) &&
		!/password/i.test(said)
	)
		return `${become} on the host wants a terminal (${shown}): ${become === 'sudo' ? 'switch requiretty off for this user' : 'use sudo'}`;
	if (become !== 'none' && new RegExp(`\\b${become}(ers)?\\b`, 'i').test(answer))
		return wantsPassword(said)
			? `${become} does not let us in without a password (${shown})`
			: `${become} does not let us in (${shown})`;
	const how = code === null ? '' : ` and exit code ${code}`;
	const answered = shown === '' ? `nothing${how}` : `“${shown}”${how}`;
	return `the host did not start /bin/sh but answered ${answered}: its login shell or a forced command does not let us`;
}

/** Does sudo or doas say that a password would help? */
export const wantsPassword = (said: string): boolean =>
	/password is required|password required|authentication (is )?required|interactive authentication/i.test(said);

/** Does what came say that the password was wrong? */
export const saysWrong = (said: string): boolean =>
	/incorrect password|sorry, try again|authentication (failed|failure)/i.test(said);
