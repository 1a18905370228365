import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { historyText } from '../../outputs/history.ts';
import { count } from '../../outputs/text/count.ts';
import { jsonDocument } from '../../outputs/text/json.ts';
import type { CliContext } from '../context.ts';
import type { HostOptions } from '../hosts-to-ask.ts';
import { refuse } from '../problem.ts';
import { recallRuns } from '../recall-runs.ts';
import { refuseHistory } from '../refuse-history.ts';

export interface HistoryOptions extends HostOptions {
	readonly limitRuns?: number;
	readonly fromHosts?: boolean;
}

/** The latest runs, newest first; with `--from-hosts`, after what the hosts remember has been written into the history. */
export async function history(options: HistoryOptions, context: CliContext): Promise<ExitCode> {
	const code = options.fromHosts === true ? await recallAll(options, context) : await refuseHistory('read', context);
	if (code !== undefined && code !== exitCodes.unreachable) return code;
	const { composition, stdout } = context;
	const journal = await composition.readJournal();
	try {
		const runs = journal.runs(options.limitRuns ?? 20);
		stdout.write(
			options.json === true ? jsonDocument({ format: 'hsctl/history/v1', runs }) : historyText(runs, stdout),
		);
		return code ?? exitCodes.success;
	} finally {
		journal.close();
	}
}

/** An exit code when something went wrong. A damaged history is kept aside first: what lies there is nobody's to throw away. */
async function recallAll(options: HistoryOptions, context: CliContext): Promise<ExitCode | undefined> {
	const { composition, stderr } = context;
	const aside = await composition.setDamagedHistoryAside();
	if (aside !== undefined) stderr.write(`hsctl: the history was damaged and is kept as ${aside}\n`);
	const refused = await refuseHistory('write', context);
	if (refused !== undefined) return refused;
	const recalled = await recallRuns('', options, context);
	if (!recalled.ok) return refuse(recalled.error, context);
	const { runs, silent } = recalled.value;
	const running = runs.filter(({ isRunning }) => isRunning).length;
	stderr.write(
		`hsctl: ${count(runs.length, 'run')} added from what the hosts remember${running === 0 ? '' : `; ${running} of them still running: see hsctl attach`}\n`,
	);
	return silent > 0 ? exitCodes.unreachable : undefined;
}
