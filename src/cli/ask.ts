import { createInterface } from 'node:readline/promises';
import type { Terminal } from './context.ts';

/** Asks a question on the terminal and gives the answer, trimmed. Ctrl-D answers nothing: ''. Ctrl-C wants to leave: `undefined`. */
export async function ask(question: string, { stdin, stderr }: Terminal): Promise<string | undefined> {
	const lines = createInterface({ input: stdin, output: stderr });
	const closed = new AbortController();
	lines.once('close', () => closed.abort());
	let wantsToLeave = false;
	lines.once('SIGINT', () => {
		wantsToLeave = true;
		lines.close();
	});
	try {
		return (await lines.question(question, { signal: closed.signal })).trim();
	} catch {
		stderr.write('\n');
		return wantsToLeave ? undefined : '';
	} finally {
		lines.close();
	}
}
