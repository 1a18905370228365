import type { Summary } from './figures.ts';

/** The rows of one work at one site, the quickest first. */
export function table(summaries: readonly Summary[]): string {
	const rows = summaries
		.toSorted((a, b) => a.wall_ms.median - b.wall_ms.median)
		.map(({ label, wall_ms: wall, times_floor: times, cpu_ms, peak_mib, connections, sessions, rounds }) => [
			label,
			String(Math.round(wall.median)),
			rounds === 1 ? '' : `${wall.min}–${wall.max}`,
			times === undefined ? '' : times.toFixed(2),
			String(Math.round(cpu_ms)),
			peak_mib.toFixed(0),
			String(connections),
			String(sessions),
		]);
	const all = [['', 'wall ms', 'min–max', '× floor', 'CPU ms', 'MiB', 'connections', 'sessions'], ...rows];
	const widths = all[0]?.map((_, column) => Math.max(...all.map(row => row[column]?.length ?? 0))) ?? [];
	return all
		.map(row =>
			row
				.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
				.join('  '),
		)
		.join('\n');
}
