import { Interrupts } from '../execution/interrupts.ts';
import type { RunId } from '../model/brand.ts';
import { type ExitCode, exitCodes } from '../model/exit-code.ts';
import { shortRun } from '../outputs/text/short-run.ts';
import type { CliContext } from './context.ts';

/** The signals that reach a run, as what they ask of it. */
export interface HeardSignals extends Disposable {
	readonly interrupts: Interrupts;
	/** The run's code, or the one of whoever was ended from outside. */
	exitCode(code: ExitCode): ExitCode;
	/** For a person who has left while hosts go on, or whose link to them is lost (`isOpen`). */
	farewell(run: RunId, isOpen: boolean): string | undefined;
}

/** What each Ctrl-C does, said at once: who hears nothing presses again. The live screen has words of its own, and takes the key itself. */
const wordsAt: Readonly<Record<number, string>> = {
	1: 'hsctl: stopping: what runs goes on to its end; Ctrl-C again cancels it on the hosts\n',
	2: 'hsctl: cancelling on the hosts; Ctrl-C again leaves them to themselves\n',
};

/**
 * Ctrl-C asks one step more each time; any other signal wants us gone at once, and the hosts go on by themselves.
 * @param isView we only look on: Ctrl-C leaves, too, and asks nothing of the hosts
 */
export function hearSignals(context: CliContext, isView = false): HeardSignals {
	const interrupts = new Interrupts();
	let isEnded = false;
	const forget = context.onSignal(signal => {
		if (signal === 'SIGINT' && isView) return interrupts.leave();
		if (signal === 'SIGINT') {
			interrupts.raise();
			context.stderr.write(wordsAt[interrupts.level] ?? '');
			return;
		}
		isEnded = true;
		interrupts.leave();
	});
	return {
		interrupts,
		exitCode: code => (isEnded ? exitCodes.terminated : code),
		farewell: (run, isOpen) =>
			interrupts.level < 3 && !isOpen
				? undefined
				: `hsctl: left run ${shortRun(run)}; its hosts go on by themselves\n  = help: see them with hsctl attach ${shortRun(run)}\n`,
		[Symbol.dispose]: forget,
	};
}
