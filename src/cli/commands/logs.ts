import type { NumberedEvent } from '../../model/event.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { logPrinter } from '../../outputs/run-report.ts';
import { oneLineJson } from '../../outputs/text/json.ts';
import type { TextOut } from '../../outputs/text-out.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { CliContext } from '../context.ts';
import type { HostOptions } from '../hosts-to-ask.ts';
import { partOfRun, type RunPart } from '../part-of-run.ts';
import { refuse } from '../problem.ts';
import { takeOver } from '../take-over.ts';
import { withRun } from '../with-run.ts';

export interface LogsOptions extends HostOptions {
	readonly follow?: boolean;
}

const pollMs = 200;

/**
 * What a run's units printed; with `--follow` until the run is over, also when nobody watches it any more. `--limit` and `--target`
 * choose among what the run was planned for.
 */
export const logs = (what: string, options: LogsOptions, context: CliContext): Promise<ExitCode> => {
	// All hosts are asked for a run that is not known here: the limit chooses what is shown of it.
	const { limit: _, ...recall } = options;
	return withRun(what, context, recall, async (summary, journal) => {
		const { run } = summary;
		const part = await partOfRun(journal.plan(run), options, context);
		if (!part.ok) return refuse(part.error, context);
		const log = new Log(part.value, options, context.stdout);
		const show = (): void => {
			for (const event of journal.events(run, log.seen)) log.take(event);
		};
		const follow = async (): Promise<void> => {
			show();
			while (!log.isOver && journal.isBeingWritten(run)) {
				await new Promise<void>(resolve => setTimeout(resolve, pollMs));
				show();
			}
		};
		if (options.follow !== true) show();
		else {
			await follow();
			// Nobody writes it any more; where somebody else takes it over before us, that one writes.
			const taken = log.isOver
				? exitCodes.success
				: await takeOver(summary, { journal, options, openDisplays: async () => [log] }, context);
			if (taken === undefined) await follow();
			if (taken === exitCodes.interrupted || taken === exitCodes.terminated) return taken;
		}
		if (log.isEmpty) context.stderr.write('hsctl: nothing was printed there\n');
		return exitCodes.success;
	});
};

class Log implements EventSink {
	readonly name = 'the log';
	readonly kind = 'display';
	readonly #part: RunPart;
	readonly #stdout: TextOut;
	readonly #textOf: (event: NumberedEvent) => string;
	/** The number of the last event that was taken. */
	seen = 0;
	isOver = false;
	isEmpty = true;

	constructor(part: RunPart, { json }: LogsOptions, stdout: TextOut) {
		this.#part = part;
		this.#stdout = stdout;
		this.#textOf = json === true ? event => jsonLine(event, this.#part) : logPrinter(part, stdout);
	}

	/** What was taken before is passed over. */
	take(event: NumberedEvent): void {
		if (event.seq <= this.seen) return;
		this.seen = event.seq;
		this.isOver ||= event.type === 'run_finished';
		const text = this.#textOf(event);
		this.isEmpty &&= text === '';
		this.#stdout.write(text);
	}

	close(): void {}
}

/** Events about the whole run belong to every part of it. */
function jsonLine(event: NumberedEvent, { hosts, units }: RunPart): string {
	const isElsewhere =
		('host' in event && event.host !== null && hosts.length > 0 && !hosts.includes(event.host)) ||
		('unit' in event && units.length > 0 && !units.includes(event.unit));
	return isElsewhere ? '' : oneLineJson(event);
}
