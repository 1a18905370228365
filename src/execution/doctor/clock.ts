import type { Check } from '../../model/health.ts';
import type { Readings } from './read.ts';

/** The host's clock against ours: positive when it is ahead. */
export interface Skew {
	readonly skewMs: number;
	/** The truth is at most so far away. */
	readonly uncertaintyMs: number;
}

/** The host's time lies somewhere between our sending and our receiving: its middle is held against the middle of those. */
export function measureSkew(
	clock: Readings['clock'],
	ours: { readonly sentMs: number; readonly receivedMs: number },
): Skew | undefined {
	if (clock === undefined) return undefined;
	const there = (clock.begunMs + clock.endedMs) / 2;
	const here = (ours.sentMs + ours.receivedMs) / 2;
	const onTheWay = Math.max(0, ours.receivedMs - ours.sentMs - (clock.endedMs - clock.begunMs));
	return { skewMs: Math.round(there - here), uncertaintyMs: Math.round(onTheWay / 2 + clock.grainMs) };
}

const mostMs = 5000;

export function judgeClock(skew: Skew | undefined): Check {
	if (skew === undefined)
		return { check: 'clock', result: 'warn', says: 'its clock tells nothing', cure: 'see what `date` says there' };
	const { skewMs, uncertaintyMs } = skew;
	const direction = skewMs < 0 ? 'behind' : 'ahead of';
	const says = `${Math.abs(skewMs)} ms ${direction} this machine's, give or take ${uncertaintyMs} ms`;
	if (Math.abs(skewMs) - uncertaintyMs <= mostMs) return { check: 'clock', result: 'ok', says };
	const cure = 'let both be set by a time service, such as `timedatectl set-ntp true`';
	return { check: 'clock', result: 'warn', says, cure };
}
