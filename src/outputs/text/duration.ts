/** A measured time for people: `0.3s`, `41s`, `4m12s`, `1h03m`. */
export function duration(ms: number): string {
	if (ms < 9950) return `${(Math.max(0, ms) / 1000).toFixed(1)}s`;
	return elapsed(ms);
}

/** The same in whole seconds, for times that still grow. */
export function elapsed(ms: number): string {
	const seconds = Math.round(Math.max(0, ms) / 1000);
	if (seconds < 60) return `${seconds}s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60) return `${minutes}m${two(seconds % 60)}s`;
	return `${Math.floor(minutes / 60)}h${two(minutes % 60)}m`;
}

/** A time that someone has written, as they would write it: `90s`, `5m`, `24h`. */
export function span(ms: number): string {
	const unit = writtenUnits.find(([, size]) => ms >= size && ms % size === 0);
	return unit === undefined ? `${ms}ms` : `${ms / unit[1]}${unit[0]}`;
}

const writtenUnits = [
	['d', 86_400_000],
	['h', 3_600_000],
	['m', 60_000],
	['s', 1000],
] as const;

const two = (count: number): string => String(count).padStart(2, '0');
