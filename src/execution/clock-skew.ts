/** By our clock, in milliseconds since 1970: when a question went out and when its answer was here. */
export interface Exchange {
	readonly sentMs: number;
	readonly receivedMs: number;
}

/**
 * How far a host's clock is away from ours, in milliseconds, at the least: positive when it is ahead, 0 when its word lies between
 * our question and its answer. `said`: what `date +%s` printed there. `undefined`: it said no time.
 */
export function clockSkew(said: string, { sentMs, receivedMs }: Exchange): number | undefined {
	if (!/^-?\d{1,12}$/.test(said)) return undefined;
	const [earliest, latest] = [Number(said) * 1000, Number(said) * 1000 + 999];
	if (earliest > receivedMs) return earliest - receivedMs;
	return latest < sentMs ? latest - sentMs : 0;
}
