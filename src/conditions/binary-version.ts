import { sh } from '../model/command.ts';
import { describeBounds } from '../versions/compare.ts';
import { brokenExit, readBounded } from './bounded-output.ts';
import type { ConditionType } from './condition-type.ts';
import { judgeAbsence, type Presence, readPresence } from './presence.ts';
import { judgeVersion, verdict } from './verdict.ts';

/** A program that needs longer to tell its version is waiting for something: a terminal, a lock, a network. */
const seconds = 10;
const bytesRead = 4096;

/**
 * The version that a program prints of itself, on stdout or stderr, in the first of its first 4 KiB of lines that has one.
 * A name without a slash is looked up in PATH.
 */
export const binaryVersion: ConditionType<'binary_version', Presence> = {
	kind: 'binary_version',
	fact: ({ binary }) => `binary_version ${binary}`,
	rule: options => describeBounds(options, options.compare),
	probe: ({ binary, version_flag }) => ({
		look: sh`if hs_look_program ${binary}; then
hs_look_limit=${bytesRead}
hs_look_bounded ${seconds} "$hs_look_found" ${version_flag === '' ? [] : [version_flag]} | hs_look_keep_version
fi`,
		parse: readPresence,
	}),
	judge(options, presence) {
		if (presence.kind !== 'there') return judgeAbsence(presence, options.binary);
		const command = `${options.binary} ${options.version_flag}`.trimEnd();
		const { output, exit } = readBounded(presence.rest);
		if (exit !== 0) {
			const broken = brokenExit(exit, seconds) ?? `ended with ${exit}`;
			return verdict('unreadable', 'unreadable', `${command} ${broken}`);
		}
		const version = firstVersion(output);
		if (version === undefined) return verdict('unreadable', 'no version', `${command} prints no version`);
		return judgeVersion(options, version, options.compare, options.binary.replace(/^.*\//, ''));
	},
};

/** At least two numbers with a dot between them, and whatever clings: `2.29.2.windows.1`, `1.1.1f`, `9.2p1`, `6.8.0-45-generic`. */
const firstVersion = (line: string): string | undefined =>
	/(?<![\d.])\d+(?:\.\d+)+(?:[.+~_-]?[0-9A-Za-z]+)*/.exec(line)?.[0];
