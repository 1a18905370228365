import { CommanderError } from 'commander';
import { compose } from '../compose.ts';
import { exitCodes } from '../model/exit-code.ts';
import { commandLine } from './command-line.ts';
import type { CliContext } from './context.ts';
import { textOut } from './text-outs.ts';

/** Runs one command line and gives the exit code; nothing that a person or a host does makes it throw. */
export async function runCli(words: readonly string[], process: NodeJS.Process): Promise<number> {
	const context = contextOf(words, process);
	// A reader that goes away (`hsctl plan | head`) is no error of ours.
	for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
	try {
		const code = await commandLine(context).run(words);
		await Promise.all([flush(process.stdout), flush(process.stderr)]);
		return code;
	} catch (error) {
		if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.success : exitCodes.invalid;
		context.stderr.write(bugReport(error, context.env.HSCTL_DEBUG !== undefined));
		await flush(process.stderr);
		return exitCodes.bug;
	}
}

function contextOf(words: readonly string[], { stdin, stdout, stderr, env, cwd, on, off }: NodeJS.Process): CliContext {
	const wantsColor = words.includes('--no-color') ? false : undefined;
	const folder = cwd();
	return {
		stdout: textOut(stdout, env, wantsColor),
		stderr: textOut(stderr, env, wantsColor),
		composition: compose({ env, cwd: folder }),
		env,
		cwd: folder,
		terminal: { stdin, stdout, stderr, canAsk: stdin.isTTY === true && stderr.isTTY === true },
		onSignal(listener) {
			const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
			const listeners = signals.map(signal => [signal, () => listener(signal)] as const);
			for (const [signal, call] of listeners) on.call(process, signal, call);
			return () => {
				for (const [signal, call] of listeners) off.call(process, signal, call);
			};
		},
	};
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
	if (error.code !== 'EPIPE') throw error;
}

const flush = (stream: NodeJS.WriteStream): Promise<void> =>
	new Promise(resolve => {
		if (stream.destroyed || stream.writableLength === 0) resolve();
		else stream.write('', () => resolve());
	});

function bugReport(error: unknown, withStack: boolean): string {
	const text = error instanceof Error ? (withStack ? (error.stack ?? error.message) : error.message) : String(error);
	const cause = error instanceof Error && error.cause instanceof Error ? `\n  because: ${error.cause.message}` : '';
	return `hsctl: this is a bug of hsctl, not of your playbook: ${text}${cause}\n${withStack ? '' : 'hsctl: run it again with HSCTL_DEBUG=1 for the details that a report needs\n'}`;
}
