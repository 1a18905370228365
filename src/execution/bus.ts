import type { RunId } from '../model/brand.ts';
import type { NumberedEvent, RunEvent } from '../model/event.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventSink } from '../ports/event-sink.ts';

/** Where execution says what happens. */
export interface Bus {
	/** Numbers and dates the event and hands it to every sink, in order. Rejects when a durable sink fails: the run has to stop. */
	emit(event: RunEvent): Promise<void>;
	close(): Promise<void>;
}

/**
 * One event at a time through all sinks, in the order they are given. A durable sink's error stops the run; a display's error
 * switches that display off, is told to the others, and the run goes on: a closed pipe must not end an upgrade.
 * `lastSeq` is the number of the last event of a run that is gone on with.
 */
export function openBus(run: RunId, sinks: readonly EventSink[], clock: Clock, lastSeq = 0): Bus {
	const broken = new Set<EventSink>();
	let seq = lastSeq;
	let queue: Promise<void> = Promise.resolve();

	const hand = async (event: RunEvent): Promise<void> => {
		seq += 1;
		const numbered: NumberedEvent = { seq, at: clock.now().toISOString(), run, ...event };
		const warnings: RunEvent[] = [];
		for (const sink of sinks) if (!broken.has(sink)) warnings.push(...(await handTo(sink, numbered)));
		// After every sink has this event: the others must not hear of the warning first.
		for (const warning of warnings) await hand(warning);
	};
	const handTo = async (sink: EventSink, event: NumberedEvent): Promise<readonly RunEvent[]> => {
		try {
			await sink.take(event);
			return [];
		} catch (error) {
			if (sink.kind === 'durable') throw new Error(`${sink.name} cannot be written`, { cause: error });
			broken.add(sink);
			const message = `${sink.name} is switched off: ${reason(error)}`;
			return [{ type: 'warning', code: 'display_off', message, host: null }];
		}
	};
	return {
		emit(event) {
			// Each emit waits for the one before; a failed one must not poison those behind it.
			const result = queue.then(() => hand(event));
			queue = result.catch(() => {});
			return result;
		},
		async close() {
			await queue;
			const failures: unknown[] = [];
			for (const sink of sinks) {
				try {
					await sink.close();
				} catch (error) {
					if (sink.kind === 'durable') failures.push(error);
				}
			}
			if (failures.length > 0) throw failures[0];
		},
	};
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
