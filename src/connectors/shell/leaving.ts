import type { Clock } from '../../ports/clock.ts';
import type { ExecOptions } from '../../ports/connection.ts';

/** When we do not wait for an exchange any longer: told to leave, too late, or it sent too much. */
export class Leaving {
	readonly #stop: () => void;
	readonly #controller = new AbortController();
	readonly #left = Promise.withResolvers<string>();
	/** Resolves with one clause. */
	readonly left: Promise<string> = this.#left.promise;

	constructor({ signal, deadlineMs }: Pick<ExecOptions, 'signal' | 'deadlineMs'>, clock: Clock) {
		const onAbort = (): void => this.leave('we left');
		const stopClock =
			deadlineMs === undefined
				? () => {}
				: clock.after(deadlineMs, () => this.leave(`no answer within ${deadlineMs} ms`));
		signal?.addEventListener('abort', onAbort, { once: true });
		this.#stop = () => {
			stopClock();
			signal?.removeEventListener('abort', onAbort);
		};
		if (signal?.aborted === true) onAbort();
	}

	/** Aborted as soon as we leave, for what is only on its way. */
	get signal(): AbortSignal {
		return this.#controller.signal;
	}

	leave(because: string): void {
		this.#left.resolve(because);
		this.#controller.abort();
	}

	[Symbol.dispose](): void {
		this.#stop();
	}
}
