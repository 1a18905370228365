const unitsInMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type DurationUnit = keyof typeof unitsInMs;

/** `300s`, `5m`, `24h`, `7d`, `500ms` → milliseconds; `undefined` when the text is no duration or larger than a year. */
export function parseDuration(text: string): number | undefined {
	const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
	if (match === null) return undefined;
	const ms = Number(match[1]) * unitsInMs[match[2] as DurationUnit];
	return ms <= 366 * unitsInMs.d ? ms : undefined;
}
