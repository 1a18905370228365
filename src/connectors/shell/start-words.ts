import type { Become } from '../../model/unit.ts';
import { unreachable } from '../../model/unreachable.ts';

export interface WantedShell {
	readonly become: Become;
	/** Letters, digits and `-`; where our output begins. */
	readonly marker: string;
	/** Present when a password is to be asked for: the words by which sudo asks, or behind which su and doas ask in theirs. */
	readonly nonce?: string;
	/** Shell text to run while stdin is for its data; absent: the program comes on stdin. */
	readonly script?: string;
	/** The words that start a shell, safe without quotes; absent: `/bin/sh`. */
	readonly shell?: readonly string[];
}

/**
 * The words that start a shell as the wanted user. What is in them can be seen by everybody on the host, so no secret ever is.
 * A word holds neither a single quote, `!` nor a newline: any login shell reads them alike.
 */
export function startWords({ become, marker, nonce, script, shell = ['/bin/sh'] }: WantedShell): readonly string[] {
	const rest = script === undefined ? `exec ${shell.join(' ')} -s` : `eval "$(printf %b "${octal(script)}")"`;
	const inner = `${print(marker)}; ${rest}`;
	switch (become) {
		case 'none':
			return [...shell, '-c', inner];
		case 'sudo':
			// `-n`: fails instead of asking, because a prompt that nobody sees is a hang.
			return [...(nonce === undefined ? ['sudo', '-n'] : ['sudo', '-S', '-p', nonce]), '--', ...shell, '-c', inner];
		case 'doas':
			return nonce === undefined
				? ['doas', '-n', '--', ...shell, '-c', inner]
				: ['/bin/sh', '-c', byDoas(nonce), 'sh', `unset HSCTL_START LC_ALL; ${tellSettled(nonce)}; ${inner}`];
		case 'su':
			return ['/bin/sh', '-c', bySu(nonce ?? ''), 'sh', `${rootsPlace}; ${inner}`];
		default:
			return unreachable(become);
	}
}

/** One line for a login shell. `exec` leaves none behind that could add words of its own. */
export const commandLine = (words: readonly string[]): string =>
	['exec', ...words.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`))].join(' ');

/** Comes by the terminal that was made for doas, behind all that doas has said there: from then on nothing more does. */
export const settledWord = (nonce: string): string => `SETTLED-${nonce.slice(nonce.indexOf('-') + 1)}`;

const tellSettled = (nonce: string): string =>
	`(${print(settledWord(nonce))} >/dev/tty) 2>/dev/null || ${print(settledWord(nonce))} >&2`;

/** In two halves: who only repeats what we say has not said it. */
const print = (word: string): string => {
	const half = Math.ceil(word.length / 2);
	return `printf %s%s ${word.slice(0, half)} ${word.slice(half)}`;
};

/** Any bytes as characters that mean the same to every shell. */
const octal = (text: string): string =>
	Array.from(Buffer.from(text, 'utf8'), byte => `\\0${byte.toString(8).padStart(3, '0')}`).join('');

/**
 * su asks in its own words, which are English here, on one of the two streams, and reads the answer from stdin. From our nonce to
 * our marker nobody but su speaks.
 */
const bySu = (nonce: string): string =>
	nonce === ''
		? 'exec su -s /bin/sh -c "$1" root'
		: `LC_ALL=C; export LC_ALL; ${print(nonce)}; ${print(nonce)} >&2; exec su -s /bin/sh -c "$1" root`;

/** su leaves the caller's surroundings as they are; root's own are as sudo would have them. */
const rootsPlace =
	'unset LC_ALL; USER=root LOGNAME=root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export USER LOGNAME PATH';

/** Told when the host has nothing that could make a terminal for doas. */
export const noTerminal = 'hsctl: no terminal for doas';

/**
 * doas asks on its terminal and nowhere else. `script` of util-linux makes one that serves for the question alone: doas and what
 * it starts keep the real streams. One line of stdin is the answer, handed on by words that are part of the shell, so that no
 * process ever has it among its arguments.
 */
const byDoas = (nonce: string): string =>
	[
		`case "$(command -v printf) $(script --version 2>/dev/null)" in "printf "*util-linux*) ;; *) echo "${noTerminal}" >&2; exit 1 ;; esac`,
		'exec 3<&0 4>&1 5>&2',
		'HSCTL_START=$1 SHELL=/bin/sh LC_ALL=C',
		'export HSCTL_START SHELL LC_ALL',
		`${print(nonce)} >&2`,
		'{ IFS= read -r answer <&3; printf "%s\\n" "$answer"; } | script -qec "exec doas -- /bin/sh -c \\"\\$HSCTL_START\\" <&3 >&4 2>&5 3<&- 4>&- 5>&-" /dev/null >&2',
	].join('; ');
