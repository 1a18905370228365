import { existsSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { EventSink } from '../ports/event-sink.ts';
import { version } from '../version.ts';
import type { CliContext, GlobalOptions } from './context.ts';
import { commandLineProblem } from './problem.ts';

/** What `--report KIND=FILE` can write: each gets a function that writes the file. One line a kind. */
const reportKinds: Readonly<Record<string, (write: (text: string) => void) => Promise<EventSink>>> = {
	junit: async write => (await import('../outputs/junit.ts')).junitSink(write),
};

interface WantedReport {
	readonly open: (write: (text: string) => void) => Promise<EventSink>;
	readonly file: string;
}

/** Checked before anything is planned: a report that cannot be made must not surprise after the work. */
export function readReports(options: GlobalOptions, { cwd }: CliContext): Result<readonly WantedReport[]> {
	const reports: WantedReport[] = [];
	const problems: Diagnostic[] = [];
	for (const word of options.report ?? []) {
		const [kind = '', ...file] = word.split('=');
		const open = Object.hasOwn(reportKinds, kind) ? reportKinds[kind] : undefined;
		const path = resolve(cwd, file.join('='));
		if (open !== undefined && file.join('=') !== '') {
			reports.push({ open, file: path });
			if (!existsSync(dirname(path)))
				problems.push(
					commandLineProblem(
						'HS1801',
						`--report ${word} has no folder to be written to`,
						`make ${dirname(path)} first`,
					),
				);
		} else
			problems.push(
				commandLineProblem(
					'HS1801',
					`--report ${word} is no report`,
					`write --report ${Object.keys(reportKinds).join('=FILE or ')}=FILE`,
				),
			);
	}
	return problems.length > 0 ? fail(problems) : ok(reports);
}

/** One sink a report, for all runs of a command line: each run's end writes all that there is so far. */
export const openReports = (reports: readonly WantedReport[]): Promise<readonly EventSink[]> =>
	Promise.all(reports.map(({ open, file }) => open(text => writeFileSync(file, text))));

/** JSON lines, or the live screen where there is a terminal, or plain lines. */
export async function openScreen(
	options: GlobalOptions,
	onInterrupt: () => void,
	context: CliContext,
	{ isView = false }: { readonly isView?: boolean } = {},
): Promise<EventSink> {
	const { stdout, env, terminal } = context;
	const { clock } = context.composition;
	if (options.json === true) {
		const { jsonEventsSink } = await import('../outputs/json-events.ts');
		return jsonEventsSink(stdout, version);
	}
	const mode = options.tui ?? 'auto';
	if (mode === 'on' || (mode === 'auto' && env.CI === undefined && options.quiet !== true)) {
		const { canGoLive, liveSink } = await import('../outputs/tui/live.tsx');
		if (canGoLive(terminal.stdin, terminal.stdout, env.TERM)) {
			return liveSink({ stdin: terminal.stdin, stdout: terminal.stdout, look: stdout, clock, onInterrupt, isView });
		}
	}
	const { plainSink } = await import('../outputs/plain.ts');
	return plainSink({ out: stdout, clock, verbose: options.verbose === true, github: env.GITHUB_ACTIONS === 'true' });
}
