import { oneLine } from '../facts/one-line.ts';
import { type Command, sh } from '../model/command.ts';
import type { ConditionOptions } from '../model/condition.ts';
import { brokenExit, readBounded } from './bounded-output.ts';
import type { ConditionType } from './condition-type.ts';
import { judgeAbsence, type Presence, readPresence } from './presence.ts';
import { claim, verdict } from './verdict.ts';

type Options = ConditionOptions['command'];

/**
 * What a command of the playbook says by its exit code, and by its first line where `prints` asks for it. Only what is judged
 * is printed, so that a command may print the time of day. Missing when its first word is no program; shell text never is.
 */
export const command: ConditionType<'command', Presence> = {
	kind: 'command',
	fact: options => `command ${shown(options)}`,
	rule: options =>
		`exits with ${options.exit_codes.join(' or ')}${options.prints === undefined ? '' : ` and prints ${JSON.stringify(options.prints)}`}`,
	probe: options => ({ look: look(options), parse: readPresence }),
	judge(options, presence) {
		const subject = shown(options);
		if (presence.kind !== 'there') return judgeAbsence(presence, firstWord(options));
		const { output, exit } = readBounded(presence.rest);
		if (typeof exit !== 'number' || !options.exit_codes.includes(exit)) {
			const broken = brokenExit(exit, seconds(options));
			if (broken !== undefined) return verdict('unreadable', `exit ${exit ?? 'unknown'}`, `${subject} ${broken}`);
			return claim(false, `exit ${exit}`, `${subject} exits with ${exit}`);
		}
		if (options.prints === undefined) return claim(true, `exit ${exit}`, `${subject} exits with ${exit}`);
		const fits = output === options.prints;
		return claim(
			fits,
			JSON.stringify(output),
			`${subject} prints ${fits ? '' : 'something else, '}${JSON.stringify(output)}`,
		);
	},
};

function look(options: Options): Command {
	// With nothing to compare nothing needs to be kept: the exit code alone is printed.
	const limit = options.prints === undefined ? 0 : 4096;
	if (typeof options.run === 'string') {
		return sh`echo there
hs_look_limit=${limit}
hs_look_bounded_stdout ${seconds(options)} /bin/sh -c ${options.run} | hs_look_keep_first`;
	}
	return sh`if hs_look_program ${firstWord(options)}; then
hs_look_limit=${limit}
hs_look_bounded_stdout ${seconds(options)} "$hs_look_found" ${options.run.slice(1)} | hs_look_keep_first
fi`;
}

/** Whole seconds: `sleep` of POSIX knows no others. */
const seconds = ({ timeout_ms }: Options): number => Math.max(1, Math.ceil(timeout_ms / 1000));

const firstWord = ({ run }: Options): string => (typeof run === 'string' ? '/bin/sh' : (run[0] ?? ''));

const shown = ({ run }: Options): string => oneLine(typeof run === 'string' ? run : run.join(' '), 60);
