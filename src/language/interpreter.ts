/**
 * The words in front of a script's path. A `#!` line counts as the kernel reads it: the program and at most one argument
 * (execve(2)); `env -S` splits the rest. Without one it is `/bin/sh`. The script needs no execute bit and no exec mount.
 */
export function interpreterOf(script: Uint8Array): readonly string[] {
	if (script[0] !== hash || script[1] !== bang) return ['/bin/sh'];
	const end = script.indexOf(newline);
	const line = new TextDecoder().decode(script.subarray(2, end === -1 ? maxLine : Math.min(end, maxLine))).trim();
	const [, program, argument] = /^(\S+)(?:[ \t]+(.*))?$/.exec(line) ?? [];
	if (program === undefined) return ['/bin/sh'];
	return argument === undefined ? [program] : [program, ...argumentsOf(program, argument)];
}

/** `env -S` is split here, because busybox's env cannot do it; quotes and escapes are left to the one that knows them. */
function argumentsOf(program: string, argument: string): readonly string[] {
	const isSplit = program.endsWith('/env') && argument.startsWith('-S') && !/["'\\$#]/.test(argument);
	return isSplit
		? argument
				.slice(2)
				.split(/\s+/)
				.filter(word => word !== '')
		: [argument];
}

/** Longer `#!` lines are cut by the kernel (binfmt_script: 256 bytes). */
const maxLine = 256;
const [hash, bang, newline] = [0x23, 0x21, 0x0a];
