import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { has } from './host.ts';
import { PoolHost, poolUnit } from './pool-rig.ts';

/** What a run with one pool costs its host; sleeping between two looks is a matter of how long things take, and is not counted. */
interface Cost {
	readonly forks: number;
	readonly programs: number;
	/** Times that the disk was waited for. */
	readonly syncs: number;
	/** Files and folders forced to it. */
	readonly fsyncs: number;
}

async function costOf(count: number, isUndone: boolean): Promise<Cost> {
	using host = new PoolHost('dash', { inside: ['sh', '-c', traced, 'strace'] });
	const traces = join(host.folder, 'traces');
	mkdirSync(traces);
	const files = Array.from({ length: count }, (_, index) => ({
		dest: host.at(`f${index}`),
		old: 'old\n',
		wanted: 'new\n',
	}));
	host.prepare(files);
	await host.work('R1', [poolUnit({ files, activate: ['true'], ...(isUndone ? { check: ['false'] } : {}) })]);
	expect(host.verdict('R1')).toBe(isUndone ? 'rolled_back check' : 'changed exit');
	const calls = readdirSync(traces).flatMap(name => readFileSync(join(traces, name), 'latin1').split('\n'));
	const number = (call: RegExp) => calls.filter(line => call.test(line)).length;
	const sleeps = number(/^execve\("[^"]*\/sleep".* = 0$/);
	return {
		forks: number(/^(clone|clone3|fork|vfork)\(.* = \d+$/) - sleeps,
		programs: number(/^execve\(.* = 0$/) - sleeps,
		syncs: number(/^execve\("[^"]*\/sync".* = 0$/),
		fsyncs: number(/^(fsync|fdatasync)\(/),
	};
}

/** A file for each process. */
const traced =
	'exec strace -ff --seccomp-bpf -qq -o "${HSCTL_STATE%/*}/traces/t" -e trace=clone,clone3,fork,vfork,execve,fsync,fdatasync "$@"';

describe.skipIf(!has('strace'))('what a pool costs a host (needs strace)', { concurrent: true }, () => {
	// The run itself is in it: its record, the start of the job, its receipt.
	const rows = [
		{
			isUndone: false,
			one: { forks: 72, programs: 70, syncs: 10, fsyncs: 56 },
			each: { forks: 4, programs: 4, fsyncs: 3 },
		},
		{
			isUndone: true,
			one: { forks: 82, programs: 80, syncs: 12, fsyncs: 60 },
			each: { forks: 6, programs: 6, fsyncs: 3 },
		},
	];
	it.for(rows)('a run with one file, and each further file: %o', async ({ isUndone, one, each }) => {
		const [few, many] = [await costOf(1, isUndone), await costOf(11, isUndone)];
		expect(few.forks).toBeLessThanOrEqual(one.forks);
		expect(few.programs).toBeLessThanOrEqual(one.programs);
		expect([few.syncs, many.syncs]).toEqual([one.syncs, one.syncs]);
		expect(few.fsyncs).toBeLessThanOrEqual(one.fsyncs);
		expect((many.forks - few.forks) / 10).toBeLessThan(each.forks + 0.5);
		expect((many.programs - few.programs) / 10).toBeLessThan(each.programs + 0.5);
		expect((many.fsyncs - few.fsyncs) / 10).toBeLessThan(each.fsyncs + 0.5);
	});
});
