import { randomBytes } from 'node:crypto';
import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import type { Clock, Random } from '../ports/clock.ts';

/** The machine's time. */
export const systemClock: Clock = {
	now: () => new Date(),
	monotonicMs: () => performance.now(),
	after(ms, call) {
		const timer = setTimeout(call, ms);
		return () => clearTimeout(timer);
	},
	async pause(ms, signal) {
		// Whoever ends it early wants no error for it.
		await setTimeoutPromise(ms, undefined, { signal }).catch(() => {});
	},
};

export const systemRandom: Random = { hex: bytes => randomBytes(bytes).toString('hex') };
