import { setTimeout as pause } from 'node:timers/promises';
import type { NumberedEvent } from '../../../src/model/event.ts';
import { liveSink } from '../../../src/outputs/tui/live.tsx';
import type { Clock } from '../../../src/ports/clock.ts';
import { systemClock } from '../../../src/storage/clock.ts';
import { runOf } from '../samples.ts';

/**
 * demo HOSTS hold|finish [MS]: replays a made-up run on the live screen, MS milliseconds an event.
 * `hold` stops in the middle, until the third Ctrl-C; `finish` plays to the end.
 */
const [hosts = '10', mode = 'hold', ms = '0'] = process.argv.slice(2);
const amount = Number(hosts);

const clock: Clock = {
	...systemClock,
	after(delay, call) {
		const timer = setTimeout(call, delay);
		return () => clearTimeout(timer);
	},
};

let presses = 0;
let release = (): void => {};
const released = new Promise<void>(resolve => {
	release = resolve;
});

const sink = liveSink({
	stdin: process.stdin,
	stdout: process.stdout,
	look: { columns: 120, color: process.env.NO_COLOR === undefined, unicode: true },
	clock,
	onInterrupt() {
		presses += 1;
		if (presses === 3) release();
	},
});

const middle = {
	finished: Math.floor(amount / 3),
	waiting: Math.floor(amount / 3),
	failing: amount === 1 ? [] : [1],
	unreachable: amount > 5 ? [2] : [],
};
const shape = mode === 'hold' ? middle : { failing: [amount - 1], unreachable: amount > 5 ? [2] : [] };

for (const event of runOf(amount, shape)) {
	await sink.take({ ...event, at: clock.now().toISOString() } satisfies NumberedEvent);
	if (Number(ms) > 0) await pause(Number(ms));
}
if (mode === 'hold') await released;
else await pause(150);
await sink.close();
