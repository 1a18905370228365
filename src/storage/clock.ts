import { randomBytes } from 'node:crypto';
import type { Clock, Random } from '../ports/clock.ts';

/** The machine's time. */
export const systemClock: Clock = {
	now: () => new Date(),
	monotonicMs: () => performance.now(),
	after(ms, call) {
		const timer = setTimeout(call, ms);
		// A heartbeat must not keep a finished run alive.
		timer.unref();
		return () => clearTimeout(timer);
	},
};

export const systemRandom: Random = { hex: bytes => randomBytes(bytes).toString('hex') };
