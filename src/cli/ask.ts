import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Ask } from '../ports/ask.ts';
import type { Terminal } from './context.ts';

/** The person at the terminal, for questions that come up on the way: an unknown host key, a password. */
export const personAt = (terminal: Terminal): Ask => ({
	ask: ({ words, isSecret }) => (isSecret ? askSecret(words, terminal) : ask(words, terminal)),
});

/** Asks a question on the terminal and gives the answer, trimmed. Ctrl-D answers nothing: ''. Ctrl-C wants to leave: `undefined`. */
export async function ask(question: string, { stdin, stderr }: Terminal): Promise<string | undefined> {
	return (await readLine(question, stdin, stderr))?.trim();
}

/** The same for what nobody may see: nothing of it is shown while it is typed, and not a blank of it is lost. */
async function askSecret(question: string, { stdin, stderr }: Terminal): Promise<string | undefined> {
	// The echo goes off as the reading begins, and only then is the question seen: some answer at once.
	const answering = readLine('', stdin, new Writable({ write: (_chunk, _encoding, done) => done() }));
	stderr.write(question);
	const answer = await answering;
	stderr.write('\n');
	return answer === '' ? undefined : answer;
}

/** `undefined`: Ctrl-C. */
async function readLine(
	question: string,
	input: NodeJS.ReadStream,
	output: NodeJS.WritableStream,
): Promise<string | undefined> {
	const lines = createInterface({ input, output, terminal: true });
	const closed = new AbortController();
	lines.once('close', () => closed.abort());
	let wantsToLeave = false;
	lines.once('SIGINT', () => {
		wantsToLeave = true;
		lines.close();
	});
	try {
		return await lines.question(question, { signal: closed.signal });
	} catch {
		output.write('\n');
		return wantsToLeave ? undefined : '';
	} finally {
		lines.close();
	}
}
