import { spawnSync } from 'node:child_process';

/** Is the program on this machine? In CI everything is: there a missing one has to be seen. */
export const has = (program: string): boolean =>
	process.env.CI !== undefined || spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

/** What a host's /bin/sh may be, in words to start it. */
export const shells: readonly (readonly [name: string, words: readonly string[]])[] = [
	['sh', ['/bin/sh']],
	['busybox sh', ['busybox', 'sh']],
	['bash --posix', ['bash', '--posix']],
];
