import type { Measured } from './measure.ts';
import type { ToolName, Work } from './options.ts';

/** One run, with what the hosts saw of it. */
export interface Figure extends Omit<Measured, 'said'> {
	readonly hosts: number;
	readonly rtt_ms: number;
	readonly work: Work;
	readonly tool: ToolName;
	/** Tells runs of one tool and work apart: `hsctl plan`, `hsctl apply`. */
	readonly label: string;
	readonly round: number;
	readonly connections: number;
	readonly sessions: number;
	/** CPU time of all sshd and what they started, and of the proxy. */
	readonly hosts_cpu_ms: number;
	readonly proxy_cpu_ms: number;
}

/** All rounds of one label. */
export interface Summary {
	readonly hosts: number;
	readonly rtt_ms: number;
	readonly work: Work;
	readonly tool: ToolName;
	readonly label: string;
	readonly rounds: number;
	readonly wall_ms: { readonly median: number; readonly min: number; readonly max: number };
	readonly cpu_ms: number;
	readonly peak_mib: number;
	readonly connections: number;
	readonly sessions: number;
	readonly hosts_cpu_ms: number;
	readonly proxy_cpu_ms: number;
	/** Wall time as a multiple of the floor's in the same round, median; absent without the floor. */
	readonly times_floor?: number;
}

/** Runs that ended well, put together; those that did not are no figures. */
export function summarise(figures: readonly Figure[]): readonly Summary[] {
	const groups = Map.groupBy(
		figures.filter(({ code }) => code === 0),
		({ hosts, rtt_ms, work, label }) => JSON.stringify([hosts, rtt_ms, work, label]),
	);
	return [...groups.values()].flatMap(group => {
		const [first] = group;
		if (first === undefined) return [];
		const { hosts, rtt_ms, work, tool, label } = first;
		const walls = group.map(({ wall_ms }) => wall_ms);
		const ratio = timesOf(group, figures, 'floor');
		return {
			hosts,
			rtt_ms,
			work,
			tool,
			label,
			rounds: group.length,
			wall_ms: { median: median(walls), min: Math.min(...walls), max: Math.max(...walls) },
			cpu_ms: median(group.map(({ cpu_ms }) => cpu_ms)),
			peak_mib: median(group.map(({ peak_mib }) => peak_mib)),
			connections: median(group.map(({ connections }) => connections)),
			sessions: median(group.map(({ sessions }) => sessions)),
			hosts_cpu_ms: median(group.map(({ hosts_cpu_ms }) => hosts_cpu_ms)),
			proxy_cpu_ms: median(group.map(({ proxy_cpu_ms }) => proxy_cpu_ms)),
			...(ratio === undefined ? {} : { times_floor: ratio }),
		};
	});
}

/** Wall times of these runs as multiples of another label's in the same round, site and work: the machine's mood divides out. */
export function timesOf(runs: readonly Figure[], all: readonly Figure[], other: string): number | undefined {
	const ratios = runs.flatMap(run => {
		const beside = all.find(
			one =>
				one.label === other &&
				one.code === 0 &&
				one.round === run.round &&
				one.work === run.work &&
				one.hosts === run.hosts &&
				one.rtt_ms === run.rtt_ms,
		);
		return beside === undefined || beside.wall_ms === 0 ? [] : [run.wall_ms / beside.wall_ms];
	});
	return ratios.length === 0 ? undefined : median(ratios);
}

export function median(numbers: readonly number[]): number {
	const sorted = numbers.toSorted((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	const upper = sorted[middle] ?? Number.NaN;
	return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
