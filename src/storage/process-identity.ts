import { readFileSync } from 'node:fs';

/** Who this process is, so that nobody takes a later process with the same number for it: number, start time, boot. */
export const processIdentity = (): string => identityOf(process.pid) ?? `${process.pid} unknown unknown`;

/** Is the process with this identity still there? A number that now belongs to another process does not count. */
export function isRunning(identity: string): boolean {
	const pid = Number(identity.split(' ')[0]);
	return Number.isInteger(pid) && identityOf(pid) === identity;
}

/** proc(5): the start time is field 22 of stat, counted behind the command's closing bracket; state Z is a dead process. */
function identityOf(pid: number): string | undefined {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
		return `${pid} ${fields[19]} ${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`;
	} catch {
		return undefined;
	}
}
