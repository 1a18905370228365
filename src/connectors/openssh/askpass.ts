import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';

/** Answers a question of ssh; `undefined`: no answer. */
export type Answerer = (question: string) => Promise<string | undefined>;

/** The side of the questions that is ours: hears them from `askpass.sh` by a pipe, and writes each answer into the pipe of who asks. */
export class Askpass {
	readonly #folder: string;
	readonly #answerers = new Map<string, Answerer>();
	#questions: Socket | undefined;
	#text = '';

	constructor(folder: string) {
		this.#folder = folder;
	}

	get program(): string {
		return join(this.#folder, 'askpass');
	}

	/** What an ssh program has to have in its environment to ask us; `id` tells who asks. */
	environment(id: string, answerer: Answerer): Readonly<Record<string, string>> {
		this.#listen();
		this.#answerers.set(id, answerer);
		return {
			SSH_ASKPASS: this.program,
			SSH_ASKPASS_REQUIRE: 'force',
			// Before 8.4 ssh asked in that way only where it thought of a screen.
			DISPLAY: 'hsctl:0',
			HSCTL_ASK: id,
			HSCTL_PID: String(process.pid),
		};
	}

	forget(id: string): void {
		this.#answerers.delete(id);
	}

	close(): void {
		this.#questions?.destroy();
	}

	#listen(): void {
		if (this.#questions !== undefined) return;
		const path = join(this.#folder, 'questions');
		execFileSync('mkfifo', ['-m', '600', path]);
		// For both ways: it is not at its end when the first one who asks is done.
		const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
		this.#questions = new Socket({ fd, readable: true, writable: false });
		this.#questions.on('error', () => {});
		this.#questions.on('data', (chunk: Buffer) => this.#take(chunk));
		this.#questions.unref();
	}

	#take(chunk: Buffer): void {
		const parts = (this.#text + chunk.toString('utf8')).split('\0');
		this.#text = parts.pop() ?? '';
		for (const part of parts) void this.#answer(part);
	}

	async #answer(message: string): Promise<void> {
		const [, id = '', pid = '', question = ''] = /^(\S+) (\d+) ([\s\S]*)$/.exec(message) ?? [];
		const answer = await this.#answerers
			.get(id)?.(question)
			.catch(() => undefined);
		// One line is all that it can be.
		const isLine = answer !== undefined && !/[\n\r\0]/.test(answer);
		this.#tell(pid, isLine ? `+${answer}\n` : '-\n');
	}

	#tell(pid: string, line: string): void {
		if (pid === '') return;
		try {
			// Who has asked has it open already, or is gone.
			const fd = openSync(join(this.#folder, `answer.${pid}`), constants.O_WRONLY | constants.O_NONBLOCK);
			writeSync(fd, line);
			closeSync(fd);
		} catch {
			// It is gone: nobody wants the answer any more.
		}
	}
}
