/** What `hs_look_bounded` and its filters print. */
export interface BoundedOutput {
	/** Without newlines at its end. */
	readonly output: string;
	/** `undefined`: the look itself was cut off, so that nobody knows. */
	readonly exit: number | 'timeout' | undefined;
}

export function readBounded(printed: string): BoundedOutput {
	const [, output = printed, exit] = /^([\s\S]*?)\n*(?:^|\n)exit (\d{1,3}|timeout)(?: cut)?$/.exec(printed) ?? [];
	if (exit === undefined) return { output, exit };
	return { output, exit: exit === 'timeout' ? exit : Number(exit) };
}

/** Why an exit tells nothing usable, as the end of a clause; `undefined` when the program ended by itself with 0 to 125. */
export function brokenExit(exit: BoundedOutput['exit'], seconds: number): string | undefined {
	if (exit === undefined) return 'ended nobody knows how';
	if (exit === 'timeout') return `did not end within ${seconds} s`;
	// POSIX: 126 and 127 are the shell's word on what could not be started, above 128 a signal ended it.
	if (exit > 128) return `was ended by signal ${exit - 128}`;
	if (exit > 125) return `could not be run (exit ${exit})`;
	return undefined;
}
