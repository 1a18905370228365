import type { NumberedEvent } from '../../model/event.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { logPrinter } from '../../outputs/run-report.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { partOfRun, type RunPart } from '../part-of-run.ts';
import { refuse } from '../problem.ts';
import { withRun } from '../with-run.ts';

export interface LogsOptions extends GlobalOptions {
	readonly follow?: boolean;
}

const pollMs = 200;

/** What a run's units printed; with `--follow` until the run is over. `--limit` and `--target` choose among what the run was planned for. */
export const logs = (what: string, options: LogsOptions, context: CliContext): Promise<ExitCode> =>
	withRun(what, context, async ({ run }, journal) => {
		const { stdout, stderr } = context;
		const part = await partOfRun(journal.plan(run), options, context);
		if (!part.ok) return refuse(part.error, context);
		const print = logPrinter(part.value, stdout);
		let seen = 0;
		let isOver = false;
		let isEmpty = true;
		const showNew = (): void => {
			for (const event of journal.events(run)) {
				if (event.seq <= seen) continue;
				seen = event.seq;
				isOver ||= event.type === 'run_finished';
				const text = options.json === true ? jsonLine(event, part.value) : print(event);
				isEmpty &&= text === '';
				stdout.write(text);
			}
		};
		showNew();
		while (options.follow === true && !isOver) {
			await new Promise<void>(resolve => setTimeout(resolve, pollMs));
			showNew();
		}
		if (isEmpty) stderr.write('hsctl: nothing was printed there\n');
		return exitCodes.success;
	});

/** Events about the whole run belong to every part of it. */
function jsonLine(event: NumberedEvent, { hosts, units }: RunPart): string {
	const isElsewhere =
		('host' in event && event.host !== null && hosts.length > 0 && !hosts.includes(event.host)) ||
		('unit' in event && units.length > 0 && !units.includes(event.unit));
	return isElsewhere ? '' : `${JSON.stringify(event)}\n`;
}
