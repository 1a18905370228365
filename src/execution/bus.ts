import type { HostName, RunId, UnitAddress } from '../model/brand.ts';
import type { NumberedEvent, RunEvent } from '../model/event.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventSink } from '../ports/event-sink.ts';
import { OutputText, type ShownPiece } from './output-text.ts';
import { Redactor } from './redactor.ts';

/** Bytes that a unit printed, as they came. */
export interface PrintedBytes {
	readonly host: HostName;
	readonly unit: UnitAddress;
	readonly stream: 'out' | 'err';
	readonly offset: number;
	readonly bytes: Uint8Array;
}

/** Where execution says what happens. */
export interface Bus {
	/** The same as `emit` for what a unit printed: whole characters, secrets hidden; the rest of a piece comes with the next one. */
	print(printed: PrintedBytes): Promise<void>;
	/** Numbers and dates the event and hands it to every sink, in order. Rejects when a durable sink fails: the run has to stop. */
	emit(event: RunEvent): Promise<void>;
	/** Gives what a display could not finish, a sentence each. Rejects when a durable sink could not. */
	close(): Promise<readonly string[]>;
}

/**
 * One event at a time through all sinks, in the order they are given. A durable sink's error stops the run; a display's error
 * switches that display off, is told to the others, and the run goes on: a closed pipe must not end an upgrade.
 * Every event passes here on its way out, so here and nowhere else secrets are hidden.
 */
export function openBus(
	run: RunId,
	sinks: readonly EventSink[],
	clock: Clock,
	{ lastSeq = 0, redactor = new Redactor() }: BusOptions = {},
): Bus {
	const broken = new Set<EventSink>();
	const outputs = new Map<string, Output>();
	let seq = lastSeq;
	let queue: Promise<void> = Promise.resolve();

	const hand = async (event: RunEvent): Promise<void> => {
		seq += 1;
		const numbered: NumberedEvent = { seq, at: clock.now().toISOString(), run, ...redacted(event, redactor) };
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
	// Each event waits for the one before; a failed one must not poison those behind it.
	const inTurn = (work: () => Promise<void>): Promise<void> => {
		const result = queue.then(work);
		queue = result.catch(() => {});
		return result;
	};
	const show = async ({ host, unit, stream }: Output, pieces: readonly ShownPiece[]): Promise<void> => {
		for (const piece of pieces) await hand({ type: 'output', host, unit, stream, ...piece });
	};
	const showRest = async (isOver: (output: Output) => boolean): Promise<void> => {
		for (const [key, output] of outputs) {
			if (!isOver(output)) continue;
			outputs.delete(key);
			await show(output, output.text.end());
		}
	};
	return {
		print({ host, unit, stream, offset, bytes }) {
			return inTurn(async () => {
				const key = `${host} ${unit} ${stream}`;
				const output = outputs.get(key) ?? { host, unit, stream, text: new OutputText(redactor) };
				outputs.set(key, output);
				await show(output, output.text.push(offset, bytes));
			});
		},
		emit(event) {
			return inTurn(async () => {
				if (event.type === 'unit_finished')
					await showRest(({ host, unit }) => host === event.host && unit === event.unit);
				await hand(event);
			});
		},
		async close() {
			const failures: unknown[] = [];
			await inTurn(() => showRest(() => true)).catch((error: unknown) => failures.push(error));
			const unfinished: string[] = [];
			for (const sink of sinks) {
				try {
					await sink.close();
				} catch (error) {
					if (sink.kind === 'durable') failures.push(error);
					else unfinished.push(`${sink.name} could not be finished: ${reason(error)}`);
				}
			}
			if (failures.length > 0) throw failures[0];
			return unfinished;
		},
	};
}

interface BusOptions {
	/** The number of the last event of a run that is gone on with. */
	readonly lastSeq?: number;
	readonly redactor?: Redactor;
}

interface Output extends Pick<PrintedBytes, 'host' | 'unit' | 'stream'> {
	readonly text: OutputText;
}

/** Sentences may quote what a host said; outputs have been looked through before. */
function redacted(event: RunEvent, redactor: Redactor): RunEvent {
	if (redactor.hidesNothing) return event;
	if ('because' in event) return { ...event, because: redactor.text(event.because) };
	return event.type === 'warning' ? { ...event, message: redactor.text(event.message) } : event;
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
