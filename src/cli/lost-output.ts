import { errnoWords } from '../model/errno-words.ts';
import { exitCodes } from '../model/exit-code.ts';

type Streams = Pick<NodeJS.Process, 'stdout' | 'stderr'>;

/**
 * Minds the streams, so that one that breaks ends nothing: what runs on hosts must still be recorded. A reader that has gone away
 * (`hsctl plan | head`) is no error of ours and not worth a word; a full disk is said, once, and changes the exit code.
 */
export function mindOutput({ stdout, stderr }: Streams): { exitCode(code: number): number } {
	let isLost = false;
	stdout.on('error', error => {
		if (isLost || isClosedPipe(error)) return;
		isLost = true;
		stderr.write(`hsctl: stdout cannot be written: ${errnoWords(error)}; the result is not complete there\n`);
	});
	// Nobody is left to be told.
	stderr.on('error', () => {});
	return { exitCode: code => (isLost ? Math.max(code, exitCodes.attention) : code) };
}

/** Waits until everything has left this process, or cannot. A stream says a turn later that it is broken. */
export async function flush({ stdout, stderr }: Streams): Promise<void> {
	await Promise.all([stdout, stderr].map(drained));
	await new Promise(nextTurn => setImmediate(nextTurn));
}

const isClosedPipe = (error: NodeJS.ErrnoException): boolean => error.code === 'EPIPE';

const drained = (stream: NodeJS.WriteStream): Promise<void> =>
	new Promise(resolve => {
		if (stream.destroyed || stream.writableLength === 0) resolve();
		else stream.write('', () => resolve());
	});
