import { createInterface } from 'node:readline/promises';
import type { Terminal } from './context.ts';

/** Asks a question on the terminal and gives the answer, trimmed. Ctrl-C and Ctrl-D answer nothing: ''. */
export async function ask(question: string, { stdin, stderr }: Terminal): Promise<string> {
	const lines = createInterface({ input: stdin, output: stderr });
	const closed = new AbortController();
	lines.once('close', () => closed.abort());
	lines.once('SIGINT', () => lines.close());
	try {
		return (await lines.question(question, { signal: closed.signal })).trim();
	} catch {
		stderr.write('\n');
		return '';
	} finally {
		lines.close();
	}
}
