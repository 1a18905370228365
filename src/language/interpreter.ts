/**
 * The words in front of a script's path. A `#!` line counts as the kernel reads it: the program and at most one argument
 * (execve(2)); `env -S` splits the rest. Without one it is `/bin/sh`. The script needs no execute bit and no exec mount.
 */
export function interpreterOf(script: Uint8Array): readonly string[] {
	if (script[0] !== hash || script[1] !== bang) return ['/bin/sh'];
	const end = script.indexOf(newline);
	const line = new TextDecoder().decode(script.subarray(2, end === -1 ? maxLine : Math.min(end, maxLine))).trim();
	const [program, argument] = splitOnce(line);
	if (program === undefined || program === '') return ['/bin/sh'];
	if (argument === undefined) return [program];
	if (program.endsWith('/env') && argument.startsWith('-S')) return [program, ...argument.slice(2).trim().split(/\s+/)];
	return [program, argument];
}

const splitOnce = (line: string): readonly (string | undefined)[] => {
	const match = /^(\S+)(?:[ \t]+(.*\S))?$/.exec(line);
	return [match?.[1], match?.[2]];
};

/** Longer `#!` lines are cut by the kernel (binfmt_script: 256 bytes). */
const maxLine = 256;
const [hash, bang, newline] = [0x23, 0x21, 0x0a];
