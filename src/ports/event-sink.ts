import type { NumberedEvent } from '../model/event.ts';

/**
 * Takes the run's events, one at a time and in order.
 * `durable` (journal, audit): an error stops the run. `display` (screen, plain, JSON, JUnit): an error switches that display off.
 */
export interface EventSink {
	readonly name: string;
	readonly kind: 'durable' | 'display';
	take(event: NumberedEvent): void | Promise<void>;
	/** After the last event, or when the run is given up. */
	close(): void | Promise<void>;
}
