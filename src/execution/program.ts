import contactText from '../host/contact.sh';
import { Command, joinCommands, sh } from '../model/command.ts';
import type { ShellProgram } from '../ports/connection.ts';

/**
 * Makes a whole program of commands. The braces make the shell read all of it before it starts, so nothing in it can eat the
 * rest from stdin, and a program that was cut on the way is a syntax error instead of half the work.
 */
export function program(...commands: readonly Command[]): ShellProgram {
	return `{\n${joinCommands([contact, ...commands]).text}\nexit\n} </dev/null\n` as ShellProgram;
}

/** What every program of ours may use. */
export const contact: Command = Command.trusted(contactText);

/** Sets `HSCTL_STATE`; `given` is the inventory's `state_dir`. */
export const locateState = (given: string | undefined): Command => sh`hs_locate_state ${given ?? ''}`;
