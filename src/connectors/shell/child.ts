import type { Readable, Writable } from 'node:stream';
import { execa } from 'execa';
import type { ChannelEnd, ShellChannel } from './channel.ts';
import { visible } from './visible.ts';

export interface ChildOptions {
	/** Everything that it sees of our environment. */
	readonly env: Readonly<Record<string, string>>;
	/** Makes something else of how it ended. */
	readonly end?: (code: number | null, signal: string | undefined) => ChannelEnd | Promise<ChannelEnd>;
}

/** A process of this machine. */
export interface ShellChild extends ShellChannel {
	readonly pid: number | undefined;
}

/**
 * Starts a program by its words, in a session of its own: Ctrl-C on our terminal is not for it, and there is no terminal that it
 * could ask on.
 */
export function startChild(words: readonly string[], { env, end = ended }: ChildOptions): ShellChild {
	const [file = '/bin/sh', ...rest] = words;
	const child = execa(file, rest, {
		stdin: 'pipe',
		env: { ...env },
		extendEnv: false,
		cwd: '/',
		encoding: 'buffer',
		buffer: false,
		reject: false,
		detached: true,
	});
	const { stdin, stdout, stderr, pid } = child;
	// Who is gone reads nothing more: that is no error of ours.
	for (const stream of [stdin, stdout, stderr]) stream.on('error', () => {});
	const leave = (): void => endGroup(pid, [stdin, stdout, stderr]);
	const streams = Promise.all([streamEnd(stdout), streamEnd(stderr)]);
	return {
		pid,
		stdin,
		stdout,
		stderr,
		ended: child.then(async (result): Promise<ChannelEnd> => {
			await streams;
			if (result.exitCode === undefined && result.signal === undefined)
				return { kind: 'lost', because: visible(result.originalMessage ?? 'it could not be started') };
			return end(result.exitCode ?? null, result.signal);
		}),
		leave,
		cut: leave,
	};
}

const ended = (code: number | null, signal: string | undefined): ChannelEnd => ({
	kind: 'ended',
	code,
	...(signal === undefined ? {} : { signal }),
});

const streamEnd = (stream: Readable): Promise<void> =>
	new Promise(resolve => {
		stream.on('end', resolve).on('close', resolve).on('error', resolve);
	});

/**
 * Ends the process with all that it has started; work that has been detached has a session of its own and goes on. The streams are
 * closed too, because somebody who got away (or runs as another user) may hold them open.
 */
function endGroup(pid: number | undefined, streams: readonly (Readable | Writable)[]): void {
	try {
		if (pid !== undefined) process.kill(-pid, 'SIGKILL');
	} catch {
		// It is gone already, or it is another user's: then the closed streams end it.
	}
	for (const stream of streams) stream.destroy();
}
