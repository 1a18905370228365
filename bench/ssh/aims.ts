import { type Figure, summarise, timesOf } from './figures.ts';
import type { Work } from './options.ts';

/** What hsctl is to be held against, and how it stands. */
export interface Verdict {
	readonly aim: string;
	readonly measured: string;
	/** Absent: this benchmark did not measure it. */
	readonly held?: boolean;
}

/** All aims, measured or not, each with what was seen. */
export function judge(figures: readonly Figure[]): readonly Verdict[] {
	return [
		...speedAims.flatMap(aim => judgeSpeed(aim, figures)),
		...memoryAims.map(([hosts, mib]) => judgeMemory(hosts, mib, figures)),
		judgeGrowth(figures),
	];
}

/** One line each, a miss with by how much. */
export const shownVerdict = ({ aim, measured, held }: Verdict): string =>
	`${held === undefined ? 'not measured' : held ? 'held' : 'MISSED'}  ${aim}${measured === '' ? '' : `: ${measured}`}`;

const fleet = 50;
const rttMs = 50;

interface SpeedAim {
	readonly work: Work;
	readonly beside: 'floor' | 'ansible' | 'mitogen';
	/** At most so many times the floor's wall time, or at least so many times faster than a peer. */
	readonly times: number;
}

const speedAims: readonly SpeedAim[] = [
	{ work: 'W1', beside: 'floor', times: 1.5 },
	{ work: 'W4', beside: 'floor', times: 1.5 },
	{ work: 'W2', beside: 'floor', times: 2 },
	{ work: 'W3', beside: 'floor', times: 1.3 },
	{ work: 'W1', beside: 'ansible', times: 30 },
	{ work: 'W4', beside: 'ansible', times: 30 },
	{ work: 'W1', beside: 'mitogen', times: 10 },
	{ work: 'W4', beside: 'mitogen', times: 10 },
];

const memoryAims: readonly (readonly [hosts: number, mib: number])[] = [
	[50, 100],
	[500, 200],
];

function judgeSpeed({ work, beside, times }: SpeedAim, figures: readonly Figure[]): readonly Verdict[] {
	const isFloor = beside === 'floor';
	const aim = `${work}, ${fleet} hosts, ${rttMs} ms: ${isFloor ? `≤ ${times} × floor` : `≥ ${times} × faster than ${beside}`}`;
	const own = figures.filter(
		one => one.tool === 'hsctl' && one.work === work && one.hosts === fleet && one.rtt_ms === rttMs && one.code === 0,
	);
	const verdicts = [...Map.groupBy(own, ({ label }) => label)].flatMap(([label, runs]): readonly Verdict[] => {
		const ratio = timesOf(runs, figures, beside);
		if (ratio === undefined) return [];
		const seen = isFloor ? ratio : 1 / ratio;
		const held = isFloor ? seen <= times : seen >= times;
		const off = Math.round(Math.abs(seen / times - 1) * 100);
		const miss = held ? '' : `, ${off} % too ${isFloor ? 'much' : 'little'}`;
		return [{ aim: `${aim} (${label})`, measured: `${shown(seen)} ×${miss}`, held }];
	});
	return verdicts.length > 0 ? verdicts : [{ aim, measured: '' }];
}

function judgeMemory(hosts: number, mib: number, figures: readonly Figure[]): Verdict {
	const aim = `controller's memory at ${hosts} hosts ≤ ${mib} MiB`;
	const own = summarise(figures).filter(one => one.tool === 'hsctl' && one.hosts === hosts);
	const most = own.toSorted((a, b) => b.peak_mib - a.peak_mib)[0];
	if (most === undefined) return { aim, measured: '' };
	const held = most.peak_mib <= mib;
	const where = `${most.work}, ${most.label}, ${most.rtt_ms} ms`;
	const miss = held ? '' : `, ${Math.round(most.peak_mib - mib)} MiB too much`;
	return { aim, measured: `${Math.round(most.peak_mib)} MiB (${where})${miss}`, held };
}

/** Start-up is paid once, so it is what one more host costs that has to stay the same. */
function judgeGrowth(figures: readonly Figure[]): Verdict {
	const aim = `W1: one more host costs the same controller CPU however many there are (≤ ${growth} ×)`;
	const own = summarise(figures).filter(one => one.tool === 'hsctl' && one.work === 'W1');
	const [ofOneRtt] = [...Map.groupBy(own, one => one.rtt_ms).values()].filter(some => some.length >= 3);
	const [first, second, ...more] = ofOneRtt?.toSorted((a, b) => a.hosts - b.hosts) ?? [];
	const [before, last] = [more.at(-2) ?? second, more.at(-1)];
	if (first === undefined || second === undefined || before === undefined || last === undefined)
		return { aim, measured: '' };
	const early = (second.cpu_ms - first.cpu_ms) / (second.hosts - first.hosts);
	const late = (last.cpu_ms - before.cpu_ms) / (last.hosts - before.hosts);
	const held = late <= early * growth;
	return {
		aim,
		measured: `${shown(early)} ms a host from ${first.hosts} to ${second.hosts}, ${shown(late)} ms from ${before.hosts} to ${last.hosts}`,
		held,
	};
}

const growth = 1.5;

const shown = (number: number): string => number.toFixed(number < 10 ? 2 : 1);
