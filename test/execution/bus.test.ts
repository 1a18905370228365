import { describe, expect, it } from 'vitest';
import { openBus } from '../../src/execution/bus.ts';
import type { NumberedEvent, RunEvent } from '../../src/model/event.ts';
import type { EventSink } from '../../src/ports/event-sink.ts';
import { aRun } from '../contracts/event-sink.ts';
import { stoppedClock } from '../fakes/builders.ts';

const event = (message: string): RunEvent => ({ type: 'warning', code: 'test', message, host: null });

function sink(
	kind: EventSink['kind'],
	failAt?: number,
	slow = false,
): EventSink & { readonly taken: NumberedEvent[]; closed: number } {
	let calls = 0;
	return {
		name: `the ${kind} sink`,
		kind,
		taken: [],
		closed: 0,
		async take(event) {
			calls += 1;
			if (calls === failAt) throw new Error('EPIPE');
			if (slow) await new Promise(setImmediate);
			this.taken.push(event);
		},
		close() {
			this.closed += 1;
		},
	};
}
const messages = ({ taken }: { readonly taken: readonly NumberedEvent[] }) =>
	taken.map(one => (one.type === 'warning' ? one.message : one.type));

describe('the bus', () => {
	it('numbers and dates events and hands them to every sink in order, slow ones too', async () => {
		const [one, two] = [sink('durable'), sink('display', undefined, true)];
		const bus = openBus(aRun, [one, two], stoppedClock);
		await Promise.all(['a', 'b', 'c'].map(message => bus.emit(event(message))));
		expect(one.taken).toEqual(two.taken);
		expect(one.taken.map(({ seq, at, run }) => [seq, at, run])).toEqual(
			[1, 2, 3].map(seq => [seq, '2026-08-01T12:00:00.000Z', aRun]),
		);
		expect(messages(one)).toEqual(['a', 'b', 'c']);
	});

	it('goes on with the numbers of a run that somebody else began', async () => {
		const one = sink('durable');
		await openBus(aRun, [one], stoppedClock, { lastSeq: 41 }).emit(event('a'));
		expect(one.taken[0]?.seq).toBe(42);
	});

	it('switches a broken display off, and the others still get 5 of 5, in order, with a word on it', async () => {
		const [journal, broken, plain] = [sink('durable'), sink('display', 2), sink('display')];
		const bus = openBus(aRun, [journal, broken, plain], stoppedClock);
		for (const message of ['a', 'b', 'c', 'd', 'e']) await bus.emit(event(message));
		for (const one of [journal, plain]) {
			expect(messages(one)).toEqual(['a', 'b', 'the display sink is switched off: EPIPE', 'c', 'd', 'e']);
			expect(one.taken.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
		}
		expect(messages(broken)).toEqual(['a']);
	});

	it('survives displays that all break on the same event', async () => {
		const journal = sink('durable');
		const bus = openBus(aRun, [journal, sink('display', 1), sink('display', 1)], stoppedClock);
		await bus.emit(event('a'));
		expect(messages(journal)).toHaveLength(3);
	});

	it('rejects when a durable sink fails, and does not let the next event suffer for it', async () => {
		const [journal, plain] = [sink('durable', 1), sink('display')];
		const bus = openBus(aRun, [journal, plain], stoppedClock);
		await expect(bus.emit(event('a'))).rejects.toThrow('the durable sink cannot be written');
		await bus.emit(event('b'));
		expect(messages(plain)).toEqual(['b']);
	});

	it('closes every sink, also when closing one fails', async () => {
		const bad: EventSink = {
			name: 'bad',
			kind: 'durable',
			take() {},
			close: () => {
				throw new Error('disk full');
			},
		};
		const [first, last] = [sink('display'), sink('durable')];
		await expect(openBus(aRun, [first, bad, last], stoppedClock).close()).rejects.toThrow('disk full');
		expect([first.closed, last.closed]).toEqual([1, 1]);
	});
});
