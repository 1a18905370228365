const unitsInMs: ReadonlyMap<string | undefined, number> = new Map([
	['ms', 1],
	['s', 1_000],
	['m', 60_000],
	['h', 3_600_000],
	['d', 86_400_000],
]);

/** Longer than anything here can wait for: what is written beyond is a slip of the keys. */
const longestMs = 366 * 86_400_000;

/** `300s`, `5m`, `24h`, `7d`, `500ms` → milliseconds; `undefined` when the text is no duration or longer than a year. */
export function parseDuration(text: string): number | undefined {
	const [, amount, unit] = /^([0-9]{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
	const unitMs = unitsInMs.get(unit);
	if (unitMs === undefined) return undefined;
	const ms = Number(amount) * unitMs;
	return ms <= longestMs ? ms : undefined;
}
