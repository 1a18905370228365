import { readdirSync, readFileSync } from 'node:fs';

/** What a process and everything below it use at this moment. */
export interface TreeUse {
	/** Sum of resident memory; pages that are shared count once for each process. */
	readonly rssBytes: number;
	/** Used so far by those that live, and by children that they have waited for. */
	readonly cpuMs: number;
}

/** The processes below one, itself left out. */
export function below(pid: number): readonly number[] {
	const children = namesIn(`/proc/${pid}/task`).flatMap(task =>
		textOf(`/proc/${pid}/task/${task}/children`)
			.split(' ')
			.flatMap(word => (word === '' ? [] : [Number(word)])),
	);
	return children.flatMap(child => [child, ...below(child)]);
}

export const usedBy = (pids: readonly number[]): TreeUse => ({
	rssBytes: pids.reduce((sum, pid) => sum + rssOf(pid), 0),
	cpuMs: pids.reduce((sum, pid) => sum + cpuOf(pid), 0),
});

/** User and system time of a process and of the children that it has waited for, in milliseconds (in steps of 10). */
export function cpuOf(pid: number): number {
	const stat = textOf(`/proc/${pid}/stat`);
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	// Fields 14 to 17 of proc(5), in ticks of a hundredth of a second.
	return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * 10, 0);
}

const rssOf = (pid: number): number => Number(textOf(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * pageBytes;

const pageBytes = 4096;

const namesIn = (path: string): readonly string[] => {
	try {
		return readdirSync(path);
	} catch {
		return [];
	}
};

function textOf(path: string): string {
	try {
		return readFileSync(path, 'latin1');
	} catch {
		// It has ended meanwhile.
		return '';
	}
}
