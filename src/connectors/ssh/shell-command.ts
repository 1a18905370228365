import type { Become } from '../../model/unit.ts';
import { becomeWords } from '../become.ts';

/**
 * The line that a login shell gets, whichever it is: sh, csh and fish read it alike, because there is nothing in it but words,
 * one pair of single quotes, and neither `!` nor a newline. `exec` leaves no login shell behind that could add words of its own.
 */
export function shellCommand({ become, prompt, marker, script }: WantedShell): string {
	const words = prompt === undefined ? (becomeWords[become] ?? []) : ['sudo', '-S', '-p', prompt, '--'];
	// The marker is where our output begins: what the login shell and its profiles print before it is not ours.
	const inner =
		script === undefined
			? `printf %s ${marker}; exec /bin/sh -s`
			: `printf %s ${marker}; eval "$(printf %b "${octal(script)}")"`;
	return ['exec', ...words, '/bin/sh', '-c', `'${inner}'`].join(' ');
}

export interface WantedShell {
	readonly become: Become;
	/** With it sudo asks, by these words, and takes the answer from stdin. */
	readonly prompt?: string;
	/** Letters and digits. */
	readonly marker: string;
	/** Shell text to run while stdin is for its data; absent: the program comes on stdin. */
	readonly script?: string;
}

/** Any bytes as characters that mean the same to every shell. */
const octal = (text: string): string =>
	Array.from(Buffer.from(text, 'utf8'), byte => `\\0${byte.toString(8).padStart(3, '0')}`).join('');

/** What came instead of our shell. */
export interface NoShell {
	readonly become: Become;
	readonly code: number | null;
	readonly said: string;
}

/** Why there is no shell for us there, as one clause. */
export function whyNoShell({ become, code, said }: NoShell): string {
	const answer =
		said
			.trim()
			.split('\n')
			.map(line => line.trim())
			.filter(line => line !== '')
			.at(-1) ?? '';
	const shown = visible(answer).slice(0, 160);
	if (/must have a tty|terminal is required/i.test(said) && !/password/i.test(said))
		return `${become} on the host wants a terminal (${shown}): switch requiretty off for this user`;
	if (become !== 'none' && new RegExp(`\\b${become}(ers)?\\b`, 'i').test(answer))
		return whyNotBecomeThere(become, said, shown);
	const how = code === null ? '' : ` and exit code ${code}`;
	const answered = shown === '' ? `nothing${how}` : `“${shown}”${how}`;
	return `the host did not start /bin/sh but answered ${answered}: its login shell or a forced command does not let us`;
}

function whyNotBecomeThere(become: Become, said: string, shown: string): string {
	return wantsPassword(said)
		? `${become} does not let us in without a password (${shown})`
		: `${become} does not let us in (${shown})`;
}

/** Does sudo or doas say that a password would help? */
export const wantsPassword = (said: string): boolean =>
	/password is required|password required|authentication (is )?required|interactive authentication/i.test(said);

/** Text from a host, without what a terminal would obey. */
export const visible = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
