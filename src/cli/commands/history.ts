import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { historyText } from '../../outputs/history.ts';
import { jsonDocument } from '../../outputs/text/json.ts';
import type { CliContext, GlobalOptions } from '../context.ts';

/** The latest runs, newest first. */
export async function history(
	options: GlobalOptions & { readonly limitRuns?: number },
	{ composition, stdout }: CliContext,
): Promise<ExitCode> {
	const journal = await composition.readJournal();
	try {
		const runs = journal.runs(options.limitRuns ?? 20);
		stdout.write(
			options.json === true ? jsonDocument({ format: 'hsctl/history/v1', runs }) : historyText(runs, stdout),
		);
		return exitCodes.success;
	} finally {
		journal.close();
	}
}
