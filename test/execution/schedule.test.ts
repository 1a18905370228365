import { describe, expect, it } from 'vitest';
import { inParallel } from '../../src/execution/in-parallel.ts';
import { Interrupts } from '../../src/execution/interrupts.ts';
import { Schedule, type Work } from '../../src/execution/schedule.ts';
import { hostName } from '../../src/model/brand.ts';

const work = (name: string, stage = 0): Work => ({ host: hostName(name), stage });
const startAll = (schedule: Schedule): string[] => {
	const started: string[] = [];
	for (let piece = schedule.start(); piece !== undefined; piece = schedule.start()) started.push(piece.host);
	return started;
};

describe('the schedule', () => {
	it('starts as many as it may, and one more for each that ends', () => {
		const schedule = new Schedule(
			['a', 'b', 'c', 'd'].map(name => work(name)),
			2,
		);
		expect(startAll(schedule)).toEqual(['a', 'b']);
		schedule.end();
		expect(startAll(schedule)).toEqual(['c']);
		schedule.end();
		schedule.end();
		expect(schedule.isOver).toBe(false);
		expect(startAll(schedule)).toEqual(['d']);
		schedule.end();
		expect(schedule.isOver).toBe(true);
	});

	it('begins a stage when the one before is over on every host', () => {
		const schedule = new Schedule([work('a'), work('b'), work('a', 1), work('b', 2)], 9);
		expect(startAll(schedule)).toEqual(['a', 'b']);
		schedule.end();
		expect(startAll(schedule)).toEqual([]);
		schedule.end();
		expect(startAll(schedule)).toEqual(['a']);
		schedule.end();
		expect(startAll(schedule)).toEqual(['b']);
	});

	it('passes over stages that nobody has', () => {
		const schedule = new Schedule([work('a', 7)], 1);
		expect(startAll(schedule)).toEqual(['a']);
	});

	it('starts nothing new when it is stopped, and is over when what runs has ended', () => {
		const schedule = new Schedule([work('a'), work('b'), work('a', 1)], 1);
		startAll(schedule);
		schedule.stop();
		expect(schedule.isOver).toBe(false);
		schedule.end();
		expect([startAll(schedule), schedule.isOver]).toEqual([[], true]);
	});

	it('is over at once with nothing to do', () => {
		expect([new Schedule([], 5).isOver, new Schedule([], 5).start()]).toEqual([true, undefined]);
	});

	it('takes 400,000 pieces in little time and without recursion', () => {
		const pieces = Array.from({ length: 400_000 }, (_, index) => work('h', index % 4));
		const started = performance.now();
		const schedule = new Schedule(pieces, 50);
		let done = 0;
		while (!schedule.isOver) {
			if (schedule.start() === undefined) {
				schedule.end();
				done += 1;
			}
		}
		expect(done).toBe(400_000);
		expect(performance.now() - started).toBeLessThan(3000);
	});
});

describe('work in parallel', () => {
	it('keeps to its limit and does everything once', async () => {
		let running = 0;
		let most = 0;
		const done: number[] = [];
		await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async item => {
			running += 1;
			most = Math.max(most, running);
			await new Promise(setImmediate);
			running -= 1;
			done.push(item);
		});
		expect([most, done.toSorted()]).toEqual([3, [1, 2, 3, 4, 5, 6, 7]]);
	});

	it('ends what it has begun before it tells of a failure', async () => {
		const done: number[] = [];
		const all = inParallel([1, 2, 3, 4], 2, async item => {
			await new Promise(setImmediate);
			if (item === 1) throw new Error('one');
			done.push(item);
		});
		await expect(all).rejects.toThrow('one');
		expect(done).toEqual([2, 3, 4]);
	});
});

describe('interrupts', () => {
	it('go from stop over cancel to leave, and no further', () => {
		const interrupts = new Interrupts();
		const heard: number[] = [];
		const forget = interrupts.onRaise(level => heard.push(level));
		interrupts.raise();
		interrupts.raise();
		expect(interrupts.leaving.aborted).toBe(false);
		interrupts.raise();
		interrupts.raise();
		expect([heard, interrupts.level, interrupts.leaving.aborted]).toEqual([[1, 2, 3], 3, true]);
		forget();
	});

	it('go to leave at once for whoever is ended from outside: no host hears a stop or a cancel', () => {
		const interrupts = new Interrupts();
		const heard: number[] = [];
		interrupts.onRaise(level => heard.push(level));
		interrupts.leave();
		expect([heard, interrupts.level, interrupts.leaving.aborted]).toEqual([[3], 3, true]);
	});

	it('are heard no more by who has stopped listening', () => {
		const interrupts = new Interrupts();
		const heard: number[] = [];
		interrupts.onRaise(level => heard.push(level))();
		interrupts.raise();
		expect(heard).toEqual([]);
	});
});
