import { CommanderError } from 'commander';
import { compose } from '../compose.ts';
import { errnoWords, isHeldByAnother, isOfMachine } from '../model/errno-words.ts';
import { exitCodes } from '../model/exit-code.ts';
import { personAt } from './ask.ts';
import { commandLine } from './command-line.ts';
import type { CliContext } from './context.ts';
import { textOut } from './text-outs.ts';

/** Runs one command line and gives the exit code; nothing that a person or a host does makes it throw. */
export async function runCli(words: readonly string[], process: NodeJS.Process): Promise<number> {
	const folder = currentFolder(process);
	if (folder === undefined) {
		process.stderr.write('hsctl: the folder that you are in is gone\n  = help: go to another one with `cd`\n');
		return exitCodes.invalid;
	}
	const context = contextOf(words, folder, process);
	try {
		return await commandLine(context).run(words);
	} catch (error) {
		if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.success : exitCodes.invalid;
		if (isOfMachine(rootOf(error))) {
			context.stderr.write(
				`hsctl: ${sentence(error)}\n  = help: mend that; \`hsctl attach last\` goes on with a run that had begun\n`,
			);
			return exitCodes.attention;
		}
		if (isHeldByAnother(rootOf(error))) {
			context.stderr.write(
				'hsctl: another hsctl of yours is in the middle of writing the history, and does not go on\n  = help: look whether one is stopped (`ps -o pid,stat,args -C node`: T) and let it go on or end it; `hsctl attach last` goes on with a run that had begun\n',
			);
			return exitCodes.refused;
		}
		context.stderr.write(bugReport(error, context.env.HSCTL_DEBUG !== undefined));
		return exitCodes.bug;
	} finally {
		await context.composition.close();
	}
}

function currentFolder({ cwd }: NodeJS.Process): string | undefined {
	try {
		return cwd();
	} catch {
		return undefined;
	}
}

function contextOf(
	words: readonly string[],
	folder: string,
	{ stdin, stdout, stderr, env, on, off }: NodeJS.Process,
): CliContext {
	const wantsColor = words.includes('--no-color') ? false : undefined;
	const terminal = { stdin, stdout, stderr, canAsk: stdin.isTTY === true && stderr.isTTY === true };
	return {
		stdout: textOut(stdout, env, wantsColor),
		stderr: textOut(stderr, env, wantsColor),
		composition: compose({ env, cwd: folder, ...(terminal.canAsk ? { ask: personAt(terminal) } : {}) }),
		env,
		cwd: folder,
		terminal,
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

/** What is behind an error that tells of another one. */
const rootOf = (error: unknown): unknown =>
	error instanceof Error && error.cause instanceof Error ? rootOf(error.cause) : error;

function whatFailed(error: unknown, root: unknown): string {
	if (error instanceof Error && error !== root) return `${error.message}: `;
	// SQLite names no file, and there is only one that it can mean.
	return root instanceof Error && 'errcode' in root ? 'the history cannot be used: ' : '';
}

/** `the journal cannot be written: no space left on the device`, or what the system calls it. */
const sentence = (error: unknown): string => {
	const root = rootOf(error);
	const path = root instanceof Error && 'path' in root ? `${String(root.path)}: ` : '';
	return `${whatFailed(error, root)}${path}${errnoWords(root)}`;
};

function bugReport(error: unknown, withStack: boolean): string {
	const text = error instanceof Error ? (withStack ? (error.stack ?? error.message) : error.message) : String(error);
	const cause = error instanceof Error && error.cause instanceof Error ? `\n  because: ${error.cause.message}` : '';
	return `hsctl: this is a bug of hsctl, not of your playbook: ${text}${cause}\n${withStack ? '' : 'hsctl: run it again with HSCTL_DEBUG=1 for the details that a report needs\n'}`;
}
