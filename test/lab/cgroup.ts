import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { end } from './processes.ts';

/** The control groups of version 2 and of version 1, and how each names a limit. */
const hierarchies = [
	{ root: '/sys/fs/cgroup', marker: 'cgroup.subtree_control', limits: { memory: 'memory.max', pids: 'pids.max' } },
	{ root: '/sys/fs/cgroup/memory', marker: 'tasks', limits: { memory: 'memory.limit_in_bytes' } },
	{ root: '/sys/fs/cgroup/pids', marker: 'tasks', limits: { pids: 'pids.max' } },
] as const;

/** A group of processes that may have so much and no more; gone when the test ends. */
export interface Cgroup {
	/** A process joins by writing its number, or `0` for itself, into this file. */
	readonly procs: string;
	add(pid: number): void;
}

let count = 0;

/** `undefined` where this machine lets nobody make one, as most containers do. */
export function cgroup(
	what: 'memory' | 'pids',
	limit: number,
	onTestFinished: (cleanUp: () => Promise<void>) => void,
): Cgroup | undefined {
	for (const { root, marker, limits } of hierarchies) {
		const file: string | undefined = what in limits ? { ...limits }[what as never] : undefined;
		if (file === undefined || !existsSync(join(root, marker))) continue;
		count += 1;
		const folder = join(root, `hsctl-test-${process.pid}-${count}`);
		try {
			mkdirSync(folder);
			onTestFinished(() => empty(folder));
			writeFileSync(join(folder, file), String(limit));
			const procs = join(folder, 'cgroup.procs');
			return { procs, add: pid => writeFileSync(procs, String(pid)) };
		} catch {
			// Read-only, or not ours: the next one.
		}
	}
	return undefined;
}

/** Whoever is still in it was started by the test. */
async function empty(folder: string): Promise<void> {
	for (;;) {
		const pids = readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean);
		for (const pid of pids) end(Number(pid));
		if (pids.length === 0) break;
		await pause(20);
	}
	rmdirSync(folder);
}
