import type { PoolCommand } from './pool-work.ts';

/** A command of a pool as people read it: without the shell around a line, and with the word FILE for the file that it judges. */
export function shownCommand({ words, file }: PoolCommand): string {
	if (words[0] !== '/bin/sh' || words[1] !== '-c') return words.join(' ');
	const line = words[2] ?? '';
	return file === 0
		? line
		: line.replace(/^exec /, '').replaceAll(/'"\$HSCTL_FILE"'|"\$HSCTL_FILE"|\$\{HSCTL_FILE\}/g, 'FILE');
}
