import { readdirSync, readFileSync } from 'node:fs';

/** Everything that still runs and was started inside a lab: known by a word in its environment, or by its parents. */
export function processesOf(mark: string, roots: readonly number[]): readonly number[] {
	const found = new Set(roots);
	const all = readdirSync('/proc')
		.filter(name => /^\d+$/.test(name))
		.map(Number);
	for (const pid of all) if (environmentOf(pid).includes(mark)) found.add(pid);
	for (let before = -1; before !== found.size; ) {
		before = found.size;
		for (const pid of all) if (found.has(parentOf(pid))) found.add(pid);
	}
	found.delete(process.pid);
	return [...found];
}

export function end(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
	try {
		process.kill(pid, signal);
	} catch {
		// It is gone already.
	}
}

const environmentOf = (pid: number): string => read(`/proc/${pid}/environ`);

function parentOf(pid: number): number {
	const stat = read(`/proc/${pid}/stat`);
	return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}

function read(path: string): string {
	try {
		return readFileSync(path, 'latin1');
	} catch {
		return '';
	}
}
