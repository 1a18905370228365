import type { Command } from './command.ts';

/** What a look printed; or why nobody has looked, in one clause: only where saved facts stand for the host. */
export type Print = string | { readonly unseen: string };

/**
 * A look at a host, as data: shell text and what to make of its print. No I/O here; all looks of a host travel together.
 *
 * `look` runs in a subshell of `/bin/sh` with `LC_ALL=C`, a fixed PATH, stdin and stderr closed, and the functions of
 * `host/looks.sh`. One that begins with `hs_look_here` runs in the shell of all looks. It writes nothing, prints the same for the same state (no times, no pids), and at most 64 KiB are kept.
 */
export interface Probe<State> {
	readonly look: Command;
	/** Never throws: what cannot be understood is a State of its own. NUL bytes and trailing newlines are already gone. */
	parse(printed: string): State;
}
