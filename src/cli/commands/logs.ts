import type { ExitCode } from '../../model/exit-code.ts';
import { exitCodes } from '../../model/exit-code.ts';
import { logPrinter } from '../../outputs/run-report.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { withRun } from '../with-run.ts';

export interface LogsOptions extends GlobalOptions {
	readonly follow?: boolean;
}

const pollMs = 200;

/** What a run's units printed; with `--follow` until the run is over. `--limit` takes host names, `--target` addresses. */
export const logs = (what: string, options: LogsOptions, context: CliContext): Promise<ExitCode> =>
	withRun(what, context, async ({ run }, journal) => {
		const { stdout } = context;
		const print = logPrinter({ hosts: options.limit?.split(/\s*,\s*/) ?? [], units: options.target ?? [] }, stdout);
		let seen = 0;
		let isOver = false;
		const showNew = (): void => {
			for (const event of journal.events(run)) {
				if (event.seq <= seen) continue;
				seen = event.seq;
				isOver ||= event.type === 'run_finished';
				stdout.write(options.json === true ? `${JSON.stringify(event)}\n` : print(event));
			}
		};
		showNew();
		while (options.follow === true && !isOver) {
			await new Promise<void>(resolve => setTimeout(resolve, pollMs));
			showNew();
		}
		return exitCodes.success;
	});
